//! What the pipeline says about itself, seen in what arrives.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // helpers of tests

mod support;

use std::{collections::BTreeMap, time::Duration};

use opentelemetry::{
    Context,
    trace::{
        Span as _, SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer,
        TracerProvider,
    },
};
use opentelemetry_proto::tonic::{
    common::v1::{KeyValue, any_value::Value as Text},
    metrics::v1::{Metric, metric::Data, number_data_point::Value},
};
use opentelemetry_sdk::trace::Sampler;
use otel_kit_core::Signal;
use otel_kit_sdk::{BatchSettings, Pipeline, PipelineBuilder};
use support::{Behaviour, PLENTY, Stub, builder, make_logs, make_spans, wait_until};

fn pipeline(stub: &Stub, settings: impl FnOnce(PipelineBuilder) -> PipelineBuilder) -> Pipeline {
    settings(builder(stub).self_metrics(true)).build().unwrap()
}

/// Numbers by name and distinguishing attributes, histograms by their count.
fn numbers(metrics: &[Metric]) -> BTreeMap<String, u64> {
    let mut numbers = BTreeMap::new();
    for metric in metrics {
        match metric.data.as_ref().unwrap() {
            Data::Sum(sum) => numbers.extend(sum.data_points.iter().map(|point| {
                let Value::AsInt(value) = point.value.unwrap() else { panic!("{point:?}") };
                (name(metric, &point.attributes), u64::try_from(value).unwrap())
            })),
            Data::Histogram(histogram) => numbers.extend(
                histogram.data_points.iter().map(|point| (name(metric, &point.attributes), point.count)),
            ),
            other => panic!("{other:?}"),
        }
    }
    numbers
}

fn name(metric: &Metric, attributes: &[KeyValue]) -> String {
    let told = attributes.iter().filter(|attribute| attribute.key != "otel.component.name");
    let texts = told.map(|attribute| match attribute.value.clone().unwrap().value.unwrap() {
        Text::StringValue(text) => text,
        other => panic!("{other:?}"),
    });
    let texts: Vec<_> = texts.collect();
    format!("{} {}", metric.name.trim_start_matches("otel.sdk."), texts.join(" "))
}

/// The numbers of a collection after this one was exported.
fn collected(pipeline: &Pipeline, stub: &Stub) -> BTreeMap<String, u64> {
    assert!(pipeline.flush(PLENTY).is_complete());
    assert!(pipeline.flush(PLENTY).is_complete());
    numbers(stub.pushes().last().unwrap())
}

#[test]
fn what_was_started_processed_and_exported_is_told() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = pipeline(&stub, |builder| builder);
    make_spans(&pipeline, 3);
    make_logs(&pipeline, 2);
    let live = pipeline.tracer_provider().tracer("test").start("still running");
    let numbers = collected(&pipeline, &stub);
    for (name, wanted) in [
        ("span.started none RECORD_AND_SAMPLE", 4),
        ("span.live RECORD_AND_SAMPLE", 1),
        ("processor.span.processed batching_span_processor", 3),
        ("processor.span.queue.size batching_span_processor", 0),
        ("processor.span.queue.capacity batching_span_processor", 2_048),
        ("exporter.span.exported otlp_other_span_exporter", 3),
        ("exporter.span.inflight otlp_other_span_exporter", 0),
        ("exporter.operation.duration otlp_other_span_exporter", 1),
        ("log.created ", 2),
        ("processor.log.processed batching_log_processor", 2),
        ("processor.log.queue.size batching_log_processor", 0),
        ("exporter.log.exported otlp_other_log_exporter", 2),
        ("exporter.log.inflight otlp_other_log_exporter", 0),
        ("exporter.operation.duration otlp_other_log_exporter", 1),
        ("exporter.metric_data_point.inflight otlp_other_metric_exporter", 0),
        ("exporter.operation.duration otlp_other_metric_exporter", 1),
        ("metric_reader.collection.duration periodic_metric_reader", 1),
    ] {
        assert_eq!(numbers.get(name), Some(&wanted), "{name} in {numbers:#?}");
    }
    assert!(numbers["exporter.metric_data_point.exported otlp_other_metric_exporter"] > 10);
    drop(live);
}

