use std::fmt;

use otel_kit_core::Signal;

use crate::stats::{LossReason, Losses, Stats};

/// What a flush or a shutdown came to.
///
/// ```
/// use std::time::Duration;
///
/// let pipeline = otel_kit_sdk::Pipeline::builder().build()?;
/// let report = pipeline.shutdown(Duration::from_secs(5));
/// assert!(report.is_complete());
/// assert_eq!(report.to_string(), "lost: nothing");
/// # Ok::<_, otel_kit_sdk::PipelineError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "it says what was lost"]
pub struct Report {
    in_time: bool,
    during: Stats,
    total: Stats,
}

impl Report {
    pub(super) fn new(in_time: bool, before: &Stats, total: Stats) -> Self {
        Self { in_time, during: total.since(before), total }
    }

    /// True if it was done in time, nothing was lost meanwhile, and nothing is still on its way.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.in_time && Signal::ALL.iter().all(|signal| self.lost(*signal) == 0 && self.pending(*signal) == 0)
    }

    /// True if everything was done before the time was over.
    #[must_use]
    pub fn is_in_time(&self) -> bool {
        self.in_time
    }

    /// Items that are still on their way; after a shutdown none.
    #[must_use]
    pub fn pending(&self, signal: Signal) -> u64 {
        self.during.pending(signal)
    }

    /// Items lost while it went on.
    #[must_use]
    pub fn lost(&self, signal: Signal) -> u64 {
        self.during.lost(signal)
    }

    /// Items lost while it went on, by signal and reason.
    pub fn losses(&self) -> impl Iterator<Item = (Signal, LossReason, u64)> {
        self.during.losses()
    }

    pub(super) fn during(&self) -> &Stats {
        &self.during
    }

    /// All counts since the start.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.total
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lost: {}", Losses(&self.during))?;
        for signal in Signal::ALL {
            match self.pending(signal) {
                0 => {}
                pending => write!(f, "; {}: {pending} pending", signal.name())?,
            }
        }
        if self.in_time { Ok(()) } else { f.write_str("; out of time") }
    }
}
