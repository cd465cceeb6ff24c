//! A process that ends its telemetry and begins again.

mod support;

use std::time::Duration;

use otel_kit::InitError;
use otel_kit_testing::OtlpReceiver;

use support::{Lines, PLENTY, builder};

#[test]
fn after_a_shutdown_the_globals_stay_taken_and_the_host_works_on() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let new = || builder(&lines).endpoint(receiver.http_endpoint());
    let (telemetry, line) = (new().init().unwrap(), line!());
    support::work();
    assert!(telemetry.shutdown(PLENTY).is_complete());
    support::assert_work_arrived(&receiver);

    let again = new().init().unwrap_err();
    assert!(matches!(again, InitError::AlreadyInitialised { first } if first.line() == line), "{again}");
    support::work(); // to nobody, and harmless; its lines are still written
    drop(telemetry);
    support::work();
    assert_eq!(receiver.received().spans().len(), 1);

    // What is built apart has no part in the globals, and works as ever.
    let apart = new().build().unwrap();
    support::work_with(&apart);
    let report = apart.shutdown(Duration::MAX);
    assert!(report.is_complete(), "{report}");
    assert_eq!(receiver.received().spans().len(), 2);
}