#[test]
fn spans_are_told_apart_by_their_parent_and_the_samplers_decision() {
    let stub = Stub::new(Behaviour::Accept);
    let sampler = Sampler::ParentBased(Box::new(Sampler::AlwaysOff));
    let pipeline = pipeline(&stub, |builder| builder.sampler(sampler));
    let tracer = pipeline.tracer_provider().tracer("test");
    let remote =
        SpanContext::new(TraceId::from(7), SpanId::from(7), TraceFlags::SAMPLED, true, TraceState::NONE);
    let remote = Context::new().with_remote_span_context(remote);
    drop(tracer.start("dropped"));
    let parent = Context::new().with_span(tracer.start_with_context("remote", &remote));
    tracer.start_with_context("local", &parent).end();
    drop(parent);
    let numbers = collected(&pipeline, &stub);
    assert_eq!(numbers["span.started none DROP"], 1);
    assert_eq!(numbers["span.started remote RECORD_AND_SAMPLE"], 1);
    assert_eq!(numbers["span.started local RECORD_AND_SAMPLE"], 1);
    assert_eq!(numbers["span.live RECORD_AND_SAMPLE"], 0);
}

#[test]
fn losses_are_told_with_their_reason() {
    let stub = Stub::new(Behaviour::Reject);
    let batch = BatchSettings::spans().queue(2).size(2).delay(Duration::from_secs(3_600));
    let pipeline = pipeline(&stub, |builder| builder.span_batch(batch));
    make_logs(&pipeline, 2);
    make_spans(&pipeline, 500);
    let _ = pipeline.flush(PLENTY);
    stub.now(Behaviour::Accept);
    let numbers = collected(&pipeline, &stub);
    let dropped = numbers["processor.span.processed queue_full batching_span_processor"];
    let rejected = numbers["exporter.span.exported rejected otlp_other_span_exporter"];
    assert!(dropped > 0, "{numbers:#?}");
    assert_eq!(dropped + rejected, 500);
    assert_eq!(numbers["exporter.log.exported rejected otlp_other_log_exporter"], 2);
    assert_eq!(numbers["exporter.operation.duration rejected otlp_other_log_exporter"], 1);
}

#[test]
fn health_tells_whether_telemetry_gets_out() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = pipeline(&stub, |builder| builder);
    make_spans(&pipeline, 3);
    assert!(pipeline.flush(PLENTY).is_complete());
    let traces = *pipeline.health().of(Signal::Traces).unwrap();
    assert_eq!((traces.exported, traces.pending, traces.failed, traces.dropped), (3, 0, 0, 0));
    assert!(traces.last_success.is_some() && traces.lag.is_zero());
    assert!(pipeline.health().is_delivering());

    stub.now(Behaviour::Retry(None));
    make_spans(&pipeline, 2);
    assert!(!pipeline.flush(Duration::from_millis(200)).is_complete());
    let health = pipeline.health();
    let stuck = health.of(Signal::Traces).unwrap();
    assert_eq!((stuck.pending, health.is_delivering()), (2, false));
    assert!(stuck.lag > Duration::ZERO);
    assert!(health.to_string().starts_with("traces: stuck, 3 exported, 2 pending, "), "{health}");

    stub.now(Behaviour::Accept);
    wait_until("recovery", || pipeline.health().is_delivering());
    assert!(pipeline.flush(PLENTY).is_complete());
}

#[test]
fn nothing_is_told_unless_it_is_asked_for() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = builder(&stub).build().unwrap();
    make_spans(&pipeline, 1);
    assert!(pipeline.flush(PLENTY).is_complete());
    assert!(stub.pushes().is_empty());
}
