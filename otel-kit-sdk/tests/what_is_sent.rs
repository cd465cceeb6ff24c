//! Limits, flags, temporality and views, seen in what arrives.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // helpers of tests

mod support;

use std::time::Duration;

use opentelemetry::{
    Array, Context, KeyValue, Value,
    logs::{AnyValue, LogRecord, Logger, LoggerProvider},
    metrics::MeterProvider,
    trace::{
        Link, SpanContext, SpanId, SpanKind, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer,
        TracerProvider,
    },
};
use opentelemetry_proto::tonic::{
    common::v1::{KeyValue as ProtoKeyValue, any_value::Value as ProtoValue},
    metrics::v1::{AggregationTemporality, Metric, metric::Data},
    trace::v1::Span,
};
use opentelemetry_sdk::{
    Resource,
    logs::InMemoryLogExporter,
    metrics::{InMemoryMetricExporter, PeriodicReader, Temporality},
    trace::{IdGenerator, InMemorySpanExporter, SpanLimits},
};
use otel_kit_core::Signal;
use otel_kit_sdk::metrics::{View, ViewBuckets};
use support::{Behaviour, PLENTY, Stub, builder, make_one_of_each, pipeline, text, wait_until};

fn string<'a>(attributes: &'a [ProtoKeyValue], key: &str) -> &'a str {
    let found = attributes.iter().find(|attribute| attribute.key == key).unwrap();
    match found.value.as_ref().unwrap().value.as_ref().unwrap() {
        ProtoValue::StringValue(text) => text,
        other => panic!("{key} is {other:?}"),
    }
}

fn span_named(spans: &[Span], name: &str) -> Span {
    spans.iter().find(|span| span.name == name).unwrap().clone()
}

#[test]
fn roots_carry_the_random_flag_and_children_copy_their_parents() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = pipeline(&stub);
    let tracer = pipeline.tracer_provider().tracer("test");
    tracer.in_span("root", |_| tracer.in_span("child", |_| ()));
    for (name, flags) in [("below 01", 0x01), ("below 03", 0x03)] {
        let flags = TraceFlags::new(flags);
        let remote = SpanContext::new(TraceId::from(7), SpanId::from(7), flags, true, TraceState::NONE);
        let _parent = Context::new().with_remote_span_context(remote).attach();
        tracer.in_span(name, |_| ());
    }
    assert!(pipeline.flush(PLENTY).is_complete());
    let flags = |name| span_named(&stub.spans(), name).flags;
    assert_eq!(["root", "child", "below 01", "below 03"].map(flags), [0x103, 0x103, 0x301, 0x303]);
}

#[test]
fn long_values_are_cut_in_spans_events_links_and_records_but_not_in_bodies_and_resources() {
    let stub = Stub::new(Behaviour::Accept);
    let resource = Resource::builder_empty().with_attribute(text("name", "a long name")).build();
    let pipeline = builder(&stub)
        .resource(resource)
        .span_value_length(Some(4))
        .log_value_length(Some(5))
        .build()
        .unwrap();

    let tracer = pipeline.tracer_provider().tracer("test");
    let remote =
        SpanContext::new(TraceId::from(7), SpanId::from(7), TraceFlags::SAMPLED, true, TraceState::NONE);
    let link = Link::new(remote, vec![text("link", "äöüßx")], 0);
    let words = Value::Array(Array::String(vec!["abcdef".into(), "ab".into()]));
    let span = tracer.span_builder("a long span name").with_kind(SpanKind::Client).with_links(vec![link]);
    let span = span.with_attributes([text("span", "abcdef"), KeyValue::new("words", words)]).start(&tracer);
    let context = Context::new().with_span(span);
    context.span().add_event("a long event name", vec![text("event", "abcdef")]);
    context.span().end();
    emit(&pipeline, [("key", AnyValue::from("abcdef"))]);
    assert!(pipeline.flush(PLENTY).is_complete());

    let span = span_named(&stub.spans(), "a long span name");
    assert_eq!(string(&span.attributes, "span"), "abcd");
    assert!(format!("{:?}", span.attributes[1]).contains("\"abcd\""), "{:?}", span.attributes);
    assert_eq!(string(&span.events[0].attributes, "event"), "abcd");
    assert_eq!(string(&span.links[0].attributes, "link"), "äöüß");
    let record = stub.logs().remove(0);
    assert_eq!(string(&record.attributes, "key"), "abcde");
    assert_eq!(record.body.unwrap().value, Some(ProtoValue::StringValue("a long body".to_owned())));
    let resource = stub.traces().remove(0).resource_spans.remove(0).resource.unwrap();
    assert_eq!(string(&resource.attributes, "name"), "a long name");
}

