//! `OTEL_SDK_DISABLED`: nothing is recorded, and the service works on.
#![allow(clippy::unwrap_used)] // helpers of tests

mod support;

use std::{collections::HashMap, sync::Arc};

use otel_kit::opentelemetry::{
    Context, global,
    propagation::TextMapPropagator,
    trace::{Span, SpanBuilder, TraceContextExt, Tracer},
};
use otel_kit::{Kit, transport::Signal};
use otel_kit_testing::OtlpReceiver;

use support::{Lines, PLENTY, builder, environment};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[test]
fn with_telemetry_disabled_context_is_passed_on_lines_are_written_and_nothing_is_exported() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let endpoint = receiver.http_endpoint();
    let meters = global::meter_provider();
    let telemetry = builder(&lines)
        .environment(environment(&[
            ("OTEL_SDK_DISABLED", "true"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint),
        ]))
        .init()
        .unwrap();
    assert!(Arc::ptr_eq(&meters, &global::meter_provider()));

    let incoming = HashMap::from([("traceparent".to_owned(), PARENT.to_owned())]);
    let kit = Kit::global().unwrap();
    let parent = kit.propagator().extract_with_context(&Context::new(), &incoming);
    let _attached = parent.clone().attach();
    support::work();
    assert!(!global::tracer("test").start("by the API").is_recording());
    let span = kit.tracer("adapter", "1").start(&parent, || SpanBuilder::from_name("GET"));
    assert_eq!(passed_on(&span), PARENT);
    assert_eq!(passed_on(&Context::current()), PARENT);

    assert!(telemetry.shutdown(PLENTY).is_complete());
    assert!(receiver.requests().is_empty());
    assert!(Signal::ALL.iter().all(|signal| telemetry.stats().exported(*signal) == 0));
    assert_eq!(lines.messages(), ["telemetry is disabled", "working"]);
    let line = lines.line("working");
    assert_eq!(
        (line["trace_id"].as_str(), line["span_id"].as_str()),
        (PARENT.get(3..35), PARENT.get(36..52))
    );
}

fn passed_on(context: &Context) -> String {
    assert!(context.span().span_context().is_valid());
    let mut outgoing = HashMap::new();
    global::get_text_map_propagator(|propagator| propagator.inject_context(context, &mut outgoing));
    outgoing.remove("traceparent").unwrap_or_default()
}
