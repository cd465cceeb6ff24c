//! Records of the `log` crate.

mod common;

use common::Captured;
use opentelemetry::logs::LoggerProvider;
use otel_kit_logging::{Format, LogFilter, LogLayer, install_log_bridge};
use otel_kit_testing::Telemetry;
use tracing::info_span;
use tracing_subscriber::{Layer, layer::SubscriberExt, registry};

#[test]
fn log_records_are_lines_with_their_own_target_and_level() {
    install_log_bridge().unwrap();
    assert!(install_log_bridge().is_err());

    let (telemetry, captured) = (Telemetry::new(), Captured::default());
    let layer = LogLayer::builder()
        .output(Format::Json, captured.writer())
        .otlp(telemetry.logger_provider().logger("otel-kit"))
        .build();
    let filter: LogFilter = "info,quiet=off".parse().unwrap();
    let subscriber = registry().with(telemetry.layer()).with(layer.with_filter(filter));
    tracing::subscriber::with_default(subscriber, || {
        let _span = info_span!("span", n = 1).entered();
        log::warn!(target: "old::library", "it {} so", "was");
        log::error!(target: "quiet", "not written");
        log::debug!("not written either");
    });

    let line = captured.line();
    assert_eq!(line.get("level"), "WARN");
    assert_eq!(line.get("message"), "it was so");
    assert_eq!(line.get("target"), "old::library");
    assert_eq!(line.get("span_id"), &serde_json::Value::from(telemetry.spans()[0].span_id.as_str()));
    assert_eq!(line.fields(), [("n".to_owned(), 1.into())]);
    let [record] = &telemetry.log_records()[..] else { panic!("{telemetry:?}") };
    assert_eq!((record.scope.name.as_str(), record.event_name.as_str()), ("old::library", ""));
}
