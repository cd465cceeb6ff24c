use std::{
    collections::{BTreeMap, BTreeSet},
    time::SystemTime,
};

use serde::{Deserialize, Serialize};

use super::time;

/// All that is kept, as it stands in the file.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct State {
    /// Instances that are pending, firing, or resolved lately.
    #[serde(default)]
    pub alerts: Vec<SavedAlert>,
    /// What each channel was told last about each group.
    #[serde(default)]
    pub notified: Vec<LogEntry>,
    /// Fingerprints of the groups of exceptions that are known, and so not new.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub exceptions: BTreeSet<String>,
}

impl State {
    /// The state to keep.
    #[must_use]
    pub const fn new(alerts: Vec<SavedAlert>, notified: Vec<LogEntry>) -> Self {
        Self { alerts, notified, exceptions: BTreeSet::new() }
    }
}

/// An instance of a rule.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct SavedAlert {
    /// Identity, the rule's name (`alertname`) among it.
    pub labels: BTreeMap<String, String>,
    /// Texts for people.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// The last value of the expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Since when the condition holds.
    #[serde(with = "time::required")]
    pub active_at: SystemTime,
    /// Since when it fires.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::optional")]
    pub fired_at: Option<SystemTime>,
    /// Since when it fires although its condition does not hold.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::optional")]
    pub keep_firing_since: Option<SystemTime>,
    /// Since when it is over.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "time::optional")]
    pub resolved_at: Option<SystemTime>,
    /// When it was last evaluated.
    #[serde(with = "time::required")]
    pub evaluated_at: SystemTime,
}

/// What a channel was told last about a group.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct LogEntry {
    /// Key of the group.
    pub group: String,
    /// Name of the channel.
    pub channel: String,
    /// When.
    #[serde(with = "time::required")]
    pub at: SystemTime,
    /// Fingerprints of the alerts that fired then.
    pub firing: BTreeSet<String>,
    /// Fingerprints of those that were resolved then.
    pub resolved: BTreeSet<String>,
}
