//! Alerts as JSON.

use std::{cmp::Reverse, collections::BTreeMap, time::SystemTime};

use otel_kit_core::alert::{Alert, AlertState};
use serde::Serialize;

use crate::when;

#[derive(Debug, Serialize)]
pub(crate) struct Alerts {
    alerts: Vec<Shown>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    state: &'static str,
    value: Option<f64>,
    #[serde(serialize_with = "when::time")]
    active_at: SystemTime,
    #[serde(serialize_with = "when::time_if_any")]
    fired_at: Option<SystemTime>,
    #[serde(serialize_with = "when::time_if_any")]
    resolved_at: Option<SystemTime>,
    fingerprint: String,
    trace_id: Option<String>,
    span_id: Option<String>,
}

/// The firing ones first, and among equals the latest.
pub(crate) fn shown(mut alerts: Vec<Alert>) -> Alerts {
    alerts.sort_by_key(|alert| Reverse((rank(alert.state), alert.active_at)));
    Alerts { alerts: alerts.into_iter().map(Shown::from).collect() }
}

impl From<Alert> for Shown {
    fn from(alert: Alert) -> Self {
        let exemplar = alert.exemplar;
        Self {
            labels: alert.labels,
            annotations: alert.annotations,
            state: alert.state.name(),
            value: alert.value,
            active_at: alert.active_at,
            fired_at: alert.fired_at,
            resolved_at: alert.resolved_at,
            fingerprint: alert.fingerprint,
            trace_id: exemplar.map(|(trace_id, _)| trace_id.to_string()),
            span_id: exemplar.map(|(_, span_id)| span_id.to_string()),
        }
    }
}

const fn rank(state: AlertState) -> u8 {
    match state {
        AlertState::Firing => 2,
        AlertState::Pending => 1,
        _ => 0,
    }
}
