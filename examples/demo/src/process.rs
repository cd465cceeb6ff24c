use std::{
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    task::JoinHandle,
    time::timeout,
};

use crate::{
    Result,
    logs::{self, LogLine},
};

const START: Duration = Duration::from_secs(30);
const STOP: Duration = Duration::from_secs(10);
const POLL: Duration = Duration::from_millis(20);

/// A service in a process of its own, and the log lines it wrote.
pub struct Process {
    pub name: &'static str,
    pub url: String,
    child: Child,
    lines: Arc<Mutex<Vec<LogLine>>>,
    reader: JoinHandle<()>,
}

impl Process {
    /// Starts this program anew as the service `name` and waits until it listens.
    pub async fn start(name: &'static str, environment: &[(String, String)]) -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["--service", name])
            .env_clear()
            .envs(std::env::vars().filter(|(name, _)| !name.starts_with("OTEL_") && name != "RUST_LOG"))
            .envs(environment.iter().cloned())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().ok_or("no output")?;
        let mut output = BufReader::new(output).lines();
        let address = timeout(START, first_address(&mut output))
            .await
            .map_err(|_| format!("{name} did not start in time"))?
            .ok_or_else(|| format!("{name} ended at its start"))?;
        let lines = Arc::default();
        let reader = tokio::spawn(read(output, Arc::clone(&lines)));
        Ok(Self { name, url: format!("http://{address}"), child, lines, reader })
    }

    /// Waits until it says that it is ready.
    pub async fn wait_until_ready(&self, client: &reqwest::Client) -> Result<()> {
        let ready = async {
            let url = format!("{}/readyz", self.url);
            while !client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                tokio::time::sleep(POLL).await;
            }
        };
        let late = |_| format!("{} was not ready in time", self.name);
        Ok(timeout(START, ready).await.map_err(late)?)
    }

    /// Waits until its log lines, so far, are `enough`.
    pub async fn wait_for_lines(&self, limit: Duration, enough: impl Fn(&[LogLine]) -> bool) -> Result<()> {
        let written = async {
            while !enough(&self.lines.lock().unwrap_or_else(PoisonError::into_inner)) {
                tokio::time::sleep(POLL).await;
            }
        };
        let late = |_| format!("{} did not do all its work in time", self.name);
        Ok(timeout(limit, written).await.map_err(late)?)
    }

    /// Ends its input, waits until it has flushed and gone, and gives its log lines.
    pub async fn stop(mut self) -> Result<Vec<LogLine>> {
        drop(self.child.stdin.take());
        let status = timeout(STOP, self.child.wait())
            .await
            .map_err(|_| format!("{} did not stop in time", self.name))??;
        if !status.success() {
            return Err(format!("{} ended with {status}", self.name).into());
        }
        self.reader.await?;
        Ok(std::mem::take(&mut self.lines.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

async fn first_address(output: &mut Lines<BufReader<ChildStdout>>) -> Option<String> {
    while let Ok(Some(line)) = output.next_line().await {
        if let Some(address) = logs::listening_address(&line) {
            return Some(address);
        }
    }
    None
}

async fn read(mut output: Lines<BufReader<ChildStdout>>, lines: Arc<Mutex<Vec<LogLine>>>) {
    while let Ok(Some(line)) = output.next_line().await {
        if let Some(line) = LogLine::of_request(&line) {
            lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }
}
