//! A line costs no allocation once the buffers have grown.

use std::io;

use opentelemetry::{
    Context,
    trace::{SpanContext, TraceContextExt, TraceFlags, TraceState},
};
use otel_kit_core::LogContext;
use otel_kit_logging::{Format, LogFilter, LogLayer, LogWriter};
use tracing::{info, info_span, subscriber::with_default};
use tracing_subscriber::{Layer, layer::SubscriberExt, registry};

#[test]
fn a_line_allocates_nothing_and_a_spans_fields_once() {
    let writer = LogWriter::builder().output(io::sink()).build().unwrap();
    let layer = LogLayer::builder().output(Format::Json, writer.clone()).build();
    let filter: LogFilter = "info,sqlx=warn".parse().unwrap();
    let ids = SpanContext::new(1_u128.into(), 2_u64.into(), TraceFlags::SAMPLED, true, TraceState::NONE);
    let context = LogContext::new()
        .with("http.route", "/users/{id}")
        .in_context(&Context::new().with_remote_span_context(ids));
    with_default(registry().with(layer.with_filter(filter)), || {
        let _attached = context.attach();
        let span = || info_span!("request", method = "GET", user.id = 42, cached = true);
        let line = || info!(status = 200, took_ms = 1.5, peer = %"10.0.0.1", "request done");
        for _ in 0..100 {
            span().in_scope(line);
        }
        writer.flush(std::time::Duration::from_secs(20));

        let entered = span().entered();
        let lines = allocation_counter::measure(|| (0..100).for_each(|_| line()));
        assert_eq!(lines.count_total, 0, "allocations of 100 lines");
        drop(entered);
        let spans = allocation_counter::measure(|| (0..100).for_each(|_| drop(span())));
        assert_eq!(spans.count_total, 100, "allocations of 100 spans");
    });
}
