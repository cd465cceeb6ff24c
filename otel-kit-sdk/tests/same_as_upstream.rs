//! The same telemetry through `opentelemetry-otlp` and through the kit: the same requests.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // helpers of tests

mod support;

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, SystemTime},
};

use opentelemetry::{
    Array, Context, InstrumentationScope, KeyValue, Value,
    logs::{AnyValue, LogRecord, Logger, LoggerProvider, Severity},
    metrics::MeterProvider,
    trace::{
        Span, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState,
        Tracer, TracerProvider,
    },
};
use opentelemetry_otlp::{Protocol, WithExportConfig};
use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    logs::v1::ScopeLogs,
    metrics::v1::{Metric, NumberDataPoint, metric::Data},
};
use opentelemetry_sdk::{Resource, metrics::PeriodicReader};
use otel_kit_core::Signal;
use otel_kit_sdk::Pipeline;
use prost::Message;
use support::{Behaviour, PLENTY, Stub, builder, text};

/// Takes what upstream's exporters send over HTTP.
#[derive(Clone, Default)]
struct Upstream(Arc<Mutex<Vec<Sent>>>);

/// Path and body.
type Sent = (String, Vec<u8>);

impl Upstream {
    fn start() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let this = Self::default();
        let theirs = this.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let this = theirs.clone();
                thread::spawn(move || this.serve(stream));
            }
        });
        (this, endpoint)
    }

    fn serve(&self, mut stream: TcpStream) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        while let Some((path, length)) = head(&mut reader) {
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            self.0.lock().unwrap().push((path, body));
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        }
    }

    fn only<M: Message + Default>(&self, path: &str) -> M {
        let all = self.0.lock().unwrap();
        let bodies: Vec<_> = all.iter().filter(|(sent_to, _)| sent_to == path).collect();
        assert_eq!(bodies.len(), 1, "{path}");
        M::decode(bodies[0].1.as_slice()).unwrap()
    }
}

fn head(reader: &mut impl BufRead) -> Option<(String, usize)> {
    let lines: Vec<_> = reader.lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let path = lines.first()?.split(' ').nth(1)?.to_owned();
    let length =
        lines.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    Some((path, length.unwrap_or(0)))
}

fn both() -> (Pipeline, Stub, Upstream) {
    let (upstream, endpoint) = Upstream::start();
    let at = |path| format!("{endpoint}/v1/{path}");
    let spans = opentelemetry_otlp::SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
    let logs = opentelemetry_otlp::LogExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
    let metrics =
        opentelemetry_otlp::MetricExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
    let metrics = metrics.with_endpoint(at("metrics")).build().unwrap();
    let stub = Stub::new(Behaviour::Accept);
    let resource = Resource::builder_empty()
        .with_schema_url([text("service.name", "shop"), KeyValue::new("n", 3)], "https://example.org/schema")
        .build();
    let pipeline = builder(&stub)
        .resource(resource)
        .span_exporter(spans.with_endpoint(at("traces")).build().unwrap())
        .log_exporter(logs.with_endpoint(at("logs")).build().unwrap())
        .metric_reader(PeriodicReader::builder(metrics).with_interval(Duration::from_secs(3_600)).build())
        .build()
        .unwrap();
    (pipeline, stub, upstream)
}

fn scope() -> InstrumentationScope {
    InstrumentationScope::builder("shop")
        .with_version("1.2.3")
        .with_schema_url("https://example.org/scope")
        .with_attributes([text("team", "payments")])
        .build()
}

fn values() -> Vec<KeyValue> {
    vec![
        text("text", "äöü"),
        KeyValue::new("int", -7),
        KeyValue::new("float", 1.5),
        KeyValue::new("bool", true),
        KeyValue::new("texts", Value::Array(Array::String(vec!["a".into(), "b".into()]))),
        KeyValue::new("ints", Value::Array(Array::I64(vec![1, 2]))),
    ]
}

fn remote(flags: u8) -> SpanContext {
    let state = TraceState::from_key_value([("vendor", "x")]).unwrap();
    SpanContext::new(TraceId::from(7), SpanId::from(9), TraceFlags::new(flags), true, state)
}

fn make_spans(pipeline: &Pipeline) {
    let (shop, plain) =
        (pipeline.tracer_provider().tracer_with_scope(scope()), pipeline.tracer_provider().tracer("plain"));
    for kind in [SpanKind::Server, SpanKind::Client, SpanKind::Producer, SpanKind::Consumer] {
        let mut span = shop.span_builder("all of it").with_kind(kind).with_attributes(values()).start(&shop);
        span.add_event("event", values());
        span.add_link(remote(0x03), values());
        span.set_status(Status::error("broken"));
        span.end();
    }
    let parent = Context::new().with_remote_span_context(remote(0x01));
    let mut child = shop.start_with_context("child", &parent);
    child.set_status(Status::Ok);
    child.end();
    plain.start("plain").end();
}

