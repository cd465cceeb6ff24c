//! `axum-tracing-opentelemetry` on the SDK.

use std::process::ExitCode;

use axum::{body::Body, http::Request};
use axum_tracing_opentelemetry::middleware::OtelAxumLayer;
use http_input::{router, sampled, serve, unsampled};
use measure::Loop;
use opentelemetry::trace::TracerProvider;
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

fn main() -> ExitCode {
    measure::main(&[
        ("bare", |measured| serve(measured, router(), sampled)),
        ("sampled", |measured| with_layer(measured, sampled)),
        ("unsampled", |measured| with_layer(measured, unsampled)),
    ])
}

fn with_layer(measured: Loop, request: fn() -> Request<Body>) {
    let providers = pipeline_sdk::install();
    let spans = tracing_opentelemetry::layer().with_tracer(providers.tracers.tracer("bench"));
    tracing_subscriber::registry().with(spans).init();
    serve(measured, router().layer(OtelAxumLayer::default()), request);
}
