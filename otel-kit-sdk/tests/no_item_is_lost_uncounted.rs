//! What was made is exported or counted as lost, for the right reason.
#![allow(clippy::unwrap_used)] // helpers of tests

mod support;

use std::{sync::Arc, thread, time::Duration};

use opentelemetry::{
    metrics::MeterProvider,
    trace::{Span, Tracer, TracerProvider},
};
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};
use otel_kit_core::Signal;
use otel_kit_sdk::{BatchSettings, LossReason, Pipeline};
use support::{
    Behaviour, PLENTY, Stub, all, builder, make_logs, make_one_of_each, make_spans, pipeline, wait_until,
};

fn exported(pipeline: &Pipeline, signal: Signal) -> u64 {
    pipeline.stats().exported(signal)
}

#[test]
fn a_flush_waits_until_everything_has_arrived() {
    let stub = Stub::new(Behaviour::Slow(Duration::from_millis(200)));
    let pipeline = pipeline(&stub);
    make_spans(&pipeline, 1_500);
    make_logs(&pipeline, 1_500);
    let report = pipeline.flush(PLENTY);
    assert!(report.is_complete(), "{report}");
    assert_eq!((stub.spans().len(), stub.logs().len()), (1_500, 1_500));
    assert_eq!(exported(&pipeline, Signal::Traces), 1_500);
}

#[test]
fn a_flush_that_runs_out_of_time_says_what_is_still_on_its_way() {
    let stub = Stub::new(Behaviour::Hang);
    let pipeline = pipeline(&stub);
    make_one_of_each(&pipeline);
    let report = pipeline.flush(Duration::from_millis(300));
    assert!(!report.is_in_time() && !report.is_complete());
    assert_eq!(Signal::ALL.map(|signal| report.pending(signal)), [1, 1, 1]);
    assert_eq!(report.losses().count(), 0);
}

#[test]
fn a_shutdown_with_a_healthy_receiver_loses_nothing() {
    let stub = Stub::new(Behaviour::Slow(Duration::from_millis(20)));
    let pipeline = pipeline(&stub);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..20 {
                    make_spans(&pipeline, 20);
                    make_logs(&pipeline, 20);
                    thread::sleep(Duration::from_millis(1));
                }
            });
        }
    });
    let report = pipeline.shutdown(PLENTY);
    assert!(report.is_complete(), "{report}");
    assert_eq!((stub.spans().len(), stub.logs().len()), (1_600, 1_600));
}

#[test]
fn what_does_not_fit_in_the_batch_queue_is_counted_exactly() {
    let stub = Stub::new(Behaviour::Accept);
    let batch = BatchSettings::spans().queue(64).size(16);
    let pipeline = Arc::new(builder(&stub).span_batch(batch).log_batch(batch).build().unwrap());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| make_spans(&pipeline, 5_000));
            scope.spawn(|| make_logs(&pipeline, 5_000));
        }
    });
    let report = pipeline.shutdown(PLENTY);
    for (signal, arrived) in [(Signal::Traces, stub.spans().len()), (Signal::Logs, stub.logs().len())] {
        let stats = report.stats();
        let (exported, full) = (stats.exported(signal), stats.lost_by(signal, LossReason::QueueFull));
        assert_eq!(exported, u64::try_from(arrived).unwrap());
        assert_eq!((exported + full, all(stats, signal)), (20_000, 20_000), "{stats:?}");
        assert!(full > 0);
    }
}

#[test]
fn an_outage_loses_what_has_no_room_and_nothing_else() {
    let stub = Stub::new(Behaviour::Retry(None));
    let batch = BatchSettings::logs().size(50).delay(Duration::from_millis(1));
    let pipeline = builder(&stub).queue(500, usize::MAX).log_batch(batch).build().unwrap();
    for made in (1..=20).map(|round| 50 * round) {
        make_logs(&pipeline, 50);
        let _ = pipeline.flush(Duration::from_millis(20));
        assert_eq!(all(&pipeline.stats(), Signal::Logs), made);
    }
    wait_until("loss", || pipeline.stats().pending(Signal::Logs) == 500);
    let stats = pipeline.stats();
    assert_eq!(stats.lost_by(Signal::Logs, LossReason::QueueFull), 500);

    stub.now(Behaviour::Accept);
    wait_until("recovery", || exported(&pipeline, Signal::Logs) == 500);
    make_logs(&pipeline, 10);
    let report = pipeline.shutdown(PLENTY);
    assert!(report.is_complete(), "{report}");
    assert_eq!((stub.logs().len(), report.stats().exported(Signal::Logs)), (510, 510));
}

