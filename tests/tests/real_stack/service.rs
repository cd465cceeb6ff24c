use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

/// A service of its own for this process, started by a script of the repository. It is gone soon after this process is,
/// however that ends: the script stops it at the end of its input.
pub(crate) struct Service {
    /// Where it serves, as its script says it.
    pub(crate) address: String,
    /// The process that serves.
    pub(crate) process: u32,
    pub(crate) port: u16,
    _script: Child,
}

impl Service {
    /// Runs `scripts/{name}/start.sh` with a free port in each of the variables; the first is where it serves.
    pub(crate) fn start<const N: usize>(name: &str, variables: [&str; N]) -> Self {
        Self::start_with(name, variables, &[])
    }

    /// As [`start`](Self::start), with arguments for the script.
    pub(crate) fn start_with<const N: usize>(name: &str, variables: [&str; N], arguments: &[&str]) -> Self {
        let ports = free_ports::<N>();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts").join(name).join("start.sh");
        let mut child = Command::new(&script)
            .args(arguments)
            .envs(variables.iter().zip(ports.map(|port| port.to_string())))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", script.display()));
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Some((address, process)) = line.trim().split_once(' ') else {
            panic!("{name} did not start, its script says why")
        };
        Self {
            address: address.to_owned(),
            process: process.parse().unwrap(),
            port: ports[0],
            _script: child,
        }
    }

    /// Sends the process a signal.
    pub(crate) fn signal(&self, signal: &str) {
        let status = Command::new("kill").args([signal, &self.process.to_string()]).status().unwrap();
        assert!(status.success(), "kill {signal} {}", self.process);
    }
}

/// Ports that are free now; all are held until all are chosen.
pub(crate) fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}
