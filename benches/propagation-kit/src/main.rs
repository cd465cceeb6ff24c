//! The propagator of `otel-kit-core`.

use std::{hint::black_box, process::ExitCode};

use measure::Loop;
use opentelemetry::{Context, KeyValue, baggage::BaggageExt, propagation::TextMapPropagator};
use otel_kit_core::propagation::{FieldInjector, Propagator};
use propagation_input::{ENTRIES, MESSAGE, new_message, new_request, request, request_with_baggage};

fn main() -> ExitCode {
    measure::main(&[
        ("http-extract", |measured| extract(measured, &request())),
        ("http-extract-baggage", |measured| extract(measured, &request_with_baggage())),
        ("http-request", |measured| measured.run(|| drop(black_box(new_request())))),
        ("http-inject", |measured| inject(measured, &extracted(&request()))),
        ("http-inject-baggage", |measured| {
            let entries = ENTRIES.map(|(key, value)| KeyValue::new(key, value));
            inject(measured, &extracted(&request()).with_baggage(entries));
        }),
        ("http-forward-baggage", |measured| inject(measured, &extracted(&request_with_baggage()))),
        ("message-extract", extract_message),
        ("message", |measured| measured.run(|| drop(black_box(new_message())))),
        ("message-inject", inject_message),
    ])
}

fn extracted(headers: &http::HeaderMap) -> Context {
    Propagator::default().extract_headers(&Context::new(), headers)
}

fn extract(measured: Loop, headers: &http::HeaderMap) {
    let propagator = Propagator::default();
    let base = Context::new();
    measured.run(|| drop(black_box(propagator.extract_headers(black_box(&base), black_box(headers)))));
}

fn inject(measured: Loop, context: &Context) {
    let propagator = Propagator::default();
    measured.run(|| {
        let mut headers = new_request();
        propagator.inject_headers(black_box(context), &mut headers);
        drop(black_box(headers));
    });
}

fn extract_message(measured: Loop) {
    let propagator = Propagator::default();
    let base = Context::new();
    measured.run(|| {
        let fields = black_box(MESSAGE).iter().copied();
        drop(black_box(propagator.extract_fields(black_box(&base), fields)));
    });
}

fn inject_message(measured: Loop) {
    let propagator = Propagator::default();
    let context = extracted(&request());
    measured.run(|| {
        let mut headers = new_message();
        let mut fields = FieldInjector::new();
        propagator.inject_context(black_box(&context), &mut fields);
        headers.retain(|(name, _)| !fields.replaces(name));
        headers.extend(fields.into_fields().into_iter().map(|(name, value)| (name, value.into_bytes())));
        drop(black_box(headers));
    });
}
