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

/// What a histogram held.
#[derive(Clone, Copy, Default)]
pub(crate) struct Measured {
    /// Of all its data points.
    pub(crate) measurements: u64,
    pub(crate) points: u64,
    pub(crate) with_exemplars: u64,
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
        [receiver.http, receiver.grpc] = receiver.answer()?;
        Ok(receiver)
    }

    /// All that came in up to now.
    pub(crate) fn arrived(&mut self) -> Result<Arrived, String> {
        let [spans, log_records] = self.ask("")?;
        Ok(Arrived { spans, log_records })
    }

    /// The last export of a histogram.
    pub(crate) fn measured(&mut self, metric: &str) -> Result<Measured, String> {
        let [measurements, points, with_exemplars] = self.ask(metric)?;
        Ok(Measured { measurements, points, with_exemplars })
    }

    fn ask<const N: usize>(&mut self, order: &str) -> Result<[u64; N], String> {
        writeln!(self.orders, "{order}").map_err(|error| format!("the receiver is gone: {error}"))?;
        let mut counts = [0; N];
        for (count, text) in counts.iter_mut().zip(self.answer::<N>()?) {
            *count = text.parse().map_err(|_| format!("the receiver counted `{text}`"))?;
        }
        Ok(counts)
    }

    fn answer<const N: usize>(&mut self) -> Result<[String; N], String> {
        let mut line = String::new();
        let read = self.answers.read_line(&mut line);
        read.map_err(|error| format!("the receiver is gone: {error}"))?;
        let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
        words.try_into().map_err(|_| format!("the receiver says `{line}`"))
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
