//! Alerts of this process, as plain data for whoever shows them.

use std::{collections::BTreeMap, fmt, time::SystemTime};

use opentelemetry::{SpanId, TraceId};

/// One instance of an alert rule: one set of labels for which its condition holds, or held until lately.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Alert {
    /// Its identity, the rule's name (`alertname`) among them.
    pub labels: BTreeMap<String, String>,
    /// Texts for people.
    pub annotations: BTreeMap<String, String>,
    /// How far it is.
    pub state: AlertState,
    /// What the rule's expression yields, if it yields anything.
    pub value: Option<f64>,
    /// Since when the condition holds.
    pub active_at: SystemTime,
    /// Since when it fires, if it does or did.
    pub fired_at: Option<SystemTime>,
    /// Since when it is over, if it is.
    pub resolved_at: Option<SystemTime>,
    /// 16 hexadecimal digits: a hash of the labels.
    pub fingerprint: String,
    /// A measurement or exception behind it: its trace and span, if there are any.
    pub exemplar: Option<(TraceId, SpanId)>,
}

/// [State](https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/) of an [`Alert`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum AlertState {
    /// The condition does not hold, any more.
    Inactive,
    /// It holds, but not for long enough yet.
    Pending,
    /// It has held for long enough.
    Firing,
}

impl AlertState {
    /// Lower-case word: `inactive`, `pending`, `firing`.
    ///
    /// ```
    /// assert_eq!(otel_kit_core::alert::AlertState::Firing.name(), "firing");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inactive => "inactive",
            Self::Pending => "pending",
            Self::Firing => "firing",
        }
    }
}

impl Alert {
    /// An alert whose condition has begun to hold.
    #[must_use]
    pub const fn new(labels: BTreeMap<String, String>, fingerprint: String, active_at: SystemTime) -> Self {
        Self {
            labels,
            annotations: BTreeMap::new(),
            state: AlertState::Pending,
            value: None,
            active_at,
            fired_at: None,
            resolved_at: None,
            fingerprint,
            exemplar: None,
        }
    }
}

/// Where the alerts come from: whoever evaluates the rules.
pub trait AlertSource: fmt::Debug + Send + Sync {
    /// All instances that are not forgotten yet.
    fn alerts(&self) -> Vec<Alert>;
}
