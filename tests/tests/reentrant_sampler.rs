//! Telemetry from inside of a user's sampler, which is called in the middle of starting a span.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    cell::Cell,
    io::{Read, Write},
    net::TcpStream,
    sync::{Arc, OnceLock, mpsc},
    thread,
    time::Duration,
};

use axum::{Router, routing::get};
use otel_kit::{
    Kit,
    exception::{Exception, Mechanism},
    opentelemetry::{
        Context, KeyValue,
        metrics::Counter,
        trace::{Link, SpanBuilder, SpanKind, TraceContextExt, TraceId},
    },
    sdk::sdk::trace::{Sampler, SamplingResult, ShouldSample},
    tracing::{info, info_span},
};
use otel_kit_testing::{OtlpReceiver, received::Received};
use tokio::{net::TcpListener, runtime::Builder};

/// Makes spans of both kinds, a measurement and a log line before it decides.
#[derive(Clone, Debug, Default)]
struct Talkative(Arc<OnceLock<(Kit, Counter<u64>)>>);

thread_local! {
    static IS_TALKING: Cell<bool> = const { Cell::new(false) };
}

impl ShouldSample for Talkative {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        if let Some((kit, decisions)) = self.0.get().filter(|_| !IS_TALKING.replace(true)) {
            let tracer = kit.tracer("sampler", "0");
            let context = tracer.start(&Context::current(), || SpanBuilder::from_name("decide"));
            let attached = context.clone().attach();
            info_span!("ask").in_scope(|| info!(span = name, "deciding"));
            decisions.add(1, &[KeyValue::new("name", name.to_owned())]);
            kit.record_exception(&Exception::new("sampler.exception", Mechanism::Handler, &context));
            drop(attached);
            context.span().end();
            IS_TALKING.set(false);
        }
        Sampler::AlwaysOn.should_sample(parent, trace_id, name, kind, attributes, links)
    }
}

/// Ten requests to a service with this sampler; what arrives at a collector.
fn ask_ten_times() -> Received {
    let (receiver, sampler) = (OtlpReceiver::start().unwrap(), Talkative::default());
    let ours = sampler.clone();
    let telemetry = otel_kit::builder()
        .environment(|_| None)
        .log_output(std::io::sink())
        .endpoint(receiver.http_endpoint())
        .pipeline(move |pipeline| pipeline.sampler(ours))
        .init()
        .unwrap();
    let meter = telemetry.kit().meter("sampler", "0");
    let _ = sampler.0.set((telemetry.kit().clone(), meter.u64_counter("decisions").build()));
    let app = Router::new()
        .route("/", get(async || info_span!("work").in_scope(|| "hello")))
        .layer(otel_kit::axum::OtelLayer::new());
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    runtime.spawn(async move { axum::serve(listener, app).await });
    for _ in 0..10 {
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
    }
    assert!(telemetry.flush(Duration::from_secs(10)).is_complete());
    receiver.received()
}

#[test]
fn spans_measurements_and_log_lines_from_inside_of_a_sampler_arrive_and_nothing_waits_for_itself() {
    let (sender, received) = mpsc::channel();
    thread::spawn(move || drop(sender.send(ask_ten_times())));
    let received = received.recv_timeout(Duration::from_secs(60)).unwrap();
    let count = |name: &str| received.spans().iter().filter(|span| span.name == name).count();
    // Each request asks for itself and for the span of its handler.
    assert_eq!((count("GET /"), count("work")), (10, 10));
    assert_eq!((count("decide"), count("ask")), (20, 20));
    let decisions = received.metrics().iter().find(|metric| metric.name == "decisions").unwrap();
    assert_eq!(decisions.points.len(), 2);
    let lines = received.log_records().iter().filter(|line| line.body == "deciding").count();
    assert_eq!(lines, 20);
}
