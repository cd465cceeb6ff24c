//! `tracing-opentelemetry` on the SDK.

use std::process::ExitCode;

use measure::Loop;
use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId,
    trace::{SpanContext, TraceContextExt, TraceState, TracerProvider},
};
use span_input::{spans, spans_with_event};
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

fn main() -> ExitCode {
    measure::main(&[
        ("sampled", |measured| with_layer(measured, false, TraceFlags::SAMPLED, spans)),
        ("unsampled", |measured| with_layer(measured, false, TraceFlags::default(), spans)),
        ("event-sampled", |measured| with_layer(measured, false, TraceFlags::SAMPLED, spans_with_event)),
        ("event-unsampled", |measured| with_layer(measured, false, TraceFlags::default(), spans_with_event)),
        ("lean-sampled", |measured| with_layer(measured, true, TraceFlags::SAMPLED, spans)),
        ("lean-unsampled", |measured| with_layer(measured, true, TraceFlags::default(), spans)),
    ])
}

fn with_layer(measured: Loop, lean: bool, flags: TraceFlags, work: fn(Loop)) {
    let providers = pipeline_sdk::install();
    let layer = tracing_opentelemetry::layer().with_tracer(providers.tracers.tracer("bench"));
    let layer = if lean {
        layer.with_location(false).with_threads(false).with_tracked_inactivity(false).with_target(false)
    } else {
        layer
    };
    tracing_subscriber::registry().with(layer).init();
    let parent = SpanContext::new(TraceId::from(7), SpanId::from(7), flags, true, TraceState::NONE);
    let _attached = Context::new().with_remote_span_context(parent).attach();
    work(measured);
}
