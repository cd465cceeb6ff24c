//! The guard is dropped after the application's runtime.

mod support;

use tokio::runtime::Builder;

#[test]
fn everything_arrives_when_the_guard_outlives_the_runtime() {
    let receiver = support::receiver_in_the_usual_file("after_the_runtime_is_gone");
    let runtime = Builder::new_multi_thread().enable_all().build().unwrap();
    let telemetry = runtime.block_on(async {
        let telemetry = otel_kit::init!().unwrap();
        support::work();
        telemetry
    });
    drop(runtime);
    drop(telemetry);
    support::assert_work_of_this_crate_arrived(&receiver);
}
