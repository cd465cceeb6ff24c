//! `otel-kit-axum`.

use std::process::ExitCode;

use axum::{Router, body::Body, http::Request};
use http_input::{root, router, sampled, serve, unsampled, with_state};
use measure::Loop;
use opentelemetry_sdk::trace::Sampler;
use otel_kit_axum::OtelLayer;
use otel_kit_core::settings::{PathRules, Settings};

fn main() -> ExitCode {
    measure::main(&[
        ("bare", |measured| serve(measured, router(), sampled)),
        ("bare-root", |measured| serve(measured, router(), root)),
        ("bare-state", |measured| serve(measured, router(), || with_state(sampled()))),
        ("sampled", |measured| with_layer(measured, Sampler::AlwaysOn, sampled)),
        ("unsampled", |measured| with_layer(measured, Sampler::AlwaysOn, unsampled)),
        ("sampled-state", |measured| {
            with_layer(measured, Sampler::AlwaysOn, || with_state(sampled()));
        }),
        ("unsampled-state", |measured| {
            with_layer(measured, Sampler::AlwaysOn, || with_state(unsampled()));
        }),
        ("dropped", |measured| with_layer(measured, Sampler::AlwaysOff, root)),
        ("excluded", |measured| {
            let mut settings = Settings::default();
            settings.http_server.exclude = PathRules::new(["/users/*"]);
            with_settings(measured, Sampler::AlwaysOn, settings, root);
        }),
        ("excluded-caller", |measured| {
            let mut settings = Settings::default();
            settings.http_server.exclude = PathRules::new(["/users/*"]);
            with_settings(measured, Sampler::AlwaysOn, settings, sampled);
        }),
    ])
}

fn with_layer(measured: Loop, sampler: Sampler, request: fn() -> Request<Body>) {
    with_settings(measured, sampler, Settings::default(), request);
}

fn with_settings(measured: Loop, sampler: Sampler, settings: Settings, request: fn() -> Request<Body>) {
    let pipeline = pipeline_kit::pipeline(sampler);
    let kit = pipeline_kit::kit(&pipeline).settings(settings).build();
    let layered: Router = router().layer(OtelLayer::new().with(&kit));
    serve(measured, layered, request);
}