fn emit(pipeline: &otel_kit_sdk::Pipeline, attributes: impl IntoIterator<Item = (&'static str, AnyValue)>) {
    let logger = pipeline.logger_provider().logger("test");
    let mut record = logger.create_log_record();
    record.set_body(AnyValue::from("a long body"));
    record.add_attributes(attributes);
    logger.emit(record);
}

#[test]
fn records_keep_128_attributes_or_as_many_as_set() {
    let names: Vec<&'static str> = (0..130).map(|index| &*Box::leak(format!("a{index}").into())).collect();
    for (set, kept, dropped) in [(None, 128, 2), (Some(Some(3)), 3, 127), (Some(None), 130, 0)] {
        let stub = Stub::new(Behaviour::Accept);
        let builder = builder(&stub);
        let pipeline = match set {
            None => builder,
            Some(count) => builder.log_attribute_count(count),
        };
        let pipeline = pipeline.build().unwrap();
        emit(&pipeline, names.iter().map(|name| (*name, AnyValue::Int(1))));
        assert!(pipeline.flush(PLENTY).is_complete());
        let record = stub.logs().remove(0);
        assert_eq!((record.attributes.len(), record.dropped_attributes_count), (kept, dropped));
    }
}

#[test]
fn span_limits_ids_and_resource_are_those_given() {
    #[derive(Debug)]
    struct Ones;
    impl IdGenerator for Ones {
        fn new_trace_id(&self) -> TraceId {
            TraceId::from(1)
        }
        fn new_span_id(&self) -> SpanId {
            SpanId::from(1)
        }
    }
    let stub = Stub::new(Behaviour::Accept);
    let limits = SpanLimits { max_attributes_per_span: 1, ..SpanLimits::default() };
    let pipeline = builder(&stub).span_limits(limits).id_generator(Ones).build().unwrap();
    let tracer = pipeline.tracer_provider().tracer("test");
    drop(tracer.span_builder("x").with_attributes([text("a", "1"), text("b", "2")]).start(&tracer));
    assert!(pipeline.flush(PLENTY).is_complete());
    let span = stub.spans().remove(0);
    assert_eq!((span.attributes.len(), span.dropped_attributes_count), (1, 1));
    assert_eq!(span.trace_id, TraceId::from(1).to_bytes());
}

fn count(pushes: &[Vec<Metric>]) -> Vec<(AggregationTemporality, f64)> {
    let sum = |metric: &Metric| match metric.data.as_ref().unwrap() {
        Data::Histogram(histogram) => {
            (histogram.aggregation_temporality(), histogram.data_points[0].sum.unwrap())
        }
        other => panic!("{other:?}"),
    };
    pushes.iter().flatten().map(sum).collect()
}

#[test]
fn metrics_are_pushed_at_each_flush_as_totals_or_as_differences() {
    use AggregationTemporality::{Cumulative, Delta};

    for (temporality, wanted) in [
        (Temporality::Cumulative, [(Cumulative, 1.0), (Cumulative, 3.0)]),
        (Temporality::Delta, [(Delta, 1.0), (Delta, 2.0)]),
        (Temporality::LowMemory, [(Delta, 1.0), (Delta, 2.0)]),
    ] {
        let stub = Stub::new(Behaviour::Accept);
        let pipeline = builder(&stub).temporality(temporality).build().unwrap();
        let histogram = pipeline.meter_provider().meter("test").f64_histogram("time").build();
        for value in [1.0, 2.0] {
            histogram.record(value, &[]);
            assert!(pipeline.flush(PLENTY).is_complete());
        }
        assert_eq!(count(&stub.pushes()), wanted);
        assert_eq!(pipeline.stats().exported(Signal::Metrics), 2);
    }
}

#[test]
fn metrics_are_pushed_at_each_interval_and_by_the_sdks_own_flush_and_shutdown() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = builder(&stub).metric_interval(Duration::from_millis(5)).build().unwrap();
    make_one_of_each(&pipeline);
    wait_until("three pushes", || stub.pushes().len() >= 3);

    let stub = Stub::new(Behaviour::Accept);
    let pipeline = support::pipeline(&stub);
    make_one_of_each(&pipeline);
    pipeline.meter_provider().get_ref().force_flush().unwrap();
    wait_until("a push", || stub.pushes().len() == 1);
    pipeline.meter_provider().get_ref().shutdown().unwrap();
    wait_until("the last push", || stub.pushes().len() == 2);
    assert!(pipeline.shutdown(PLENTY).is_complete());
}

#[test]
fn histograms_are_exponential_on_request_unless_a_view_says_otherwise() {
    let stub = Stub::new(Behaviour::Accept);
    let view = View::of("a").name("renamed").buckets(ViewBuckets::Explicit(vec![1.0]));
    let pipeline = builder(&stub).exponential_histograms(true).view(view).build().unwrap();
    let meter = pipeline.meter_provider().meter("test");
    meter.f64_histogram("a").build().record(1.0, &[]);
    meter.f64_histogram("b").with_boundaries(vec![1.0, 2.0]).build().record(1.0, &[]);
    meter.u64_counter("c").build().add(1, &[]);
    assert!(pipeline.flush(PLENTY).is_complete());
    let mut kinds: Vec<_> = stub.pushes()[0]
        .iter()
        .map(|metric| match metric.data.as_ref().unwrap() {
            Data::Histogram(_) => format!("{} explicit", metric.name),
            Data::ExponentialHistogram(_) => format!("{} exponential", metric.name),
            Data::Sum(_) => format!("{} sum", metric.name),
            other => panic!("{other:?}"),
        })
        .collect();
    kinds.sort();
    assert_eq!(kinds, ["b exponential", "c sum", "renamed explicit"]);
}

#[test]
fn exporters_and_readers_of_the_sdks_kind_work_beside_the_transports() {
    let stub = Stub::new(Behaviour::Accept);
    let (spans, logs) = (InMemorySpanExporter::default(), InMemoryLogExporter::default());
    let metrics = InMemoryMetricExporter::default();
    let pipeline = builder(&stub)
        .span_exporter(spans.clone())
        .log_exporter(logs.clone())
        .metric_reader(PeriodicReader::builder(metrics.clone()).build())
        .build()
        .unwrap();
    make_one_of_each(&pipeline);
    assert!(pipeline.flush(PLENTY).is_complete());
    assert_eq!(spans.get_finished_spans().unwrap().len(), 1);
    assert_eq!(logs.get_emitted_logs().unwrap().len(), 1);
    assert_eq!(metrics.get_finished_metrics().unwrap()[0].scope_metrics().count(), 1);
    assert_eq!((stub.spans().len(), stub.logs().len()), (1, 1));
}
