//! Brokers and databases, as the scripts of the repository start them.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, Command, Stdio},
};

/// Stopped when dropped.
pub(crate) struct Service {
    script: Child,
    pub(crate) address: String,
}

impl Service {
    /// Starts it with a free port in each of the variables.
    pub(crate) fn start(name: &str, variables: &[&str]) -> Result<Self, String> {
        let ports = free_ports(variables.len())?;
        let script = format!("{}/../../scripts/{name}/start.sh", env!("CARGO_MANIFEST_DIR"));
        let mut script = Command::new(script)
            .envs(variables.iter().zip(ports))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run the script of {name}: {error}"))?;
        let mut said = script.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines);
        let line = said.next().and_then(Result::ok).ok_or_else(|| format!("{name} does not start"))?;
        let (address, _) = line.split_once(' ').ok_or_else(|| format!("{name} says `{line}`"))?;
        Ok(Self { script, address: address.to_owned() })
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        drop(self.script.stdin.take()); // its sign to end
        let _ = self.script.wait();
    }
}

/// Ports that are free now; all are held until all are chosen.
fn free_ports(count: usize) -> Result<Vec<String>, String> {
    let listeners = (0..count).map(|_| TcpListener::bind("127.0.0.1:0")).collect::<Result<Vec<_>, _>>();
    let listeners = listeners.map_err(|error| format!("there is no free port: {error}"))?;
    Ok(listeners.iter().filter_map(|listener| Some(listener.local_addr().ok()?.port().to_string())).collect())
}