#[test]
fn spans_are_the_same_but_for_the_random_flag_of_roots() {
    let (pipeline, stub, upstream) = both();
    make_spans(&pipeline);
    assert!(pipeline.flush(PLENTY).is_complete());
    let mut ours = stub.traces();
    let theirs: ExportTraceServiceRequest = upstream.only("/v1/traces");
    assert_eq!(ours.len(), 1);
    for span in ours[0].resource_spans[0].scope_spans.iter_mut().flat_map(|scope| &mut scope.spans) {
        if span.parent_span_id.is_empty() {
            assert_eq!(span.flags & 0x02, 0x02);
            span.flags &= !0x02;
        }
    }
    assert_eq!(ours[0], theirs);
}

fn make_logs(pipeline: &Pipeline) {
    let logger = pipeline.logger_provider().logger_with_scope(scope());
    let map = HashMap::from([("inner".into(), AnyValue::Bytes(Box::new(vec![1, 2])))]);
    for severity in [Severity::Trace, Severity::Info2, Severity::Error, Severity::Fatal4] {
        let mut record = logger.create_log_record();
        record.set_event_name("order.placed");
        record.set_severity_number(severity);
        record.set_severity_text("WORD");
        record.set_timestamp(SystemTime::UNIX_EPOCH + Duration::from_nanos(1_234_567));
        record.set_body(AnyValue::from("body"));
        record.add_attribute("text", "äöü");
        record.add_attribute("map", AnyValue::Map(Box::new(map.clone())));
        record.add_attribute("list", AnyValue::ListAny(Box::new(vec![1.into(), 2.5.into(), true.into()])));
        let _span = Context::new().with_remote_span_context(remote(0x01)).attach();
        logger.emit(record);
    }
    let mut bare = logger.create_log_record();
    bare.set_target("shop::orders");
    logger.emit(bare);
    logger.emit(logger.create_log_record());
}

#[test]
fn log_records_are_the_same() {
    let (pipeline, stub, upstream) = both();
    make_logs(&pipeline);
    assert!(pipeline.flush(PLENTY).is_complete());
    let ours: Vec<ExportLogsServiceRequest> =
        stub.bodies(Signal::Logs).iter().map(|sent| Message::decode(sent.body.clone()).unwrap()).collect();
    let theirs: ExportLogsServiceRequest = upstream.only("/v1/logs");
    assert_eq!(ours.len(), 1);
    assert_eq!(in_order(ours[0].clone()), in_order(theirs));
}

/// The scopes come out of a hash map.
fn in_order(mut request: ExportLogsServiceRequest) -> ExportLogsServiceRequest {
    let name = |logs: &ScopeLogs| logs.scope.clone().unwrap().name;
    request.resource_logs.iter_mut().for_each(|logs| logs.scope_logs.sort_by_key(name));
    request
}

fn make_measurements(pipeline: &Pipeline) {
    let meter = pipeline.meter_provider().meter_with_scope(scope());
    meter.u64_counter("counter").with_unit("{thing}").with_description("things").build().add(3, &values());
    meter.f64_up_down_counter("up_down").build().add(-1.5, &[]);
    meter.i64_gauge("gauge").build().record(-4, &values());
    let histogram = meter.f64_histogram("histogram").with_boundaries(vec![1.0, 2.0]).build();
    [0.5, 1.5, 9.0].into_iter().for_each(|value| histogram.record(value, &values()));
    let _ = meter.u64_observable_counter("observable").with_callback(|it| it.observe(5, &values())).build();
}

#[test]
fn metrics_are_the_same() {
    let (pipeline, stub, upstream) = both();
    make_measurements(&pipeline);
    assert!(pipeline.shutdown(PLENTY).is_complete());
    let ours: Vec<ExportMetricsServiceRequest> =
        stub.bodies(Signal::Metrics).iter().map(|sent| Message::decode(sent.body.clone()).unwrap()).collect();
    let theirs: ExportMetricsServiceRequest = upstream.only("/v1/metrics");
    assert_eq!(ours.len(), 1);
    assert_eq!(stub.bodies(Signal::Metrics)[0].items, 5);
    assert_eq!(without_times(ours[0].clone()), without_times(theirs));
}

/// Two readers collect at two moments, and the SDK keeps a set of attributes in any order.
fn without_times(mut request: ExportMetricsServiceRequest) -> ExportMetricsServiceRequest {
    let resources = request.resource_metrics.iter_mut();
    let scopes = resources.flat_map(|resource| &mut resource.scope_metrics);
    for Metric { data, .. } in scopes.flat_map(|scope| &mut scope.metrics) {
        match data.as_mut().unwrap() {
            Data::Gauge(gauge) => gauge.data_points.iter_mut().for_each(normalize),
            Data::Sum(sum) => sum.data_points.iter_mut().for_each(normalize),
            Data::Histogram(histogram) => {
                for point in &mut histogram.data_points {
                    assert!(point.start_time_unix_nano > 0 && point.time_unix_nano > 0);
                    (point.start_time_unix_nano, point.time_unix_nano) = (0, 0);
                    point.attributes.sort_by_key(|attribute| attribute.key.clone());
                }
            }
            other => panic!("{other:?}"),
        }
    }
    request
}

fn normalize(point: &mut NumberDataPoint) {
    assert!(point.time_unix_nano > 0);
    (point.start_time_unix_nano, point.time_unix_nano) = (0, 0);
    point.attributes.sort_by_key(|attribute| attribute.key.clone());
}
