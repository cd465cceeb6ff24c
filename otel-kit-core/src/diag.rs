//! What the kit has to say about itself: `tracing` events under one target, at a bounded rate.
//!
//! Events have the target [`TARGET`]; each place that can speak more than once owns a [`Throttle`].

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

/// Target of the kit's own events: `otel_kit`.
pub const TARGET: &str = "otel_kit";

/// Lets one message through per period and counts what it held back.
///
/// ```
/// use std::time::Duration;
/// use otel_kit_core::diag::{TARGET, Throttle};
///
/// static REFUSED: Throttle = Throttle::new(Duration::from_secs(60));
///
/// if let Some(held_back) = REFUSED.pass() {
///     tracing::warn!(target: TARGET, held_back, "the queue is full, spans are dropped");
/// }
/// assert_eq!(REFUSED.pass(), None); // within the minute
/// ```
#[derive(Debug)]
pub struct Throttle {
    period: Duration,
    /// Milliseconds after `epoch()` from which the next message may pass.
    open_at: AtomicU64,
    held_back: AtomicU64,
}

impl Throttle {
    /// One message for each `period`.
    #[must_use]
    pub const fn new(period: Duration) -> Self {
        Self { period, open_at: AtomicU64::new(0), held_back: AtomicU64::new(0) }
    }

    /// `Some` with the number of messages held back since the last one if this one may be said.
    pub fn pass(&self) -> Option<u64> {
        self.pass_at(epoch().elapsed())
    }

    fn pass_at(&self, now: Duration) -> Option<u64> {
        let now = millis(now);
        let open_at = self.open_at.load(Ordering::Relaxed);
        let next = now.saturating_add(millis(self.period));
        let won = now >= open_at
            && self.open_at.compare_exchange(open_at, next, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if won {
            Some(self.held_back.swap(0, Ordering::Relaxed))
        } else {
            self.held_back.fetch_add(1, Ordering::Relaxed);
            None
        }
    }
}

fn epoch() -> Instant {
    static EPOCH: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    *EPOCH.get_or_init(Instant::now)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_message_a_period_passes_and_the_next_one_counts_those_held_back() {
        let throttle = Throttle::new(Duration::from_secs(10));
        assert_eq!(throttle.pass_at(Duration::from_secs(1)), Some(0));
        assert_eq!(throttle.pass_at(Duration::from_secs(2)), None);
        assert_eq!(throttle.pass_at(Duration::from_secs(10)), None);
        assert_eq!(throttle.pass_at(Duration::from_secs(11)), Some(2));
        assert_eq!(throttle.pass_at(Duration::from_secs(30)), Some(0));
    }
}
