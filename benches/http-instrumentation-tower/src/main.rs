//! `opentelemetry-instrumentation-tower` on the SDK.

use std::process::ExitCode;

use axum::{body::Body, http::Request};
use http_input::{router, sampled, serve, unsampled};
use measure::Loop;
use opentelemetry_instrumentation_tower::http::server::Layer;

fn main() -> ExitCode {
    measure::main(&[
        ("bare", |measured| serve(measured, router(), sampled)),
        ("sampled", |measured| with_layer(measured, sampled)),
        ("unsampled", |measured| with_layer(measured, unsampled)),
    ])
}

fn with_layer(measured: Loop, request: fn() -> Request<Body>) {
    let _providers = pipeline_sdk::install();
    serve(measured, router().layer(Layer::new()), request);
}
