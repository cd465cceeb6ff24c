//! A `#[tokio::test]` is a current-thread runtime.

mod support;

#[tokio::test]
async fn everything_arrives_when_the_guard_is_dropped_inside_a_tokio_test() {
    let receiver = support::receiver_in_the_usual_file("in_a_tokio_test");
    let telemetry = otel_kit::init!().unwrap();
    support::work();
    drop(telemetry);
    support::assert_work_of_this_crate_arrived(&receiver);
}
