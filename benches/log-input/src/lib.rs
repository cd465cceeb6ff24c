//! The line that every subject writes: a span with three fields, an event with three, and ids.

use opentelemetry::{
    Context, ContextGuard,
    trace::{SpanContext, TraceContextExt, TraceFlags, TraceState},
};
use tracing::span::EnteredSpan;

/// Enters the span, under a context that has ids.
#[must_use]
pub fn enter() -> (EnteredSpan, ContextGuard) {
    let ids = SpanContext::new(
        0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.into(),
        0x00f0_67aa_0ba9_02b7_u64.into(),
        TraceFlags::SAMPLED,
        true,
        TraceState::NONE,
    );
    let context = Context::new().with_remote_span_context(ids).attach();
    (tracing::info_span!("request", method = "GET", user.id = 42_i64, cached = true).entered(), context)
}

/// Writes the line.
pub fn line() {
    tracing::info!(target: "shop", status = 200_i64, took_ms = 1.5, peer = "10.0.0.1", "request done");
}
