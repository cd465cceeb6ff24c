//! Whatever hangs, shutdown ends at its deadline, and says what was lost.
#![allow(clippy::unwrap_used)] // helpers of tests

mod support;

use std::{
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    logs::{LogBatch, LogExporter},
    trace::{SpanData, SpanExporter},
};
use otel_kit_core::Signal;
use otel_kit_sdk::{LossReason, Report, Stats};
use support::{Behaviour, PLENTY, Stub, builder, make_logs, make_one_of_each, make_spans, pipeline};

const SECOND: Duration = Duration::from_secs(1);

fn timed(end: impl FnOnce() -> Report) -> (Report, Duration) {
    let start = Instant::now();
    (end(), start.elapsed())
}

fn lost_one_of_each(report: &Report) {
    for signal in Signal::ALL {
        let by_shutdown = report.stats().lost_by(signal, LossReason::Shutdown);
        assert_eq!((by_shutdown, report.lost(signal), report.pending(signal)), (1, 1, 0), "{report}");
    }
}

#[test]
fn with_a_receiver_that_hangs() {
    let pipeline = pipeline(&Stub::new(Behaviour::Hang));
    make_one_of_each(&pipeline);
    let (report, time) = timed(|| pipeline.shutdown(SECOND));
    assert!((SECOND..2 * SECOND).contains(&time), "{time:?}");
    assert!(!report.is_in_time());
    lost_one_of_each(&report);
    assert_eq!(pipeline.stats(), *report.stats());
}

#[test]
fn with_a_receiver_that_asks_for_more_time_than_there_is_it_does_not_even_wait() {
    let stub = Stub::new(Behaviour::Retry(Some(Duration::from_secs(30))));
    let pipeline = pipeline(&stub);
    make_one_of_each(&pipeline);
    let _ = pipeline.flush(Duration::from_millis(200));
    let (report, time) = timed(|| pipeline.shutdown(PLENTY));
    assert!(time < 5 * SECOND, "{time:?}");
    assert!(report.losses().all(|(_, reason, _)| reason == LossReason::Shutdown), "{report}");
    assert_eq!(report.lost(Signal::Traces), 1);
}

#[test]
fn with_a_receiver_that_is_known_to_be_down_it_tries_once_more_and_gives_up() {
    let stub = Stub::new(Behaviour::Retry(None));
    let pipeline = pipeline(&stub);
    make_spans(&pipeline, 1);
    let _ = pipeline.flush(Duration::from_millis(200));
    let tries = stub.tries();
    let (report, time) = timed(|| pipeline.shutdown(PLENTY));
    assert!(time < 5 * SECOND, "{time:?}");
    assert_eq!((stub.tries(), report.lost(Signal::Traces)), (tries + 1, 1));
}

#[test]
fn with_nobody_there_since_the_start_it_tries_once_and_gives_up() {
    let stub = Stub::new(Behaviour::Silent);
    let pipeline = pipeline(&stub);
    make_one_of_each(&pipeline); // a short life: nothing was sent before
    let (report, time) = timed(|| pipeline.shutdown(PLENTY));
    assert!(time < 2 * SECOND, "{time:?}");
    assert_eq!(stub.tries(), 3);
    assert!(report.is_in_time());
    lost_one_of_each(&report);
}

#[test]
fn with_a_receiver_that_was_there_and_comes_back_in_time_nothing_is_lost() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = Arc::new(pipeline(&stub));
    make_spans(&pipeline, 1);
    assert!(pipeline.flush(PLENTY).is_complete());
    stub.now(Behaviour::Silent);
    make_spans(&pipeline, 1);
    let theirs = Arc::clone(&pipeline);
    let ending = thread::spawn(move || theirs.shutdown(PLENTY));
    support::wait_until("a failure", || stub.tries() > 3);
    stub.now(Behaviour::Accept);
    let report = ending.join().unwrap();
    assert!(report.is_complete(), "{report}");
    assert_eq!(stub.spans().len(), 2);
}

