//! The host sets a `tracing` subscriber of its own after the telemetry's.

mod support;

use otel_kit_testing::OtlpReceiver;
use tracing_subscriber::{layer::SubscriberExt, registry};

use support::{Lines, PLENTY, builder};

#[test]
fn a_subscriber_that_comes_later_fails_and_the_telemetry_stays() {
    let (receiver, ours, theirs) = (OtlpReceiver::start().unwrap(), Lines::default(), Lines::default());
    let telemetry = builder(&ours).endpoint(receiver.http_endpoint()).init().unwrap();
    let other = builder(&theirs).build().unwrap();
    assert!(tracing::subscriber::set_global_default(registry().with(other.layer())).is_err());

    support::work();
    // For a while, on one thread, it may still be another one.
    tracing::subscriber::with_default(registry().with(other.layer()), || tracing::info!("aside"));
    assert!(telemetry.flush(PLENTY).is_complete() && other.flush(PLENTY).is_complete());
    support::assert_work_arrived(&receiver);
    assert_eq!(ours.messages().last().map(String::as_str), Some("working"));
    assert_eq!(theirs.messages(), ["aside"]);
}
