//! The guard is dropped while its thread unwinds.

mod support;

use std::panic::{catch_unwind, resume_unwind};

#[test]
fn everything_arrives_when_the_guard_is_dropped_by_a_panic() {
    let receiver = support::receiver_in_the_usual_file("while_panicking");
    let unwound = catch_unwind(|| {
        let _telemetry = otel_kit::init!().unwrap();
        support::work();
        resume_unwind(Box::new("as planned"));
    });
    assert!(unwound.is_err());
    support::assert_work_of_this_crate_arrived(&receiver);
}