#[test]
fn dropping_does_not_wait_again_for_a_shutdown_that_was_waited_for_in_vain() {
    let pipeline = pipeline(&Stub::new(Behaviour::Hang));
    make_spans(&pipeline, 1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    // Whoever began it is not interested any more, and it goes on.
    let left = runtime.block_on(async {
        tokio::time::timeout(Duration::from_millis(100), pipeline.shutdown_async(4 * SECOND)).await
    });
    assert!(left.is_err());
    let report = pipeline.shutdown(Duration::from_millis(100));
    assert!(!report.is_in_time());
    let start = Instant::now();
    drop(pipeline);
    assert!(start.elapsed() < SECOND, "{:?}", start.elapsed());
}

#[test]
fn with_a_transport_that_blocks_the_kits_thread() {
    let pipeline = pipeline(&Stub::new(Behaviour::Block(Duration::from_secs(5))));
    make_logs(&pipeline, 1);
    let (report, time) = timed(|| pipeline.shutdown(SECOND));
    assert!(time < 3 * SECOND, "{time:?}");
    assert_eq!(report.lost(Signal::Logs), 1, "{report}");
}

#[test]
fn with_a_callback_that_hangs_the_other_signals_still_arrive() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = pipeline(&stub);
    let (release, held) = mpsc::sync_channel::<()>(0);
    let held = std::sync::Mutex::new(held);
    let _gauge = pipeline
        .meter_provider()
        .meter("test")
        .u64_observable_gauge("stuck")
        .with_callback(move |_| drop(held.lock().map(|held| held.recv())))
        .build();
    make_spans(&pipeline, 1);
    make_logs(&pipeline, 1);
    let (report, time) = timed(|| pipeline.shutdown(SECOND));
    assert!(time < 3 * SECOND, "{time:?}");
    assert!(!report.is_in_time());
    assert_eq!((stub.spans().len(), stub.logs().len()), (1, 1));
    drop(release);
}

#[test]
fn with_a_callback_that_panics_the_other_signals_still_arrive() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = pipeline(&stub);
    let _gauge = pipeline
        .meter_provider()
        .meter("test")
        .u64_observable_gauge("broken")
        .with_callback(|_| std::panic::resume_unwind(Box::new("as planned")))
        .build();
    make_spans(&pipeline, 1);
    let (report, time) = timed(|| pipeline.shutdown(PLENTY));
    assert!(time < 10 * SECOND, "{time:?}");
    assert!(report.is_complete(), "{report}");
    assert_eq!(stub.spans().len(), 1);
}

#[derive(Debug)]
struct Stuck;

impl SpanExporter for Stuck {
    async fn export(&self, _: Vec<SpanData>) -> OTelSdkResult {
        thread::sleep(Duration::from_secs(8));
        Ok(())
    }
}

impl LogExporter for Stuck {
    async fn export(&self, _: LogBatch<'_>) -> OTelSdkResult {
        thread::sleep(Duration::from_secs(8));
        Ok(())
    }
}

#[test]
fn with_exporters_of_the_users_that_hang() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = builder(&stub).span_exporter(Stuck).log_exporter(Stuck).build().unwrap();
    make_one_of_each(&pipeline);
    let (_, time) = timed(|| pipeline.shutdown(SECOND));
    assert!(time < 3 * SECOND, "{time:?}");
    support::exported_one_of_each(&pipeline.stats());
}

#[test]
fn without_any_time_everything_is_counted_all_the_same() {
    let pipeline = pipeline(&Stub::new(Behaviour::Slow(5 * SECOND)));
    make_spans(&pipeline, 10);
    let (report, time) = timed(|| pipeline.shutdown(Duration::ZERO));
    assert!(time < 2 * SECOND, "{time:?}");
    assert_eq!((report.lost(Signal::Traces), report.pending(Signal::Traces)), (10, 0), "{report}");
}

#[test]
fn a_second_shutdown_returns_the_first_ones_report_and_a_flush_after_it_has_nothing_to_do() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = pipeline(&stub);
    make_one_of_each(&pipeline);
    let first = pipeline.shutdown(Duration::MAX);
    assert!(first.is_complete(), "{first}");
    make_spans(&pipeline, 3); // nobody listens any more
    let (second, time) = timed(|| pipeline.shutdown(PLENTY));
    assert!(time < 5 * SECOND, "{time:?}");
    assert_eq!((second.to_string(), second.stats()), (first.to_string(), first.stats()));
    assert!(pipeline.flush(PLENTY).is_complete());
    assert_eq!(stub.spans().len(), 1);
}

#[test]
fn two_shutdowns_at_the_same_time_have_one_report() {
    let pipeline = Arc::new(pipeline(&Stub::new(Behaviour::Slow(Duration::from_millis(300)))));
    make_one_of_each(&pipeline);
    let theirs = Arc::clone(&pipeline);
    let other = thread::spawn(move || theirs.shutdown(PLENTY));
    let report = pipeline.shutdown(PLENTY);
    assert_eq!(report.stats(), other.join().unwrap().stats());
    support::exported_one_of_each(report.stats());
}

#[test]
fn a_pipeline_without_transports_ends_at_once() {
    let pipeline = otel_kit_sdk::Pipeline::builder().build().unwrap();
    make_one_of_each(&pipeline);
    let report = pipeline.shutdown(PLENTY);
    assert!(report.is_complete(), "{report}");
    assert_eq!(*report.stats(), Stats::default());
}
