//! The receiver of OTLP, in a process of its own.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use crate::cargo;

/// Killed when dropped.
pub(crate) struct Receiver {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    pub(crate) http: String,
    pub(crate) grpc: String,
}

/// What came in.
#[derive(Clone, Copy)]
pub(crate) struct Arrived {
    pub(crate) spans: u64,
    pub(crate) log_records: u64,
}

impl Arrived {
    pub(crate) fn since(self, before: Self) -> Self {
        Self { spans: self.spans - before.spans, log_records: self.log_records - before.log_records }
    }
}

impl Receiver {
    pub(crate) fn start() -> Result<Self, String> {
        let binary = cargo::build("load-receiver")?;
        let mut child = Command::new(binary)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run the receiver: {error}"))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (orders, answers) = pipes.ok_or("the receiver has no pipes")?;
        let mut receiver = Self {
            child,
            orders,
            answers: BufReader::new(answers),
            http: String::new(),
            grpc: String::new(),
        };
        (receiver.http, receiver.grpc) = receiver.answer()?;
        Ok(receiver)
    }

    /// All that came in up to now.
    pub(crate) fn arrived(&mut self) -> Result<Arrived, String> {
        writeln!(self.orders).map_err(|error| format!("the receiver is gone: {error}"))?;
        let (spans, log_records) = self.answer()?;
        let count = |text: String| text.parse().map_err(|_| format!("the receiver counted `{text}`"));
        Ok(Arrived { spans: count(spans)?, log_records: count(log_records)? })
    }

    fn answer(&mut self) -> Result<(String, String), String> {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line);
        read.map_err(|error| format!("the receiver is gone: {error}"))?;
        let (first, second) = line.trim().split_once(' ').ok_or("the receiver says nothing")?;
        Ok((first.to_owned(), second.to_owned()))
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
