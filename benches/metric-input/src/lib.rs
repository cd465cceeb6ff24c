//! What every subject records: the duration of a request, with five attributes.

use opentelemetry::{
    Context, ContextGuard, KeyValue,
    metrics::{Histogram, Meter},
    trace::{SpanContext, TraceContextExt, TraceFlags, TraceState},
};

/// The instrument, with the convention's buckets.
#[must_use]
pub fn histogram(meter: &Meter) -> Histogram<f64> {
    meter
        .f64_histogram("http.server.request.duration")
        .with_unit("s")
        .with_boundaries(vec![
            0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
        ])
        .build()
}

/// The attributes.
#[must_use]
pub fn attributes() -> [KeyValue; 5] {
    [
        KeyValue::new("http.request.method", "GET"),
        KeyValue::new("http.route", "/orders/{id}"),
        KeyValue::new("http.response.status_code", 200),
        KeyValue::new("url.scheme", "http"),
        KeyValue::new("network.protocol.version", "1.1"),
    ]
}

/// A duration, in seconds.
pub const DURATION: f64 = 0.042;

/// Makes a span current, sampled or not.
#[must_use]
pub fn enter(sampled: bool) -> ContextGuard {
    let flags = if sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
    let ids = SpanContext::new(
        0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.into(),
        0x00f0_67aa_0ba9_02b7_u64.into(),
        flags,
        true,
        TraceState::NONE,
    );
    Context::new().with_remote_span_context(ids).attach()
}
