//! The guard is dropped on the only thread of a runtime.

mod support;

use tokio::runtime::Builder;

#[test]
fn everything_arrives_when_the_guard_is_dropped_inside_a_current_thread_runtime() {
    let receiver = support::receiver_in_the_usual_file("in_a_current_thread_runtime");
    Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let _telemetry = otel_kit::init!().unwrap();
        tokio::spawn(async { support::work() }).await.unwrap();
    });
    support::assert_work_of_this_crate_arrived(&receiver);
}
