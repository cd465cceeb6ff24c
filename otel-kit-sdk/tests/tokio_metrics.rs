//! What is observed of Tokio's runtimes.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    future::pending,
    sync::mpsc,
    time::{Duration, Instant},
};

use opentelemetry::KeyValue;
use otel_kit_core::semconv::{attribute::TOKIO_RUNTIME_NAME, metric::*};
use otel_kit_sdk::runtime_metrics::RuntimeMetrics;
use otel_kit_testing::{Telemetry, received::MetricKind};
use tokio::runtime::{Builder, Runtime};

const PLENTY: Duration = Duration::from_secs(20);

fn observed() -> (Telemetry, RuntimeMetrics) {
    let telemetry = Telemetry::new();
    let metrics = RuntimeMetrics::builder().register(&telemetry.kit().meter("test", "0"));
    (telemetry, metrics)
}

fn two_workers() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn value(telemetry: &Telemetry, metric: &str, runtime: &'static str) -> Option<f64> {
    let metric = telemetry.metric(metric)?;
    let value = &metric.point(&[KeyValue::new(TOKIO_RUNTIME_NAME, runtime)])?.value;
    value.as_f64().or_else(|| value.to_string().parse().ok())
}

/// The runtimes that are reported.
fn reported(telemetry: &Telemetry) -> Vec<String> {
    let points = telemetry.metric(TOKIO_RUNTIME_WORKER_COUNT).map_or_else(Vec::new, |metric| metric.points);
    let mut names: Vec<_> = points.iter().map(|point| point.attr(TOKIO_RUNTIME_NAME).to_string()).collect();
    names.sort();
    names
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PLENTY, "not in time: {what}");
        std::thread::yield_now();
    }
}

#[test]
fn each_metric_of_a_runtime_has_its_unit_and_kind_and_the_name_of_the_runtime() {
    let (telemetry, metrics) = observed();
    let runtime = two_workers();
    metrics.register_runtime(runtime.handle(), "orders");
    let received = telemetry.metrics();
    let seen = |name: &str| {
        let metric = received.iter().find(|metric| metric.name == name)?;
        let [point] = &metric.points[..] else { panic!("{metric:?}") };
        assert_eq!(point.attr("tokio.runtime.name"), "orders");
        assert_eq!(point.attributes.iter().count(), 1);
        Some((metric.unit.clone(), metric.kind))
    };
    let (counter, up_down) = (MetricKind::Sum { monotonic: true }, MetricKind::Sum { monotonic: false });
    for (name, unit, kind) in [
        ("tokio.runtime.worker.count", "{worker}", up_down),
        ("tokio.runtime.alive_task.count", "{task}", up_down),
        ("tokio.runtime.global_queue.depth", "{task}", up_down),
        ("tokio.runtime.worker.busy.duration", "s", counter),
        ("tokio.runtime.worker.park.count", "{park}", counter),
    ] {
        assert_eq!(seen(name), Some((unit.to_owned(), kind)), "{name}");
    }
}

#[test]
fn tasks_are_those_of_the_application() {
    let (telemetry, metrics) = observed();
    let runtime = two_workers();
    metrics.register_runtime(runtime.handle(), "orders");
    let alive = || value(&telemetry, TOKIO_RUNTIME_ALIVE_TASK_COUNT, "orders").unwrap();
    assert_eq!(alive(), 0.0);
    let tasks: Vec<_> = (0..7).map(|_| runtime.spawn(pending::<()>())).collect();
    assert_eq!(alive(), 7.0);
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
    wait_until("no task is left", || alive() == 0.0);
}

