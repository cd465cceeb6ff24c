use std::time::Duration;

use serde::Deserialize;

use crate::config::read;

/// Section `alerts.route`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialRoute {
    /// Labels whose alerts go into one message; default `[alertname]`, `["..."]` is each alert on its own.
    pub group_by: Option<Vec<String>>,
    /// How long a new group waits for more alerts; default `30s`.
    #[serde(deserialize_with = "read::duration")]
    pub group_wait: Option<Duration>,
    /// How often a group is looked at then; default `5m`.
    #[serde(deserialize_with = "read::duration")]
    pub group_interval: Option<Duration>,
    /// How often a message is repeated though nothing changed; default `4h`.
    #[serde(deserialize_with = "read::duration")]
    pub repeat_interval: Option<Duration>,
    /// Names of the channels; all by default.
    pub channels: Option<Vec<String>>,
}

/// An entry of `alerts.silences`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialSilence {
    /// Which alerts, by their labels: `alertname="Slow"`.
    #[serde(rename = "match")]
    pub matchers: Vec<String>,
    /// When it begins, such as `2026-01-02T03:04:05Z`; at the start by default.
    pub starts_at: Option<String>,
    /// When it ends.
    pub ends_at: Option<String>,
    /// Who wanted it.
    pub created_by: Option<String>,
    /// What for.
    pub comment: Option<String>,
}
