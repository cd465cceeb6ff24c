//! `otel-kit-reqwest`.

use std::process::ExitCode;

use client_input::{bare, send, with};
use measure::Loop;
use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId,
    trace::{SpanContext, TraceContextExt, TraceState},
};
use opentelemetry_sdk::trace::Sampler;
use otel_kit_reqwest::OtelMiddleware;

fn main() -> ExitCode {
    measure::main(&[
        ("bare", |measured| send(measured, &bare())),
        ("sampled", |measured| with_middleware(measured)),
        ("unsampled", |measured| {
            let _caller = unsampled_caller().attach();
            with_middleware(measured);
        }),
    ])
}

fn with_middleware(measured: Loop) {
    let pipeline = pipeline_kit::pipeline(Sampler::AlwaysOn);
    let kit = pipeline_kit::kit(&pipeline).build();
    send(measured, &with(OtelMiddleware::new().with(&kit)));
}

fn unsampled_caller() -> Context {
    let flags = TraceFlags::NOT_SAMPLED;
    let span = SpanContext::new(TraceId::from(7), SpanId::from(7), flags, true, TraceState::NONE);
    Context::new().with_remote_span_context(span)
}
