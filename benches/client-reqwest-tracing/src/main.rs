//! `reqwest-tracing`, its spans through `tracing-opentelemetry`, on the SDK of the version that it needs.

use std::process::ExitCode;

use client_input::{bare, send, with};
use measure::Loop;
use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId, global,
    trace::{SpanContext, TraceContextExt, TraceState, TracerProvider},
};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider, SpanData, SpanExporter},
};
use reqwest_tracing::TracingMiddleware;
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

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
    let sampler = Sampler::ParentBased(Box::new(Sampler::AlwaysOn));
    let tracers = SdkTracerProvider::builder().with_sampler(sampler).with_batch_exporter(Nowhere).build();
    global::set_text_map_propagator(TraceContextPropagator::new());
    let spans = tracing_opentelemetry::layer().with_tracer(tracers.tracer("bench"));
    tracing_subscriber::registry().with(spans).init();
    send(measured, &with(TracingMiddleware::default()));
}

fn unsampled_caller() -> Context {
    let flags = TraceFlags::NOT_SAMPLED;
    let span = SpanContext::new(TraceId::from(7), SpanId::from(7), flags, true, TraceState::NONE);
    Context::new().with_remote_span_context(span)
}

#[derive(Debug)]
struct Nowhere;

impl SpanExporter for Nowhere {
    async fn export(&self, _batch: Vec<SpanData>) -> OTelSdkResult {
        Ok(())
    }
}
