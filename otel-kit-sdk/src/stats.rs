use std::fmt;

use otel_kit_core::Signal;

/// Why items were lost.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LossReason {
    /// There was no room: more came in than went out.
    QueueFull,
    /// The receiver refused them for good.
    Rejected,
    /// They were still there when the time for shutting down was over, or came after it.
    Shutdown,
    /// They could not be encoded.
    Encoding,
    /// Their request is larger than OTLP allows (64 MiB).
    TooLarge,
    /// The transport panicked over them.
    Panic,
}

impl LossReason {
    /// All reasons, in the order used for tables.
    pub const ALL: [Self; 6] =
        [Self::QueueFull, Self::Rejected, Self::Shutdown, Self::Encoding, Self::TooLarge, Self::Panic];

    /// Short name: `queue_full`, `rejected`, `shutdown`, `encoding`, `too_large`, `panic`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Rejected => "rejected",
            Self::Shutdown => "shutdown",
            Self::Encoding => "encoding",
            Self::TooLarge => "too_large",
            Self::Panic => "panic",
        }
    }
}

/// What became of the items (spans, data points, log records) that a pipeline took in. Each is counted
/// once: as exported, as lost for a reason, or as pending.
///
/// Measurements count from the moment they are collected, spans from their end if they are sampled.
///
/// ```
/// use otel_kit_core::Signal;
/// use otel_kit_sdk::{Pipeline, Stats};
///
/// let pipeline = Pipeline::builder().build()?;
/// assert_eq!(pipeline.stats(), Stats::default());
/// assert_eq!(pipeline.stats().lost(Signal::Traces), 0);
/// # Ok::<_, otel_kit_sdk::PipelineError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Stats {
    traces: SignalStats,
    metrics: SignalStats,
    logs: SignalStats,
}

impl Stats {
    /// Items that the receiver has accepted.
    #[must_use]
    pub fn exported(&self, signal: Signal) -> u64 {
        self.of(signal).exported
    }

    /// Items that are still on their way.
    #[must_use]
    pub fn pending(&self, signal: Signal) -> u64 {
        self.of(signal).pending
    }

    /// Items that were lost, for whatever reason.
    #[must_use]
    pub fn lost(&self, signal: Signal) -> u64 {
        LossReason::ALL.iter().map(|reason| self.lost_by(signal, *reason)).sum()
    }

    /// Items that were lost for `reason`.
    #[must_use]
    pub fn lost_by(&self, signal: Signal, reason: LossReason) -> u64 {
        self.of(signal).lost.get(reason)
    }

    /// The losses that are not zero.
    pub fn losses(&self) -> impl Iterator<Item = (Signal, LossReason, u64)> {
        let stats = *self;
        let all = Signal::ALL.into_iter().flat_map(|signal| LossReason::ALL.map(|reason| (signal, reason)));
        all.map(move |(signal, reason)| (signal, reason, stats.lost_by(signal, reason)))
            .filter(|(_, _, items)| *items > 0)
    }

    pub(crate) fn set(&mut self, signal: Signal, stats: SignalStats) {
        *match signal {
            Signal::Traces => &mut self.traces,
            Signal::Metrics => &mut self.metrics,
            Signal::Logs => &mut self.logs,
        } = stats;
    }

    /// What was added since `earlier`; what is pending stays as it is.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let mut difference = Self::default();
        for signal in Signal::ALL {
            let (now, then) = (self.of(signal), earlier.of(signal));
            let mut lost = Lost::default();
            for reason in LossReason::ALL {
                lost.add(reason, now.lost.get(reason).saturating_sub(then.lost.get(reason)));
            }
            let exported = now.exported.saturating_sub(then.exported);
            difference.set(signal, SignalStats { exported, pending: now.pending, lost });
        }
        difference
    }

    fn of(&self, signal: Signal) -> &SignalStats {
        match signal {
            Signal::Traces => &self.traces,
            Signal::Metrics => &self.metrics,
            Signal::Logs => &self.logs,
        }
    }
}

/// The losses, as `traces: 3 queue_full, logs: 1 rejected`; `nothing` if there are none.
pub(crate) struct Losses<'a>(pub(crate) &'a Stats);

impl fmt::Display for Losses<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (signal, reason, items) in self.0.losses() {
            write!(f, "{separator}{}: {items} {}", signal.name(), reason.name())?;
            separator = ", ";
        }
        if separator.is_empty() { f.write_str("nothing") } else { Ok(()) }
    }
}

/// One signal's part of [`Stats`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct SignalStats {
    pub(crate) exported: u64,
    pub(crate) pending: u64,
    pub(crate) lost: Lost,
}

/// Items lost, by reason.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Lost {
    queue_full: u64,
    rejected: u64,
    shutdown: u64,
    encoding: u64,
    too_large: u64,
    panic: u64,
}

impl Lost {
    pub(crate) fn add(&mut self, reason: LossReason, items: u64) {
        *match reason {
            LossReason::QueueFull => &mut self.queue_full,
            LossReason::Rejected => &mut self.rejected,
            LossReason::Shutdown => &mut self.shutdown,
            LossReason::Encoding => &mut self.encoding,
            LossReason::TooLarge => &mut self.too_large,
            LossReason::Panic => &mut self.panic,
        } += items;
    }

    pub(crate) const fn get(&self, reason: LossReason) -> u64 {
        match reason {
            LossReason::QueueFull => self.queue_full,
            LossReason::Rejected => self.rejected,
            LossReason::Shutdown => self.shutdown,
            LossReason::Encoding => self.encoding,
            LossReason::TooLarge => self.too_large,
            LossReason::Panic => self.panic,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stats(exported: u64, pending: u64, rejected: u64) -> Stats {
        let mut lost = Lost::default();
        lost.add(LossReason::Rejected, rejected);
        let mut stats = Stats::default();
        stats.set(Signal::Logs, SignalStats { exported, pending, lost });
        stats
    }

    #[test]
    fn the_difference_is_what_came_since_and_what_is_pending_now() {
        assert_eq!(stats(10, 3, 5).since(&stats(4, 9, 1)), stats(6, 3, 4));
    }

    #[test]
    fn losses_are_named_by_signal_and_reason() {
        assert_eq!(Losses(&stats(1, 1, 2)).to_string(), "logs: 2 rejected");
        assert_eq!(Losses(&Stats::default()).to_string(), "nothing");
        let all: Vec<_> = stats(1, 1, 2).losses().collect();
        assert_eq!(all, [(Signal::Logs, LossReason::Rejected, 2)]);
    }
}
