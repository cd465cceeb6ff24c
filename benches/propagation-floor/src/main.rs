//! What the work costs that cannot be left out: only valid input, no format but the one, the API's types.

use std::{hint::black_box, process::ExitCode};

use http::{HeaderMap, HeaderName, HeaderValue};
use measure::Loop;
use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId,
    baggage::{Baggage, BaggageExt},
    trace::{SpanContext, TraceContextExt, TraceState},
};
use propagation_input::{ENTRIES, MESSAGE, new_message, new_request, request};

fn main() -> ExitCode {
    measure::main(&[
        ("http-extract", extract),
        ("http-request", |measured| measured.run(|| drop(black_box(new_request())))),
        ("http-inject", inject),
        ("message-extract", extract_message),
        ("message", |measured| measured.run(|| drop(black_box(new_message())))),
        ("message-inject", inject_message),
        ("baggage", baggage),
    ])
}

fn extract(measured: Loop) {
    let base = Context::new();
    let headers = request();
    measured.run(|| {
        let parent = black_box(&headers).get(&TRACEPARENT).and_then(|value| parse(value.as_bytes()));
        drop(black_box(parent.map(|parent| base.with_remote_span_context(parent))));
    });
}

fn inject(measured: Loop) {
    let context = parent(&request());
    measured.run(|| {
        let mut headers = new_request();
        if let Ok(value) = HeaderValue::from_bytes(&format(black_box(&context).span().span_context())) {
            headers.insert(&TRACEPARENT, value);
        }
        drop(black_box(headers));
    });
}

fn extract_message(measured: Loop) {
    let base = Context::new();
    measured.run(|| {
        let field = black_box(MESSAGE).iter().find(|(name, _)| name.eq_ignore_ascii_case("traceparent"));
        let parent = field.and_then(|(_, value)| parse(value));
        drop(black_box(parent.map(|parent| base.with_remote_span_context(parent))));
    });
}

fn inject_message(measured: Loop) {
    let context = parent(&request());
    measured.run(|| {
        let mut headers = new_message();
        let value = format(black_box(&context).span().span_context());
        headers.push(("traceparent".to_owned(), value.to_vec()));
        drop(black_box(headers));
    });
}

/// The API's own container, which an extractor has to fill whatever else it does.
fn baggage(measured: Loop) {
    measured.run(|| {
        let mut baggage = Baggage::new();
        for (key, value) in black_box(ENTRIES) {
            baggage.insert(key.to_owned(), value.to_owned());
        }
        drop(black_box(Context::new().with_baggage(baggage)));
    });
}

fn parent(headers: &HeaderMap) -> Context {
    let parent = headers.get(&TRACEPARENT).and_then(|value| parse(value.as_bytes()));
    Context::new().with_remote_span_context(parent.unwrap_or(SpanContext::NONE))
}

fn parse(value: &[u8]) -> Option<SpanContext> {
    let value = value.first_chunk::<55>()?;
    Some(SpanContext::new(
        TraceId::from(u128::from(number(&value[3..19])) << 64 | u128::from(number(&value[19..35]))),
        SpanId::from(number(&value[36..52])),
        TraceFlags::new(value[54] - b'0'),
        true,
        TraceState::NONE,
    ))
}

fn number(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |number, digit| {
        number << 4 | u64::from(if *digit > b'9' { digit - b'a' + 10 } else { digit - b'0' })
    })
}

fn format(span: &SpanContext) -> [u8; 55] {
    let mut text = *b"00-00000000000000000000000000000000-0000000000000000-01";
    write_digits(&mut text[3..35], &span.trace_id().to_bytes());
    write_digits(&mut text[36..52], &span.span_id().to_bytes());
    text
}

fn write_digits(places: &mut [u8], bytes: &[u8]) {
    let digit = |value: u8| value + if value > 9 { b'a' - 10 } else { b'0' };
    for (pair, byte) in places.as_chunks_mut().0.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
}

static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
