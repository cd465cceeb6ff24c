//! Metrics of the process and its runtimes come along unless they are switched off.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use std::collections::BTreeSet;

use otel_kit::{Builder, Guard};
use otel_kit_testing::{OtlpReceiver, received::Received};
use tokio::runtime::{Handle, Runtime};

use support::{Lines, PLENTY, builder, work_with};

/// What arrives of a telemetry with this configuration, after `use_it`.
fn arrived(config: &str, change: impl FnOnce(Builder) -> Builder, use_it: impl FnOnce(&Guard)) -> Received {
    let receiver = OtlpReceiver::start().unwrap();
    let builder = builder(&Lines::default()).config_text("test.yaml", config);
    let telemetry = change(builder.endpoint(receiver.http_endpoint())).build().unwrap();
    work_with(&telemetry);
    use_it(&telemetry);
    assert!(telemetry.shutdown(PLENTY).is_complete());
    receiver.received()
}

/// First words of the names of metrics.
fn groups(received: &Received) -> BTreeSet<&str> {
    received.metrics().iter().map(|metric| metric.name.split('.').next().unwrap()).collect()
}

fn runtimes(received: &Received) -> BTreeSet<String> {
    let metric = received.metric("tokio.runtime.worker.count").unwrap();
    metric.points.iter().map(|point| point.attr("tokio.runtime.name").to_string()).collect()
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into_iter().collect()
}

#[tokio::test]
async fn by_default_process_and_runtime_are_measured() {
    let received = arrived("", |builder| builder, |_| ());
    let groups = groups(&received);
    assert!(groups.contains("jobs") && groups.contains("tokio"), "{groups:?}");
    assert_eq!(groups.contains("process"), cfg!(unix), "{groups:?}");
    assert!(received.metric("process.cpu.utilization").is_none());
    assert_eq!(runtimes(&received), set(["main"]));
    let metric = received.metric("tokio.runtime.worker.count").unwrap();
    assert_eq!((&*metric.scope.name, &*metric.scope.version), ("otel-kit", env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn they_are_off_where_the_configuration_says_so() {
    let add = |guard: &Guard| guard.register_runtime(&Handle::current(), "more");
    let off = arrived("metrics: {runtime: false, cpu_utilization: true}", |builder| builder, add);
    assert_eq!(groups(&off), BTreeSet::from(["jobs"]));
    assert_eq!(Handle::current().metrics().num_alive_tasks(), 0);
}

#[test]
fn without_a_runtime_the_process_alone_is_measured_and_others_are_added_by_hand() {
    let without = arrived("", |builder| builder, |_| ());
    assert_eq!(groups(&without).contains("process"), cfg!(unix));
    assert!(without.metric("tokio.runtime.worker.count").is_none());

    let (orders, mail) = (Runtime::new().unwrap(), Runtime::new().unwrap());
    let add = |guard: &Guard| {
        guard.register_runtime(orders.handle(), "orders");
        guard.register_runtime(mail.handle(), "mail");
    };
    assert_eq!(runtimes(&arrived("", |builder| builder, add)), set(["mail", "orders"]));
}

#[test]
fn a_runtime_that_was_given_a_name_has_it() {
    let runtime = tokio::runtime::Builder::new_current_thread().name("shop").build().unwrap();
    let received = runtime.block_on(async { arrived("", |builder| builder, |_| ()) });
    assert_eq!(runtimes(&received), set(["shop"]));
}

#[test]
#[cfg(unix)]
fn the_share_of_the_processors_is_measured_on_demand() {
    let wait = |guard: &Guard| {
        assert!(guard.flush(PLENTY).is_complete());
        // A collection of its own begins after half a second.
        std::thread::sleep(std::time::Duration::from_millis(600));
    };
    let received = arrived("metrics: {cpu_utilization: true}", |builder| builder, wait);
    let metric = received.metric("process.cpu.utilization").unwrap();
    for point in &metric.points {
        assert!((0.0..=1.1).contains(&point.value.as_f64().unwrap()), "{metric:?}");
    }
    assert_eq!(metric.points.len(), 2);
}
