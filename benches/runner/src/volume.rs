//! The service of `volume-service` at work, with and without the kit.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

use crate::process::{cpu, memory};

/// Killed when dropped.
pub(crate) struct Worker {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// What a number of operations took.
pub(crate) struct Work {
    /// Without the export of what was left at the end.
    pub(crate) time: Duration,
    /// On all processors.
    pub(crate) cpu: Duration,
    /// Of that, on threads that are there for telemetry alone.
    pub(crate) aside: Duration,
    /// Bytes, at the end.
    pub(crate) memory: u64,
}

impl Worker {
    pub(crate) fn start(
        binary: &Path,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Result<Self, String> {
        let mut child = Command::new(binary)
            .args(arguments)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run {}: {error}", binary.display()))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (orders, answers) = pipes.ok_or("the service has no pipes")?;
        Ok(Self { child, orders: Some(orders), answers: BufReader::new(answers) })
    }

    pub(crate) fn work(&mut self, count: u32) -> Result<Work, String> {
        let before = self.cpu()?;
        let orders = self.orders.as_mut().ok_or("the service was told to end")?;
        writeln!(orders, "{count}").map_err(|error| format!("the service is gone: {error}"))?;
        let time = self.answer("done ")?.parse().map_err(|_| "the service tells no time")?;
        let after = self.cpu()?;
        Ok(Work {
            time: Duration::from_nanos(time),
            cpu: after.0.saturating_sub(before.0),
            aside: after.1.saturating_sub(before.1),
            memory: memory(self.child.id())?,
        })
    }

    /// Lets it export what is left, and end.
    pub(crate) fn end(mut self) -> Result<(), String> {
        self.orders = None;
        let status = self.child.wait().map_err(|error| format!("cannot wait for the service: {error}"))?;
        if status.success() { Ok(()) } else { Err(format!("the service ended with {status}")) }
    }

    /// Of all threads, and of those for telemetry.
    fn cpu(&self) -> Result<(Duration, Duration), String> {
        let is_aside = |thread: &str| ASIDE.iter().any(|start| thread.starts_with(start));
        Ok((cpu(self.child.id(), |_| true)?, cpu(self.child.id(), is_aside)?))
    }

    /// What comes after the word; lines of its log are skipped.
    fn answer(&mut self, word: &str) -> Result<String, String> {
        let mut lines = self.answers.by_ref().lines().map_while(Result::ok);
        let answer = lines.find_map(|line| Some(line.strip_prefix(word)?.to_owned()));
        answer.ok_or_else(|| "the service ended at work".to_owned())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How names of the threads begin that the kit and the SDK start.
const ASIDE: [&str; 2] = ["otel-kit", "OpenTelemetry"];
