use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use otel_kit_core::{
    Signal,
    diag::{TARGET, Throttle},
};

use crate::stats::{LossReason, SignalStats};

/// Says, at most once a minute each, what an outlet loses other than by an outage.
pub(super) struct Notices {
    signal: Signal,
    destination: String,
    rejected: Throttle,
    partial: Throttle,
    lost: Throttle,
    said: AtomicU64,
}

impl Notices {
    pub(super) fn new(signal: Signal, destination: String) -> Self {
        Self {
            signal,
            destination,
            rejected: Throttle::new(PERIOD),
            partial: Throttle::new(PERIOD),
            lost: Throttle::new(PERIOD),
            said: AtomicU64::new(0),
        }
    }

    /// The receiver refused a request.
    pub(super) fn rejected(&self, reason: &str) {
        let Some(held_back) = self.rejected.pass() else { return };
        let (signal, destination) = (self.signal.name(), self.destination.as_str());
        tracing::warn!(target: TARGET, signal, destination, reason, held_back, "the receiver rejects telemetry");
    }

    /// The receiver took a request, but not all of it or not without a word.
    pub(super) fn partial(&self, rejected: u64, message: Option<&str>) {
        let message = message.unwrap_or_default();
        if rejected == 0 && message.is_empty() {
            return;
        }
        let Some(held_back) = self.partial.pass() else { return };
        let (signal, destination) = (self.signal.name(), self.destination.as_str());
        tracing::warn!(
            target: TARGET, signal, destination, rejected, reason = message, held_back,
            "the receiver takes telemetry only in part"
        );
    }

    /// Looks whether something was lost on this side since the last word about it. In an outage nothing
    /// is said here: its own lines have the counts.
    pub(super) fn lost(&self, stats: &SignalStats, outage: bool) {
        let full = stats.lost.get(LossReason::QueueFull);
        let other = [LossReason::Encoding, LossReason::TooLarge, LossReason::Panic];
        let unsendable = other.iter().map(|reason| stats.lost.get(*reason)).sum::<u64>();
        let lost = full + unsendable;
        if lost == self.said.load(Ordering::Relaxed) || (!outage && self.lost.pass().is_none()) {
            return;
        }
        self.said.store(lost, Ordering::Relaxed);
        if !outage {
            let (signal, destination) = (self.signal.name(), self.destination.as_str());
            tracing::warn!(
                target: TARGET, signal, destination, queue_full = full, unsendable,
                "telemetry was lost; the counts are since the start"
            );
        }
    }
}

const PERIOD: Duration = Duration::from_secs(60);
