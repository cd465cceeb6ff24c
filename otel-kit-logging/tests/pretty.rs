//! Lines for people.

mod common;

use common::Captured;
use opentelemetry::{
    Context,
    trace::{SpanContext, TraceContextExt, TraceFlags, TraceState},
};
use otel_kit_logging::{Format, LogLayer};
use tracing::{error, info, subscriber::with_default};
use tracing_subscriber::{layer::SubscriberExt, registry};

/// What `log` writes, without the time of day.
fn pretty(ansi: bool, log: impl FnOnce()) -> String {
    let captured = Captured::default();
    let layer = LogLayer::builder().output(Format::Pretty, captured.writer()).ansi(ansi).build();
    with_default(registry().with(layer), log);
    captured.text()
}

#[test]
fn a_line_shows_the_short_trace_id() {
    let text = pretty(false, || {
        let ids = SpanContext::new(
            0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.into(),
            1_u64.into(),
            TraceFlags::SAMPLED,
            true,
            TraceState::NONE,
        );
        let _span = Context::new().with_remote_span_context(ids).attach();
        info!(target: "shop", order = 42, empty = "", said = "a b", level = 1, "accepted");
        error!(target: "shop", "failed:\nbecause\t\u{1b}[2J");
    });
    let lines: Vec<_> = text.lines().collect();
    let (time, rest) = lines[0].split_at("08:11:22.123".len());
    assert!(time.bytes().all(|byte| byte.is_ascii_digit() || b":.".contains(&byte)), "{time}");
    assert_eq!(rest, "  INFO shop: accepted order=42 empty=\"\" said=\"a b\" fields.level=1 trace=4bf92f35");
    assert!(lines[1].ends_with(" ERROR shop: failed:"));
    assert_eq!(lines[2], "    because\\t\\u{1b}[2J trace=4bf92f35");
}

#[test]
fn colours_come_only_when_told() {
    assert!(!pretty(false, || error!("plain")).contains('\x1b'));
    assert!(pretty(true, || error!("red")).contains("\x1b[1;31mERROR\x1b[0m"));
}
