use std::sync::atomic::{AtomicU64, Ordering};

/// Log lines that were lost, by reason.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct LogLosses {
    /// The queue was full, or the line was longer than the whole queue.
    pub queue_full: u64,
    /// The output failed.
    pub write_failed: u64,
    /// The writer had been shut down.
    pub shut_down: u64,
    /// The line was longer than a line may be: a part of it is lost, so it is not among the [`total`](Self::total).
    pub cut: u64,
}

impl LogLosses {
    /// All lines that were lost.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.queue_full.saturating_add(self.write_failed).saturating_add(self.shut_down)
    }
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) queue_full: Counter,
    pub(super) write_failed: Counter,
    pub(super) shut_down: Counter,
    pub(super) cut: Counter,
}

impl Counters {
    pub(super) fn read(&self) -> LogLosses {
        LogLosses {
            queue_full: self.queue_full.read(),
            write_failed: self.write_failed.read(),
            shut_down: self.shut_down.read(),
            cut: self.cut.read(),
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, lines: u64) {
        self.0.fetch_add(lines, Ordering::Relaxed);
    }

    fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
