//! What the start says of the port for Prometheus.
#![cfg(feature = "prometheus")]

mod support;

use support::{Lines, PLENTY, builder, environment};

#[test]
fn the_start_says_where_prometheus_finds_the_metrics() {
    let lines = Lines::default();
    let variables = [("OTEL_METRICS_EXPORTER", "prometheus"), ("OTEL_EXPORTER_PROMETHEUS_PORT", "0")];
    let telemetry = builder(&lines).environment(environment(&variables)).init().unwrap();
    assert!(telemetry.flush(PLENTY).is_complete());
    let address = telemetry.prometheus_addr().unwrap();
    assert_eq!(lines.messages(), [format!("serving Prometheus at http://{address}/metrics")]);
}
