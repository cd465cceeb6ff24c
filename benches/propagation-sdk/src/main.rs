//! The propagators of `opentelemetry_sdk`, with the carriers of `opentelemetry-http` and those that the
//! documentation tells to write for messages.

use std::{hint::black_box, process::ExitCode};

use http::HeaderMap;
use measure::Loop;
use opentelemetry::{
    Context, KeyValue,
    baggage::BaggageExt,
    propagation::{Extractor, Injector, TextMapCompositePropagator, TextMapPropagator},
};
use opentelemetry_http::{HeaderExtractor, HeaderInjector};
use opentelemetry_sdk::propagation::{BaggagePropagator, TraceContextPropagator};
use propagation_input::{ENTRIES, MESSAGE, Message, new_message, new_request, request, request_with_baggage};

fn main() -> ExitCode {
    measure::main(&[
        ("http-extract", |measured| extract(measured, &TraceContextPropagator::new(), &request())),
        ("http-extract-both", |measured| extract(measured, &both(), &request())),
        ("http-extract-baggage", |measured| extract(measured, &both(), &request_with_baggage())),
        ("http-request", |measured| measured.run(|| drop(black_box(new_request())))),
        ("http-inject", |measured| inject(measured, &TraceContextPropagator::new(), &extracted(&request()))),
        ("http-inject-both", |measured| inject(measured, &both(), &extracted(&request()))),
        ("http-inject-baggage", |measured| {
            let entries = ENTRIES.map(|(key, value)| KeyValue::new(key, value));
            inject(measured, &both(), &extracted(&request()).with_baggage(entries));
        }),
        ("http-forward-baggage", |measured| inject(measured, &both(), &extracted(&request_with_baggage()))),
        ("message-extract", extract_message),
        ("message", |measured| measured.run(|| drop(black_box(new_message())))),
        ("message-inject", inject_message),
    ])
}

fn both() -> TextMapCompositePropagator {
    TextMapCompositePropagator::new(vec![
        Box::new(TraceContextPropagator::new()),
        Box::new(BaggagePropagator::new()),
    ])
}

fn extracted(headers: &HeaderMap) -> Context {
    both().extract_with_context(&Context::new(), &HeaderExtractor(headers))
}

fn extract(measured: Loop, propagator: &dyn TextMapPropagator, headers: &HeaderMap) {
    let base = Context::new();
    measured.run(|| {
        let carrier = HeaderExtractor(black_box(headers));
        drop(black_box(propagator.extract_with_context(black_box(&base), &carrier)));
    });
}

fn inject(measured: Loop, propagator: &dyn TextMapPropagator, context: &Context) {
    measured.run(|| {
        let mut headers = new_request();
        propagator.inject_context(black_box(context), &mut HeaderInjector(&mut headers));
        drop(black_box(headers));
    });
}

fn extract_message(measured: Loop) {
    let propagator = TraceContextPropagator::new();
    let base = Context::new();
    measured.run(|| {
        let carrier = MessageExtractor(black_box(MESSAGE));
        drop(black_box(propagator.extract_with_context(black_box(&base), &carrier)));
    });
}

fn inject_message(measured: Loop) {
    let propagator = TraceContextPropagator::new();
    let context = extracted(&request());
    measured.run(|| {
        let mut headers = new_message();
        propagator.inject_context(black_box(&context), &mut MessageInjector(&mut headers));
        drop(black_box(headers));
    });
}

struct MessageExtractor<'a>(&'a [(&'a str, &'a [u8])]);

impl Extractor for MessageExtractor<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(name, _)| *name == key)?;
        std::str::from_utf8(value).ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| *name).collect()
    }
}

struct MessageInjector<'a>(&'a mut Message);

impl Injector for MessageInjector<'_> {
    fn set(&mut self, key: &str, value: String) {
        self.0.push((key.to_owned(), value.into_bytes()));
    }
}
