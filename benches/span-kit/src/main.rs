//! What `otel_kit::init!()` installs, with spans and JSON lines that go nowhere.

use std::{hint::black_box, io, process::ExitCode};

use measure::Loop;
use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId,
    trace::{SpanBuilder, SpanContext, TraceContextExt, TraceState},
};
use opentelemetry_sdk::trace::Sampler;
use otel_kit::transport::Signal;
use span_input::{events, spans};

fn main() -> ExitCode {
    measure::main(&[
        ("sampled", |measured| subscribed(measured, "info", TraceFlags::SAMPLED, spans)),
        ("unsampled", |measured| subscribed(measured, "info", TraceFlags::default(), spans)),
        ("event", |measured| subscribed(measured, "off", TraceFlags::default(), events)),
        ("operation", operations),
        ("operation-sampled", sampled_operations),
    ])
}

fn below(flags: TraceFlags) -> Context {
    let parent = SpanContext::new(TraceId::from(7), SpanId::from(7), flags, true, TraceState::NONE);
    Context::new().with_remote_span_context(parent)
}

#[expect(clippy::expect_used, reason = "without it there is nothing to measure")]
fn subscribed(measured: Loop, level: &str, flags: TraceFlags, work: fn(Loop)) {
    let _telemetry = otel_kit::builder()
        .environment(|_| None)
        .config_text("bench", format!("logs: {{level: {level}}}"))
        .transport(Signal::Traces, pipeline_kit::receiver())
        .log_output(io::sink())
        .init()
        .expect("no threads");
    let _attached = below(flags).attach();
    work(measured);
}

fn operations(measured: Loop) {
    operations_below(measured, &below(TraceFlags::default()));
}

fn sampled_operations(measured: Loop) {
    operations_below(measured, &below(TraceFlags::SAMPLED));
}

/// What an adapter does for a call, without attributes.
fn operations_below(measured: Loop, parent: &Context) {
    let pipeline = pipeline_kit::pipeline(Sampler::AlwaysOn);
    let tracer = pipeline_kit::kit(&pipeline).build().tracer("bench", "1");
    measured.run(|| {
        let build = || SpanBuilder::from_name("call");
        drop(black_box(tracer.start(black_box(parent), build)));
    });
}
