//! The host has a `tracing` subscriber of its own.

mod support;

use otel_kit::{InitError, Kit, opentelemetry::global};
use tracing_subscriber::{layer::SubscriberExt, registry};

use support::{Lines, builder};

#[test]
fn a_global_subscriber_is_an_error_that_names_the_way_out() {
    let lines = Lines::default();
    let meters = global::meter_provider();
    tracing::subscriber::set_global_default(registry()).unwrap();
    let error = builder(&lines).init().unwrap_err();
    assert!(matches!(error, InitError::SubscriberInstalled));
    assert!(error.to_string().contains("init_layer()"), "{error}");

    assert!(Kit::global().is_none());
    assert!(std::sync::Arc::ptr_eq(&meters, &global::meter_provider()));
    assert_eq!(lines.text(), "");

    // It was no success, so the other way is open.
    let (layer, telemetry) = builder(&lines).init_layer().unwrap();
    tracing::subscriber::with_default(registry().with(layer), || tracing::info!("here"));
    drop(telemetry);
    assert_eq!(lines.messages(), ["no exporter is configured", "here"]);
}
