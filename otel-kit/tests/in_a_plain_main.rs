//! A program without any runtime. No test harness either: this is its `main`.
#![allow(clippy::unwrap_used)] // helpers of tests

mod support;

fn main() {
    let receiver = support::receiver_in_the_usual_file("in_a_plain_main");
    let telemetry = otel_kit::init!().unwrap();
    support::work();
    drop(telemetry);
    support::assert_work_of_this_crate_arrived(&receiver);
}
