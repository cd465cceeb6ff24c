//! `otel-kit-reqwest`.

use std::process::ExitCode;

use client_input::{bare, send, with};
use opentelemetry_sdk::trace::Sampler;
use otel_kit_reqwest::OtelMiddleware;

fn main() -> ExitCode {
    measure::main(&[
        ("bare", |measured| send(measured, &bare())),
        ("sampled", |measured| {
            let pipeline = pipeline_kit::pipeline(Sampler::AlwaysOn);
            let kit = pipeline_kit::kit(&pipeline).build();
            send(measured, &with(OtelMiddleware::new().with(&kit)));
        }),
    ])
}