#[test]
fn workers_that_are_kept_busy_leave_tasks_in_the_queue_and_count_their_time() {
    let (telemetry, metrics) = observed();
    let runtime = two_workers();
    metrics.register_runtime(runtime.handle(), "orders");
    let of = |name: &str| value(&telemetry, name, "orders").unwrap();
    assert_eq!(of(TOKIO_RUNTIME_WORKER_COUNT), 2.0);
    let before = of(TOKIO_RUNTIME_WORKER_BUSY_DURATION);

    let (begun, begins) = mpsc::channel();
    let gates: Vec<_> = (0..2)
        .map(|_| {
            let (open, gate) = mpsc::channel::<()>();
            let begun = begun.clone();
            runtime.spawn(async move {
                begun.send(()).unwrap();
                let _ = gate.recv();
            });
            open
        })
        .collect();
    begins.recv_timeout(PLENTY).unwrap();
    begins.recv_timeout(PLENTY).unwrap();
    for _ in 0..5 {
        runtime.spawn(async {});
    }
    assert_eq!(of(TOKIO_RUNTIME_GLOBAL_QUEUE_DEPTH), 5.0);
    std::thread::sleep(Duration::from_millis(20)); // what is counted below
    drop(gates);
    wait_until("the queue is empty", || of(TOKIO_RUNTIME_GLOBAL_QUEUE_DEPTH) == 0.0);
    wait_until("both were busy", || of(TOKIO_RUNTIME_WORKER_BUSY_DURATION) - before >= 0.04);
    assert!(of(TOKIO_RUNTIME_WORKER_BUSY_DURATION) < 60.0);
    let parked = of(TOKIO_RUNTIME_WORKER_PARK_COUNT);
    runtime.spawn(async {});
    wait_until("a worker parked again", || of(TOKIO_RUNTIME_WORKER_PARK_COUNT) > parked);
}

#[test]
fn a_runtime_that_is_gone_is_not_reported_and_leaves_its_name() {
    let (telemetry, metrics) = observed();
    let (first, other) = (two_workers(), Builder::new_current_thread().build().unwrap());
    metrics.register_runtime(first.handle(), "orders");
    metrics.register_runtime(other.handle(), "mail");
    assert_eq!(reported(&telemetry), ["mail", "orders"]);
    drop(first);
    assert_eq!(reported(&telemetry), ["mail"]);

    let (second, in_the_background) = (two_workers(), two_workers());
    metrics.register_runtime(second.handle(), "orders");
    metrics.register_runtime(in_the_background.handle(), "orders");
    assert_eq!(reported(&telemetry), ["mail", "orders", "orders-2"]);
    in_the_background.shutdown_background();
    wait_until("it is gone", || reported(&telemetry) == ["mail", "orders"]);
    drop((second, other));
    assert_eq!(reported(&telemetry), [] as [&str; 0]);
}

#[test]
fn a_runtime_that_is_gone_already_is_not_reported() {
    let (telemetry, metrics) = observed();
    let runtime = two_workers();
    let handle = runtime.handle().clone();
    drop(runtime);
    metrics.register_runtime(&handle, "orders");
    assert_eq!(reported(&telemetry), [] as [&str; 0]);
}

#[test]
fn a_runtime_that_is_registered_again_is_renamed() {
    let (telemetry, metrics) = observed();
    let runtime = two_workers();
    metrics.register_runtime(runtime.handle(), "main");
    metrics.register_runtime(runtime.handle(), "main");
    assert_eq!(reported(&telemetry), ["main"]);
    metrics.register_runtime(runtime.handle(), "orders");
    assert_eq!(reported(&telemetry), ["orders"]);
    assert_eq!(value(&telemetry, TOKIO_RUNTIME_ALIVE_TASK_COUNT, "orders"), Some(0.0));
    drop(runtime);
    assert_eq!(reported(&telemetry), [] as [&str; 0]);
}

#[test]
fn nothing_of_the_telemetry_stays_in_a_runtime_that_outlives_it() {
    let runtime = two_workers();
    let (telemetry, metrics) = observed();
    metrics.register_runtime(runtime.handle(), "orders");
    assert_eq!(runtime.metrics().num_alive_tasks(), 1);
    drop((telemetry, metrics));
    wait_until("the task is gone", || runtime.metrics().num_alive_tasks() == 0);
}

#[test]
fn a_runtime_whose_time_stands_still_moves_on_as_without_us() {
    let (_telemetry, metrics) = observed();
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    metrics.register_runtime(runtime.handle(), "test");
    let start = Instant::now();
    runtime.block_on(async { tokio::time::sleep(Duration::from_secs(3_600)).await });
    assert!(start.elapsed() < PLENTY);
}
