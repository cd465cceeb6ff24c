//! Events that the kit makes itself, as lines.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use std::time::{Duration, SystemTime};

use common::Captured;
use opentelemetry::{
    Context,
    logs::{AnyValue, Severity},
    trace::{SpanContext, TraceContextExt, TraceFlags, TraceState},
};
use otel_kit_core::{
    LogContext,
    log_event::{LogEvent, LogEventSink},
};
use otel_kit_logging::{Format, LogLayer};

/// The line that a format has for an event.
fn line(format: Format, event: LogEvent) -> String {
    let captured = Captured::default();
    let events = LogLayer::builder().output(format, captured.writer()).build_events();
    events.emit(event);
    captured.text()
}

fn event() -> LogEvent {
    let ids = (0x4bf9_2f35_u128.into(), 0xb7_u64.into());
    let span = SpanContext::new(ids.0, ids.1, TraceFlags::SAMPLED, true, TraceState::NONE);
    let context = Context::new().with_remote_span_context(span);
    let context = LogContext::new().with("http.route", "/orders").with("count", 2).in_context(&context);
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1);
    LogEvent::new("exception", Severity::Fatal, time, context)
        .with_body("disk full")
        .with("count", 7)
        .with("is_new", true)
        .with("ratio", 0.5)
        .with("level", "frames")
        .with("stack", "a\nb")
        .with("chain", ["a", "b"].map(AnyValue::from).into_iter().collect::<AnyValue>())
}

#[test]
fn a_json_line_has_all_of_an_event_each_name_once_with_ids_and_context() {
    assert_eq!(
        line(Format::Json, event()),
        concat!(
            r#"{"timestamp":"1970-01-01T00:00:01.000000Z","level":"ERROR","message":"disk full","#,
            r#""target":"exception","trace_id":"0000000000000000000000004bf92f35","#,
            r#""span_id":"00000000000000b7","trace_flags":"01","event.name":"exception","count":7,"#,
            r#""is_new":true,"ratio":0.5,"fields.level":"frames","stack":"a\nb","chain":["a","b"],"#,
            r#""http.route":"/orders"}"#,
            "\n",
        )
    );
}

#[test]
fn a_readable_line_leaves_out_what_has_several_lines() {
    let text = line(Format::Pretty, event());
    let fields = "event.name=exception count=7 is_new=true ratio=0.5 fields.level=frames http.route=/orders";
    assert!(text.ends_with(&format!("ERROR exception: disk full {fields} trace=00000000\n")), "{text}");
}

#[test]
fn levels_are_the_nearest_that_lines_have() {
    let levels = [
        (Severity::Trace2, "TRACE"),
        (Severity::Debug, "DEBUG"),
        (Severity::Info4, "INFO"),
        (Severity::Warn, "WARN"),
        (Severity::Error3, "ERROR"),
    ];
    for (severity, level) in levels {
        let mut event = event();
        event.severity = severity;
        let text = line(Format::Json, event);
        assert!(text.contains(&format!("\"level\":\"{level}\"")), "{text}");
    }
}
