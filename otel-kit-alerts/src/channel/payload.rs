//! Bodies of Alertmanager's protocols.

use std::{collections::BTreeMap, time::SystemTime};

use serde::Serialize;

use crate::{
    notify::{Notification, NotifiedAlert},
    time::rfc3339,
};

/// What a webhook gets:
/// [version 4](https://prometheus.io/docs/alerting/latest/configuration/#webhook_config).
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WebhookBody<'a> {
    version: &'static str,
    group_key: &'a str,
    truncated_alerts: usize,
    status: &'static str,
    receiver: &'a str,
    group_labels: &'a BTreeMap<String, String>,
    common_labels: &'a BTreeMap<String, String>,
    common_annotations: &'a BTreeMap<String, String>,
    #[serde(rename = "externalURL")]
    external_url: &'a str,
    #[serde(rename = "notification_reason")]
    notification_reason: &'static str,
    alerts: Vec<WebhookAlert<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WebhookAlert<'a> {
    status: &'static str,
    labels: &'a BTreeMap<String, String>,
    annotations: &'a BTreeMap<String, String>,
    starts_at: String,
    ends_at: String,
    #[serde(rename = "generatorURL")]
    generator_url: &'a str,
    fingerprint: &'a str,
}

/// What is posted to `/api/v2/alerts`, in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PostableAlert<'a> {
    labels: &'a BTreeMap<String, String>,
    annotations: &'a BTreeMap<String, String>,
    starts_at: String,
    ends_at: String,
    #[serde(rename = "generatorURL", skip_serializing_if = "str::is_empty")]
    generator_url: &'a str,
}

impl<'a> WebhookBody<'a> {
    /// With at most so many alerts; 0 means all.
    pub(super) fn new(notification: &'a Notification, max_alerts: usize) -> Self {
        let all = notification.alerts.len();
        let kept = if max_alerts == 0 { all } else { all.min(max_alerts) };
        Self {
            version: "4",
            group_key: &notification.group_key,
            truncated_alerts: all - kept,
            status: notification.status().name(),
            receiver: &notification.receiver,
            group_labels: &notification.group_labels,
            common_labels: &notification.common_labels,
            common_annotations: &notification.common_annotations,
            external_url: &notification.external_url,
            notification_reason: notification.reason.name(),
            alerts: notification.alerts.iter().take(kept).map(WebhookAlert::of).collect(),
        }
    }
}

impl<'a> WebhookAlert<'a> {
    fn of(alert: &'a NotifiedAlert) -> Self {
        Self {
            status: alert.status.name(),
            labels: &alert.labels,
            annotations: &alert.annotations,
            starts_at: rfc3339(alert.starts_at),
            ends_at: alert.ends_at.map_or_else(|| NEVER.to_owned(), rfc3339),
            generator_url: &alert.generator_url,
            fingerprint: &alert.fingerprint,
        }
    }
}

impl<'a> PostableAlert<'a> {
    /// One that is over has ended by `now` at the latest, or the Alertmanager would not take it for that.
    pub(super) fn of(alert: &'a NotifiedAlert, now: SystemTime) -> Self {
        Self {
            labels: &alert.labels,
            annotations: &alert.annotations,
            starts_at: rfc3339(alert.starts_at),
            ends_at: rfc3339(alert.ends_at.map_or(alert.expires_at, |ended| ended.min(now))),
            generator_url: &alert.generator_url,
        }
    }
}

/// How Go writes that there is no time.
const NEVER: &str = "0001-01-01T00:00:00Z";

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::notify::example;

    #[test]
    fn a_webhook_gets_version_4_to_the_letter() {
        let body = serde_json::to_string_pretty(&WebhookBody::new(&example(), 0)).unwrap();
        assert_eq!(body, include_str!("golden/webhook.json").trim_end());
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let notification = example();
        let body = serde_json::to_value(WebhookBody::new(&notification, 1)).unwrap();
        assert_eq!(body["truncatedAlerts"], 1);
        assert_eq!(body["alerts"].as_array().map(Vec::len), Some(1));
        assert_eq!(body["alerts"][0]["status"], "firing", "what fires comes first");
        let body = serde_json::to_value(WebhookBody::new(&notification, 5)).unwrap();
        assert_eq!(body["truncatedAlerts"], 0);
    }

    #[test]
    fn the_status_is_that_of_what_fires() {
        let mut notification = example();
        notification.alerts.remove(0);
        let body = serde_json::to_value(WebhookBody::new(&notification, 0)).unwrap();
        assert_eq!(body["status"], "resolved");
    }

    #[test]
    fn an_alertmanager_gets_what_it_takes_to_the_letter() {
        let notification = example();
        let alerts: Vec<_> =
            notification.alerts.iter().map(|alert| PostableAlert::of(alert, notification.at)).collect();
        let body = serde_json::to_string_pretty(&alerts).unwrap();
        assert_eq!(body, include_str!("golden/alertmanager.json").trim_end());
    }

    #[test]
    fn what_is_over_is_never_over_later_than_now() {
        let mut notification = example();
        let now = UNIX_EPOCH + Duration::from_secs(1_767_323_045);
        notification.alerts[1].ends_at = Some(now + Duration::from_secs(9));
        let alert = serde_json::to_value(PostableAlert::of(&notification.alerts[1], now)).unwrap();
        assert_eq!(alert["endsAt"], "2026-01-02T03:04:05Z");
    }
}