#[test]
fn the_room_is_bounded_in_bytes_too() {
    let stub = Stub::new(Behaviour::Hang);
    let pipeline = builder(&stub).queue(usize::MAX, 1_000).build().unwrap();
    for _ in 0..20 {
        make_logs(&pipeline, 10);
        let _ = pipeline.flush(Duration::from_millis(20));
    }
    let stats = pipeline.stats();
    assert!(stats.lost_by(Signal::Logs, LossReason::QueueFull) > 100, "{stats:?}");
    assert_eq!(all(&stats, Signal::Logs), 200);
    let _ = pipeline.shutdown(Duration::ZERO);
}

#[test]
fn what_the_receiver_refuses_is_lost_whole_or_in_part() {
    let stub = Stub::new(Behaviour::Reject);
    let pipeline = pipeline(&stub);
    make_spans(&pipeline, 5);
    let report = pipeline.flush(PLENTY);
    assert!(report.is_in_time() && !report.is_complete());
    assert_eq!(report.losses().collect::<Vec<_>>(), [(Signal::Traces, LossReason::Rejected, 5)]);

    stub.now(Behaviour::Partial(2));
    make_spans(&pipeline, 5);
    let report = pipeline.flush(PLENTY);
    assert_eq!((report.lost(Signal::Traces), exported(&pipeline, Signal::Traces)), (2, 3));
    assert_eq!(stub.tries(), 2);
}

#[test]
fn a_signal_without_transport_goes_nowhere() {
    let stub = Stub::new(Behaviour::Accept);
    let transport = Arc::new(stub.clone());
    let pipeline = Pipeline::builder().transport(Signal::Logs, transport, None).build().unwrap();
    make_one_of_each(&pipeline);
    let report = pipeline.shutdown(PLENTY);
    assert!(report.is_complete(), "{report}");
    assert_eq!(Signal::ALL.map(|signal| all(report.stats(), signal)), [0, 0, 1]);
}

#[derive(Clone, Debug)]
struct RecordOnly;

impl ShouldSample for RecordOnly {
    fn should_sample(
        &self,
        _: Option<&opentelemetry::Context>,
        _: opentelemetry::TraceId,
        _: &str,
        _: &opentelemetry::trace::SpanKind,
        _: &[opentelemetry::KeyValue],
        _: &[opentelemetry::trace::Link],
    ) -> SamplingResult {
        SamplingResult {
            decision: SamplingDecision::RecordOnly,
            attributes: Vec::new(),
            trace_state: opentelemetry::trace::TraceState::NONE,
        }
    }
}

#[test]
fn spans_that_are_not_sampled_are_neither_exported_nor_counted() {
    for sampler in [Box::new(Sampler::AlwaysOff) as Box<dyn ShouldSample>, Box::new(RecordOnly)] {
        let stub = Stub::new(Behaviour::Accept);
        let pipeline = builder(&stub).sampler(sampler).build().unwrap();
        make_spans(&pipeline, 5);
        let report = pipeline.shutdown(PLENTY);
        assert_eq!((all(report.stats(), Signal::Traces), stub.spans().len()), (0, 0));
    }
}

#[test]
fn what_the_kit_does_itself_is_never_traced() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = Arc::new(pipeline(&stub));
    let weak = Arc::downgrade(&pipeline);
    let _gauge = pipeline
        .meter_provider()
        .meter("test")
        .u64_observable_gauge("gauge")
        .with_callback(move |observer| {
            observer.observe(1, &[]);
            if let Some(pipeline) = weak.upgrade() {
                pipeline.tracer_provider().tracer("test").start("in a callback").end();
                make_logs(&pipeline, 1);
            }
        })
        .build();
    assert!(pipeline.flush(PLENTY).is_complete());
    assert!(pipeline.shutdown(PLENTY).is_complete());
    assert_eq!((stub.spans().len(), stub.logs().len()), (0, 0));
    assert!(!stub.pushes().is_empty());
}
