//! Alerts as metrics, named as [in Prometheus](https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/#inspecting-alerts-during-runtime).

use std::{
    sync::{Arc, Weak},
    time::UNIX_EPOCH,
};

use opentelemetry::{KeyValue, metrics::ObservableGauge};
use otel_kit_core::{
    Kit,
    alert::{Alert, AlertState},
    semconv::{
        attribute::ALERT_STATE,
        metric::{ALERTS, ALERTS_FOR_STATE},
    },
};

use super::Inner;

/// The gauges of a kit's alerts, as long as there are any.
#[derive(Debug)]
pub(super) struct Gauges {
    _gauges: [ObservableGauge<f64>; 2],
}

impl Gauges {
    pub(super) fn new(kit: &Kit, inner: &Arc<Inner>) -> Self {
        let meter = kit.meter(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
        let (states, since) = (Arc::downgrade(inner), Arc::downgrade(inner));
        let states = meter
            .f64_observable_gauge(ALERTS)
            .with_description("Alerts by name and state, 1 each.")
            .with_callback(move |observer| {
                for alert in active(&states).iter().filter(|alert| is_active(alert)) {
                    let mut attributes = attributes(alert);
                    attributes.push(KeyValue::new(ALERT_STATE, alert.state.name()));
                    observer.observe(1.0, &attributes);
                }
            });
        // Without a unit: Prometheus has none in its name.
        let since = meter
            .f64_observable_gauge(ALERTS_FOR_STATE)
            .with_description("Since when an alert's condition holds, in seconds since 1970.")
            .with_callback(move |observer| {
                for alert in active(&since).iter().filter(|alert| is_active(alert)) {
                    let since = alert.active_at.duration_since(UNIX_EPOCH).unwrap_or_default();
                    observer.observe(since.as_secs_f64().floor(), &attributes(alert));
                }
            });
        Self { _gauges: [states.build(), since.build()] }
    }
}

fn active(inner: &Weak<Inner>) -> Arc<[Alert]> {
    inner.upgrade().map(|inner| inner.published()).unwrap_or_default()
}

fn is_active(alert: &Alert) -> bool {
    alert.state != AlertState::Inactive
}

fn attributes(alert: &Alert) -> Vec<KeyValue> {
    alert.labels.iter().map(|(name, value)| KeyValue::new(name.clone(), value.clone())).collect()
}
