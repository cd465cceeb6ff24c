//! The host has a `tracing` subscriber for its first steps only.

mod support;

use tracing_subscriber::{layer::SubscriberExt, registry};

use support::{Lines, PLENTY, builder};

#[test]
fn a_subscriber_of_one_thread_does_not_stand_in_the_way() {
    let (early, lines) = (Lines::default(), Lines::default());
    let bootstrap = builder(&early).build().unwrap();
    let telemetry = tracing::subscriber::with_default(registry().with(bootstrap.layer()), || {
        tracing::info!("reading arguments");
        builder(&lines).init().unwrap()
    });
    tracing::info!("ready");
    assert!(telemetry.flush(PLENTY).is_complete() && bootstrap.flush(PLENTY).is_complete());
    assert_eq!(early.messages(), ["reading arguments"]);
    assert_eq!(lines.messages(), ["no exporter is configured", "ready"]);
}
