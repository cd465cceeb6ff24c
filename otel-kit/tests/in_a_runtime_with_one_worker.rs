//! The guard is dropped on the only worker of a runtime.

mod support;

use tokio::runtime::Builder;

#[test]
fn everything_arrives_when_the_guard_is_dropped_on_the_only_worker_of_a_runtime() {
    let receiver = support::receiver_in_the_usual_file("in_a_runtime_with_one_worker");
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(async {
        let telemetry = otel_kit::init!().unwrap();
        let working = tokio::spawn(async {
            support::work();
            drop(telemetry);
        });
        working.await.unwrap();
    });
    support::assert_work_of_this_crate_arrived(&receiver);
}
