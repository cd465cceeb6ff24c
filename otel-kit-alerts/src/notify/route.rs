use std::{collections::BTreeMap, time::Duration};

use otel_kit_core::{alert::Alert, semconv::attribute::ALERT_NAME};

use super::SettingsError;

/// How alerts become messages: which go together, when, and where to. Words and defaults are those of
/// [Alertmanager's routes](https://prometheus.io/docs/alerting/latest/configuration/#route).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Route {
    /// Alerts with the same values of these labels are one group, and one message.
    pub group_by: GroupBy,
    /// How long a new group waits for more alerts before its first message; 30 s by default.
    pub group_wait: Duration,
    /// How long a group waits before it tells of changes, which is also the time limit for telling; 5 min by
    /// default.
    pub group_interval: Duration,
    /// After how long a group that has not changed is told again; 4 h by default, rounded up to a multiple of
    /// `group_interval`.
    pub repeat_interval: Duration,
    /// Names of the channels; none means all that there are.
    pub channels: Vec<String>,
}

/// What makes a group.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum GroupBy {
    /// The values of these labels.
    Labels(Vec<String>),
    /// All labels (`...`): each alert is a group of its own.
    All,
}

impl Default for Route {
    fn default() -> Self {
        Self {
            group_by: GroupBy::Labels(vec![ALERT_NAME.to_owned()]),
            group_wait: Duration::from_secs(30),
            group_interval: Duration::from_secs(5 * 60),
            repeat_interval: Duration::from_secs(4 * 60 * 60),
            channels: Vec::new(),
        }
    }
}

impl Route {
    pub(crate) fn validate(&self) -> Result<(), SettingsError> {
        if self.group_interval < SHORTEST_INTERVAL {
            let message = format!("{:?} is too short to tell anybody anything", self.group_interval);
            return Err(SettingsError::new("route.group_interval", message, "say at least 1s, such as 5m"));
        }
        if self.repeat_interval < self.group_interval {
            let message = format!("{:?} is shorter than group_interval", self.repeat_interval);
            return Err(SettingsError::new("route.repeat_interval", message, "say at least as much"));
        }
        Ok(())
    }

    /// The labels that the alert's group is known by.
    pub(crate) fn group_labels(&self, alert: &Alert) -> BTreeMap<String, String> {
        match &self.group_by {
            GroupBy::All => alert.labels.clone(),
            GroupBy::Labels(names) => {
                let label = |name: &String| alert.labels.get_key_value(name);
                names.iter().filter_map(label).map(|(name, value)| (name.clone(), value.clone())).collect()
            }
        }
    }
}

/// As Alertmanager writes it: the route, which is the only one, and the labels.
pub(crate) fn group_key(labels: &BTreeMap<String, String>) -> String {
    let labels: Vec<_> = labels.iter().map(|(name, value)| format!("{name}={}", quoted(value))).collect();
    format!("{{}}:{{{}}}", labels.join(", "))
}

fn quoted(value: &str) -> String {
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n").replace('\t', "\\t");
    format!("\"{escaped}\"")
}

const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn alert() -> Alert {
        let labels = [("alertname", "HighErrorRate"), ("path", "C:\\ \"x\"")];
        let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Alert::new(labels, "0123456789abcdef".into(), SystemTime::UNIX_EPOCH)
    }

    fn key(group_by: GroupBy) -> String {
        group_key(&Route { group_by, ..Route::default() }.group_labels(&alert()))
    }

    #[test]
    fn the_group_is_known_by_the_labels_that_it_is_grouped_by() {
        let labels = |names: &[&str]| GroupBy::Labels(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(key(labels(&["alertname", "unknown"])), r#"{}:{alertname="HighErrorRate"}"#);
        assert_eq!(key(labels(&[])), "{}:{}");
        assert_eq!(key(GroupBy::All), r#"{}:{alertname="HighErrorRate", path="C:\\ \"x\""}"#);
    }

    #[test]
    fn intervals_that_contradict_each_other_are_refused() {
        let second = Duration::from_secs(1);
        let none = Route { group_interval: Duration::ZERO, ..Route::default() };
        let short = Route { repeat_interval: second, ..Route::default() };
        assert_eq!(none.validate().unwrap_err().path, "route.group_interval");
        assert_eq!(short.validate().unwrap_err().path, "route.repeat_interval");
        assert!(Route { group_wait: Duration::ZERO, ..Route::default() }.validate().is_ok());
    }
}
