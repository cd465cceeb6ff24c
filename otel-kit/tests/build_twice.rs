//! `build()`: as many telemetries as one likes, and no global.

mod support;

use std::sync::Arc;

use otel_kit::opentelemetry::{
    global,
    trace::{Span, Tracer},
};
use otel_kit::{Kit, transport::Signal};
use otel_kit_testing::OtlpReceiver;
use tracing::subscriber::NoSubscriber;

use support::{Lines, PLENTY, builder, work_with};

#[test]
fn telemetries_that_are_built_stay_apart_and_leave_the_globals_alone() {
    let meters = global::meter_provider();
    let made: Vec<_> = ["one", "two"]
        .map(|name| {
            let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
            let telemetry =
                builder(&lines).service_name(name).endpoint(receiver.http_endpoint()).build().unwrap();
            (name, receiver, lines, telemetry)
        })
        .into();
    for (_, _, _, telemetry) in &made {
        work_with(telemetry);
    }
    support::work(); // nobody's

    for (name, receiver, lines, telemetry) in &made {
        let report = telemetry.shutdown(PLENTY);
        assert!(report.is_complete(), "{report}");
        let received = receiver.received();
        assert!(Signal::ALL.iter().all(|signal| received.total(*signal) == 1), "{received:?}");
        assert_eq!(received.spans()[0].service(), *name);
        assert_eq!(received.metrics()[0].service(), *name);
        assert_eq!(received.log_records()[0].service(), *name);
        assert_eq!(lines.messages(), ["working"]);
    }
    assert!(Kit::global().is_none());
    assert!(Arc::ptr_eq(&meters, &global::meter_provider()));
    assert!(!global::tracer("test").start("work").span_context().is_valid());
    global::get_text_map_propagator(|propagator| assert_eq!(propagator.fields().count(), 0));
    tracing::dispatcher::get_default(|global| assert!(global.is::<NoSubscriber>()));
    assert_eq!(log::max_level(), log::LevelFilter::Off);
}
