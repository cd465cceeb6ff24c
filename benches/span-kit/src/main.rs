//! The subscriber that `otel_kit::init!()` installs: span layer and JSON lines, which go nowhere.

use std::{hint::black_box, io, process::ExitCode};

use measure::Loop;
use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId,
    trace::{SpanBuilder, SpanContext, TraceContextExt, TraceState, TracerProvider},
};
use opentelemetry_sdk::trace::Sampler;
use otel_kit_logging::{Format, LogFilter, LogLayer, LogWriter};
use otel_kit_sdk::span_layer;
use span_input::{events, spans};
use tracing_subscriber::{Layer, Registry, filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

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

#[expect(clippy::expect_used, reason = "without them there is nothing to measure")]
fn subscribed(measured: Loop, level: &str, flags: TraceFlags, work: fn(Loop)) {
    let pipeline = pipeline_kit::pipeline(Sampler::AlwaysOn);
    let writer = LogWriter::builder().output(io::sink()).build().expect("no thread");
    let rules: LogFilter = level.parse().expect("no filter");
    let filter = Targets::new().with_default(tracing_subscriber::filter::LevelFilter::INFO);
    let layers: Vec<Box<dyn Layer<Registry> + Send + Sync>> = vec![
        span_layer(pipeline.tracer_provider().tracer("tracing"), filter, false).boxed(),
        LogLayer::builder().output(Format::Json, writer).build().with_filter(rules).boxed(),
    ];
    tracing_subscriber::registry().with(layers).init();
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
