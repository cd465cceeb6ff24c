//! The SDK, called directly.

use std::{hint::black_box, process::ExitCode};

use measure::Loop;
use opentelemetry::{
    Context, KeyValue, SpanId, TraceFlags, TraceId,
    trace::{Span, SpanContext, TraceContextExt, TraceState, Tracer, TracerProvider},
};
use span_input::{Order, order};

fn main() -> ExitCode {
    measure::main(&[
        ("sampled", |measured| spans(measured, TraceFlags::SAMPLED)),
        ("unsampled", |measured| spans(measured, TraceFlags::default())),
    ])
}

fn spans(measured: Loop, flags: TraceFlags) {
    let providers = pipeline_sdk::install();
    let tracer = providers.tracers.tracer("bench");
    let parent = SpanContext::new(TraceId::from(7), SpanId::from(7), flags, true, TraceState::NONE);
    let parent = Context::new().with_remote_span_context(parent);
    measured.run(|| {
        let Order { id, items, customer, payment, gift } = order();
        let mut span = tracer.start_with_context("place order", black_box(&parent));
        if span.is_recording() {
            span.set_attributes([
                KeyValue::new("id", id),
                KeyValue::new("items", i64::try_from(items).unwrap_or(i64::MAX)),
                KeyValue::new("customer", customer),
                KeyValue::new("payment", payment),
                KeyValue::new("gift", gift),
            ]);
        }
    });
}
