use opentelemetry::{KeyValue, metrics::Counter};
use otel_kit_core::{
    Kit,
    semconv::{
        attribute::{NOTIFIER, OUTCOME, REASON},
        metric::OTEL_KIT_ALERTS_NOTIFICATIONS,
    },
};

/// What becomes of notifications.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    notifications: Counter<u64>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Fate {
    Sent,
    /// The next interval tries again.
    Failed,
    /// It was not even tried; the next interval tries again.
    Dropped,
}

impl Counts {
    pub(super) fn new(kit: &Kit) -> Self {
        let meter = kit.meter(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
        let notifications = meter
            .u64_counter(OTEL_KIT_ALERTS_NOTIFICATIONS)
            .with_unit("{notification}")
            .with_description("Notifications of alerts, by channel, outcome and reason.")
            .build();
        Self { notifications }
    }

    pub(super) fn add(&self, channel: &str, fate: Fate, reason: &str) {
        self.add_many(1, channel, fate, reason);
    }

    pub(super) fn add_many(&self, count: usize, channel: &str, fate: Fate, reason: &str) {
        let outcome = match fate {
            Fate::Sent => "sent",
            Fate::Failed => "failed",
            Fate::Dropped => "dropped",
        };
        let reason = KeyValue::new(REASON, reason.to_owned());
        self.notifications.add(
            u64::try_from(count).unwrap_or(u64::MAX),
            &[KeyValue::new(NOTIFIER, channel.to_owned()), KeyValue::new(OUTCOME, outcome), reason],
        );
    }
}
