//! The globals of a process are given once.

mod support;

use otel_kit::{
    Kit,
    opentelemetry::{global, trace::Tracer},
};
use otel_kit_testing::OtlpReceiver;

use support::{Lines, PLENTY, builder};

#[test]
fn the_first_init_that_succeeds_is_the_only_one() {
    let lines = Lines::default();
    let failed = builder(&lines).config_text("otel-kit.yaml", "servise: {}").init().unwrap_err();
    assert!(failed.to_string().starts_with("otel-kit.yaml:1:1: servise: unknown key"), "{failed}");
    let failed = builder(&lines).endpoint("nowhere").init_layer::<tracing_subscriber::Registry>();
    assert!(failed.is_err_and(|error| error.to_string().starts_with("code: export.endpoint: ")));
    assert!(Kit::global().is_none());
    assert_eq!(lines.text(), "");

    let receiver = OtlpReceiver::start().unwrap();
    let (telemetry, line) = (builder(&lines).endpoint(receiver.http_endpoint()).init().unwrap(), line!());

    let other = OtlpReceiver::start().unwrap();
    let second = builder(&lines).endpoint(other.http_endpoint()).init().unwrap_err();
    let expected = second.to_string();
    assert!(
        expected.starts_with(&format!("telemetry was initialised already at {}:{line}:", file!())),
        "{expected}"
    );
    assert_eq!(format!("{second:?}"), expected);
    let by_macro = otel_kit::init!().unwrap_err();
    assert_eq!(by_macro.to_string(), expected);
    assert!(builder(&lines).init_layer::<tracing_subscriber::Registry>().is_err());

    support::work();
    global::tracer("test").in_span("by the API", |_| ());
    assert!(telemetry.flush(PLENTY).is_complete());
    support::assert_work_arrived(&receiver);
    assert!(receiver.received().span("by the API").is_some());
    assert!(other.requests().is_empty());

    drop(telemetry);
    assert_eq!(builder(&lines).init().unwrap_err().to_string(), expected);
    let said = |start: &str| lines.messages().iter().filter(|message| message.starts_with(start)).count();
    assert_eq!((said("exporting traces to http://127.0.0.1:"), said("telemetry")), (1, 0));
}
