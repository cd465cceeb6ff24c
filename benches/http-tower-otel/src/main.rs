//! `tower-otel` on the SDK, its spans through `tracing-opentelemetry`.

use std::process::ExitCode;

use axum::{body::Body, http::Request};
use http_input::{router, sampled, serve, unsampled};
use measure::Loop;
use opentelemetry::{global, trace::TracerProvider};
use tower_otel::{metrics, trace};
use tracing::Level;
use tracing_subscriber::{layer::SubscriberExt, util::SubscriberInitExt};

fn main() -> ExitCode {
    measure::main(&[
        ("bare", |measured| serve(measured, router(), sampled)),
        ("sampled", |measured| with_layers(measured, sampled)),
        ("unsampled", |measured| with_layers(measured, unsampled)),
    ])
}

fn with_layers(measured: Loop, request: fn() -> Request<Body>) {
    let providers = pipeline_sdk::install();
    let spans = tracing_opentelemetry::layer().with_tracer(providers.tracers.tracer("bench"));
    tracing_subscriber::registry().with(spans).init();
    let router = router()
        .layer(metrics::HttpLayer::server(&global::meter("bench")))
        .layer(trace::HttpLayer::server(Level::INFO));
    serve(measured, router, request);
}
