use std::{
    fmt,
    io::{self, Write},
    sync::Arc,
    thread,
};

use super::{
    LogWriter, Way,
    direct::Direct,
    queue::{Limits, Queue, Shared},
    sink::Sink,
    worker,
};

/// Builds a [`LogWriter`].
#[must_use]
pub struct LogWriterBuilder {
    output: Option<Box<dyn Write + Send>>,
    limits: Limits,
    blocking: bool,
}

impl LogWriterBuilder {
    /// Lines go to `output`. Default: stdout.
    pub fn output(mut self, output: impl Write + Send + 'static) -> Self {
        self.output = Some(Box::new(output));
        self
    }

    /// Most lines that wait. Default: 32,768.
    pub const fn max_lines(mut self, lines: usize) -> Self {
        self.limits.lines = lines;
        self
    }

    /// Most bytes that wait. Default: 8 MiB. A longer line is dropped and counted.
    pub const fn max_bytes(mut self, bytes: usize) -> Self {
        self.limits.bytes = bytes;
        self
    }

    /// Lines are written by the thread that logs, one by one: none is lost when the process dies, but a slow
    /// output stops the service. Default: false.
    pub const fn blocking(mut self, blocking: bool) -> Self {
        self.blocking = blocking;
        self
    }

    /// Starts the writer.
    ///
    /// # Errors
    /// If the operating system refuses a thread.
    pub fn build(self) -> io::Result<LogWriter> {
        let sink = Sink::new(self.output.unwrap_or_else(|| Box::new(io::stdout())));
        let way = if self.blocking {
            Way::Direct(Direct::new(sink))
        } else {
            let shared = Arc::new(Shared::new(self.limits));
            let theirs = Arc::clone(&shared);
            thread::Builder::new().name(THREAD.to_owned()).spawn(move || worker::run(&theirs, sink))?;
            Way::Queued(Queue(shared))
        };
        Ok(LogWriter { way: Arc::new(way) })
    }
}

impl Default for LogWriterBuilder {
    fn default() -> Self {
        Self { output: None, limits: Limits { lines: 32 * 1024, bytes: 8 * 1024 * 1024 }, blocking: false }
    }
}

impl fmt::Debug for LogWriterBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogWriterBuilder")
            .field("limits", &self.limits)
            .field("blocking", &self.blocking)
            .finish_non_exhaustive()
    }
}

/// Name of the writing thread.
const THREAD: &str = "otel-kit-log";
