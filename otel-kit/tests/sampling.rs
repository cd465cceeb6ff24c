//! Which spans are exported, how much of them, and how many at a time.
#![allow(clippy::unwrap_used)] // helpers of tests

mod support;

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use otel_kit::opentelemetry::{
    Context, KeyValue,
    propagation::TextMapPropagator,
    trace::{Span, SpanBuilder, SpanContext, TraceContextExt, Tracer, TracerProvider},
};
use otel_kit::{Builder, Guard};
use otel_kit_testing::OtlpReceiver;
use tracing::dispatcher::with_default;

use support::{Lines, PLENTY, builder, subscriber};

const SAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const UNSAMPLED: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

fn telemetry(config: &str) -> (OtlpReceiver, Guard, Lines) {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let settings: Builder = builder(&lines).config_text("otel-kit.yaml", config);
    let telemetry = settings.endpoint(receiver.http_endpoint()).build().unwrap();
    (receiver, telemetry, lines)
}

/// What becomes of a server's request with this `traceparent`, whose handler makes a span and a line.
fn handle(telemetry: &Guard, traceparent: Option<&str>) {
    let incoming: HashMap<String, String> =
        traceparent.map(|parent| ("traceparent".to_owned(), parent.to_owned())).into_iter().collect();
    let parent = telemetry.kit().propagator().extract_with_context(&Context::new(), &incoming);
    let server = telemetry.kit().tracer("server", "1").start(&parent, || SpanBuilder::from_name("GET"));
    let _handling = server.clone().attach();
    with_default(&subscriber(telemetry), || {
        tracing::info_span!("handler").in_scope(|| tracing::info!("handled"));
    });
    server.span().end();
}

#[test]
fn the_ratio_is_for_traces_that_begin_here_and_the_caller_decides_about_its_own() {
    let spans = ["GET", "handler"];
    let rows: [(&str, Option<&str>, &[&str]); 7] = [
        ("{ratio: 0}", None, &[]),
        ("{ratio: 0}", Some(SAMPLED), &spans),
        ("{ratio: 0}", Some(UNSAMPLED), &[]),
        ("{ratio: 1}", None, &spans),
        ("{ratio: 1}", Some(UNSAMPLED), &[]),
        ("{ratio: 0, parent_based: false}", Some(SAMPLED), &[]),
        ("{ratio: 1, parent_based: false}", Some(SAMPLED), &spans),
    ];
    for (sampler, traceparent, expected) in rows {
        let (receiver, telemetry, lines) = telemetry(&format!("traces: {{sampler: {sampler}}}"));
        handle(&telemetry, traceparent);
        assert!(telemetry.flush(PLENTY).is_complete());
        let mut names: Vec<_> = receiver.spans().iter().map(|span| span.name.clone()).collect();
        names.sort();
        assert_eq!(names, expected, "{sampler} {traceparent:?}");

        // The line belongs to the trace all the same.
        let (line, record) = (lines.line("handled"), receiver.log_records().remove(0));
        assert_eq!(line["trace_id"], *record.trace_id);
        let known = traceparent.map(|parent| parent.get(3..35).unwrap());
        assert!(known.is_none_or(|known| known == record.trace_id), "{record:?}");
        assert_eq!(record.flags & 1 == 1, !expected.is_empty());
    }
}

#[test]
fn a_ratio_keeps_about_its_share_of_whole_traces() {
    let (receiver, telemetry, _) = telemetry("traces: {sampler: {ratio: 0.25}}");
    (0..400).for_each(|_| handle(&telemetry, None));
    assert!(telemetry.flush(PLENTY).is_complete());
    let received = receiver.received();
    let traces = received.trace_ids();
    assert!((50..=150).contains(&traces.len()), "{}", traces.len()); // 100, and six deviations to both sides
    assert!(traces.iter().all(|id| received.trace(id).len() == 2));
}

#[test]
fn limits_cut_spans_and_log_records() {
    let (receiver, telemetry, _) = telemetry(
        "traces: {limits: {attributes: 2, events: 1, links: 1, event_attributes: 1, link_attributes: 0, value_length: 4}}\n\
         logs: {limits: {attributes: 1, value_length: 3}}",
    );
    let mut span = telemetry.tracer_provider().tracer("test").start("work");
    for key in ["a", "b", "c"] {
        span.set_attribute(KeyValue::new(key, "long value"));
        span.add_event(key, vec![KeyValue::new("x", 1), KeyValue::new("y", 2)]);
        span.add_link(SpanContext::empty_context(), vec![KeyValue::new("x", 1)]);
    }
    drop(span);
    with_default(&subscriber(&telemetry), || tracing::info!(a = "long value", b = 1, "working"));
    assert!(telemetry.flush(PLENTY).is_complete());

    let (span, record) = (receiver.spans().remove(0), receiver.log_records().remove(0));
    assert_eq!((span.attributes.len(), span.events.len(), span.links.len()), (2, 1, 1));
    assert_eq!((span.attr("a").as_str(), span.dropped), (Some("long"), 1 + 2 + 2));
    assert_eq!((span.events[0].attributes.len(), span.links[0].attributes.len()), (1, 0));
    assert_eq!((record.attributes.len(), record.dropped), (1, 1));
    assert_eq!(record.attr("a"), "lon");
}

#[test]
fn batches_are_as_large_as_they_may_be() {
    let (receiver, telemetry, _) =
        telemetry("traces: {batch: {size: 3, delay: 1h}}\nlogs: {batch: {size: 2, delay: 1h}}");
    (0..7).for_each(|_| handle(&telemetry, None));
    assert!(telemetry.flush(PLENTY).is_complete());
    let received = receiver.received();
    assert_eq!((received.spans().len(), received.log_records().len()), (14, 7));
    let requests = |path: &str| received.requests().iter().filter(|request| request.path == path).count();
    assert!(requests("/v1/traces") >= 5 && requests("/v1/logs") >= 4, "{:?}", received.requests());
}

#[test]
fn batches_and_metrics_go_out_by_themselves_when_their_time_has_come() {
    let (receiver, telemetry, _) =
        telemetry("traces: {batch: {delay: 10ms}}\nlogs: {batch: {delay: 10ms}}\nmetrics: {interval: 10ms}");
    let start = Instant::now();
    support::work_with(&telemetry);
    receiver.wait_for_spans(1, PLENTY).unwrap();
    receiver.wait_for_log_records(1, PLENTY).unwrap();
    receiver.wait_for(PLENTY, |received| received.metrics().len() >= 3).unwrap();
    // By default it would be 5 s for spans, and 60 s for each of the metrics.
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
}
