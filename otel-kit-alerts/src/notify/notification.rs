use std::{collections::BTreeMap, time::SystemTime};

use opentelemetry::{SpanId, TraceId};

/// What a channel is to tell: a group of alerts.
///
/// Texts have passed redaction; labels and annotations that all alerts share are there once more, for short messages.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Notification {
    /// Name of the channel.
    pub receiver: String,
    /// What the group is known by, the same for each message about it.
    pub group_key: String,
    /// The labels that the alerts are grouped by.
    pub group_labels: BTreeMap<String, String>,
    /// Labels that all alerts share.
    pub common_labels: BTreeMap<String, String>,
    /// Annotations that all alerts share.
    pub common_annotations: BTreeMap<String, String>,
    /// Where the service is found, if it was said.
    pub external_url: String,
    /// Why now.
    pub reason: Reason,
    /// When it was decided on.
    pub at: SystemTime,
    /// What fires, then what is resolved.
    pub alerts: Vec<NotifiedAlert>,
}

/// An alert in a [`Notification`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct NotifiedAlert {
    /// Whether it still fires.
    pub status: Status,
    /// Identity.
    pub labels: BTreeMap<String, String>,
    /// Texts for people; `trace_id` and `trace_url` among them if there is a trace behind it.
    pub annotations: BTreeMap<String, String>,
    /// Since when it fires.
    pub starts_at: SystemTime,
    /// Since when it is over, if it is.
    pub ends_at: Option<SystemTime>,
    /// Until when it may be believed to fire if nobody says so again.
    pub expires_at: SystemTime,
    /// Where to look: the trace behind it, if its URL is known, or else the service.
    pub generator_url: String,
    /// 16 hexadecimal digits: a hash of the labels.
    pub fingerprint: String,
    /// The last value of the rule's expression.
    pub value: Option<f64>,
    /// Trace and span of a measurement behind it.
    pub exemplar: Option<(TraceId, SpanId)>,
    /// Where the trace is shown, if the URL of traces was said.
    pub trace_url: Option<String>,
}

/// `firing` or `resolved`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// At least one alert fires.
    Firing,
    /// None fires any more.
    Resolved,
}

/// Why a [`Notification`] is sent: the words of Alertmanager's `notification_reason`.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// Nothing of the group fired when the channel was told last, or it was never told.
    FirstNotification,
    /// More alerts fire.
    NewAlertsAdded,
    /// No alert fires any more.
    AllAlertsResolved,
    /// Some are over, others fire.
    SomeAlertsResolved,
    /// Nothing has changed for long.
    RepeatIntervalElapsed,
    /// A channel that keeps its own time, such as Alertmanager, is told as often as it needs.
    HandedOver,
}

impl Notification {
    /// Firing if any alert fires.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.firing().next().is_some() { Status::Firing } else { Status::Resolved }
    }

    /// The alerts that fire.
    pub fn firing(&self) -> impl Iterator<Item = &NotifiedAlert> {
        self.alerts.iter().filter(|alert| alert.status == Status::Firing)
    }

    /// The alerts that are over.
    pub fn resolved(&self) -> impl Iterator<Item = &NotifiedAlert> {
        self.alerts.iter().filter(|alert| alert.status == Status::Resolved)
    }

    /// A short text: `[FIRING:2] HighErrorRatio (checkout page)`; the values of the labels that it is grouped by, and
    /// of the others that all alerts share.
    #[must_use]
    pub fn title(&self) -> String {
        let count = self.firing().count();
        let status = if count == 0 { "RESOLVED".to_owned() } else { format!("FIRING:{count}") };
        let values = |labels: Vec<&str>| labels.join(" ");
        let group = values(self.group_labels.values().map(String::as_str).collect());
        let rest = self.common_labels.iter().filter(|(name, _)| !self.group_labels.contains_key(*name));
        let rest = values(rest.map(|(_, value)| value.as_str()).collect());
        let rest = if rest.is_empty() { String::new() } else { format!(" ({rest})") };
        let title = format!("[{status}] {group}{rest}");
        title.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

impl Status {
    /// `firing` or `resolved`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Resolved => "resolved",
        }
    }
}

impl Reason {
    /// The words: `first notification`, `new alerts added` and so on.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstNotification => "first notification",
            Self::NewAlertsAdded => "new alerts added",
            Self::AllAlertsResolved => "all alerts resolved",
            Self::SomeAlertsResolved => "some alerts resolved",
            Self::RepeatIntervalElapsed => "repeat interval elapsed",
            Self::HandedOver => "handed over",
        }
    }
}

/// What all of them say alike.
pub(crate) fn common<'a>(
    maps: impl IntoIterator<Item = &'a BTreeMap<String, String>>,
) -> BTreeMap<String, String> {
    let mut maps = maps.into_iter();
    let mut common = maps.next().cloned().unwrap_or_default();
    for map in maps {
        common.retain(|name, value| map.get(name) == Some(value));
    }
    common
}
