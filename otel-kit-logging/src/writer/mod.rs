//! Where lines go without holding up the thread that writes them.

mod batch;
mod builder;
mod direct;
mod losses;
mod queue;
mod sink;
mod worker;

use std::{fmt, sync::Arc, time::Duration};

pub use self::{builder::LogWriterBuilder, losses::LogLosses};
use self::{direct::Direct, queue::Queue};

/// Writes lines to stdout or elsewhere; cheap to clone.
///
/// Lines go through a bounded queue to a thread named `otel-kit-log`, so a slow terminal or a stuck pipe
/// never stops the service: when the queue is full, lines are dropped and counted, and when there is room
/// again, one line tells how many were lost. By choice, lines are written by the thread that logs instead:
/// [`LogWriterBuilder::blocking`].
///
/// A line after a silence is written at once; further ones gather for up to 25 ms, unless there are many of them or
/// [`flush`](Self::flush) asks for them.
///
/// An output that fails (a closed pipe, a full disk) costs lines, which are counted, and nothing else.
///
/// The last clone that is dropped closes the queue and waits at most a second for what it holds; a writer
/// inside a global subscriber is never dropped, so call [`shutdown`](Self::shutdown) before the process
/// ends.
///
/// ```
/// use std::{io::Read, time::Duration};
/// use otel_kit_logging::{Format, LogLayer, LogWriter};
/// use tracing_subscriber::{layer::SubscriberExt, registry};
///
/// let (mut reader, pipe) = std::io::pipe()?;
/// let writer = LogWriter::builder().output(pipe).build()?;
/// let layer = LogLayer::builder().output(Format::Pretty, writer.clone()).build();
///
/// tracing::subscriber::with_default(registry().with(layer), || tracing::info!(answer = 42, "asked"));
/// assert!(writer.shutdown(Duration::from_secs(5)));
/// assert_eq!(writer.losses().total(), 0);
///
/// let mut lines = String::new();
/// reader.read_to_string(&mut lines)?;
/// assert!(lines.ends_with("asked answer=42\n"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct LogWriter {
    way: Arc<Way>,
}

enum Way {
    Queued(Queue),
    Direct(Direct),
}

impl LogWriter {
    /// Starts a writer; without further words it writes to stdout.
    pub fn builder() -> LogWriterBuilder {
        LogWriterBuilder::default()
    }

    /// Waits until all lines accepted so far have been written (or have failed), at most `timeout`.
    ///
    /// Returns whether that came about. It blocks; with [`blocking`](LogWriterBuilder::blocking) there is
    /// nothing to wait for.
    pub fn flush(&self, timeout: Duration) -> bool {
        match &*self.way {
            Way::Queued(queue) => queue.flush(timeout),
            Way::Direct(_) => true,
        }
    }

    /// Closes the queue and waits until it has been written, at most `timeout`. Lines that come later are
    /// dropped and counted. A thread that is stuck in its output is left behind.
    ///
    /// Returns whether the thread came to its end. With [`blocking`](LogWriterBuilder::blocking) nothing is
    /// closed.
    pub fn shutdown(&self, timeout: Duration) -> bool {
        match &*self.way {
            Way::Queued(queue) => queue.shutdown(timeout),
            Way::Direct(_) => true,
        }
    }

    /// Lines lost so far, all reasons together.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.losses().total()
    }

    /// Lines lost so far, by reason.
    #[must_use]
    pub fn losses(&self) -> LogLosses {
        match &*self.way {
            Way::Queued(queue) => queue.losses(),
            Way::Direct(direct) => direct.losses(),
        }
    }

    /// Takes a line, which ends with its line break.
    pub(crate) fn write(&self, line: &[u8]) {
        match &*self.way {
            Way::Queued(queue) => queue.push(line),
            Way::Direct(direct) => direct.write(line),
        }
    }

    /// A part of the next line is missing.
    pub(crate) fn count_cut(&self) {
        match &*self.way {
            Way::Queued(queue) => queue.0.losses.cut.add(1),
            Way::Direct(direct) => direct.count_cut(),
        }
    }

    /// How to tell of lost lines; the first one given is kept.
    pub(crate) fn notice_with(&self, notice: Notice) {
        match &*self.way {
            Way::Queued(queue) => queue.notice_with(notice),
            Way::Direct(direct) => direct.notice_with(notice),
        }
    }
}

impl fmt::Debug for LogWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogWriter").field("losses", &self.losses()).finish_non_exhaustive()
    }
}

/// Writes the line that tells how many lines were lost.
pub(crate) type Notice = Box<dyn Fn(u64, &mut Vec<u8>) + Send + Sync>;

#[cfg(test)]
mod tests {
    use std::{
        io::{self, Write},
        sync::atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    /// Counts writes and bytes.
    #[derive(Clone, Default)]
    struct Writes(Arc<(AtomicUsize, AtomicUsize)>);

    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.0.fetch_add(1, Ordering::SeqCst);
            self.0.1.fetch_add(bytes.len(), Ordering::SeqCst);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_that_come_one_after_the_other_are_written_together() {
        let writes = Writes::default();
        let writer = LogWriter::builder().output(writes.clone()).build().unwrap();
        for _ in 0..1000 {
            writer.write(b"line\n");
            std::thread::yield_now(); // to whoever would write each line by itself
        }
        assert!(writer.flush(Duration::from_secs(60)));
        let (count, bytes) = (writes.0.0.load(Ordering::SeqCst), writes.0.1.load(Ordering::SeqCst));
        assert!(count < 500 && bytes == 5000, "{count} writes of {bytes} bytes");
    }
}
