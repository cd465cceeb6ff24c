//! Events that are too large for a line.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use std::fmt;

use common::{Captured, Line};
use opentelemetry::logs::LoggerProvider;
use otel_kit_logging::{Format, LogLayer, LogWriter};
use otel_kit_testing::{Telemetry, received::ReceivedLog};
use tracing::{info, info_span, subscriber::with_default};
use tracing_subscriber::{layer::SubscriberExt, registry};

/// What `log` writes and sends, with the usual limits, and how many lines were cut.
fn logged(log: impl FnOnce()) -> (Captured, Vec<ReceivedLog>, LogWriter) {
    let (telemetry, captured) = (Telemetry::new(), Captured::default());
    let writer = captured.writer();
    let layer = LogLayer::builder()
        .output(Format::Json, writer.clone())
        .otlp(telemetry.logger_provider().logger("otel-kit"))
        .build();
    with_default(registry().with(telemetry.layer()).with(layer), log);
    (captured, telemetry.log_records(), writer)
}

fn text<'a>(line: &'a Line, key: &str) -> &'a str {
    line.get(key).as_str().unwrap()
}

#[test]
fn a_message_of_ten_megabytes_is_cut_marked_and_counted() {
    let message = "ä".repeat(5 * 1024 * 1024);
    let (captured, records, writer) = logged(|| {
        let _span = info_span!("span", order = 7).entered();
        info!(n = 1, "{message}");
        info!("short");
    });
    let lines = captured.lines();
    assert!(captured.text().len() < 257 * 1024, "{}", captured.text().len());
    let cut = text(&lines[0], "message").strip_suffix('…').unwrap();
    assert!(cut.len() > 120 * 1024 && message.starts_with(cut));
    assert_eq!((lines[0].get("n"), lines[0].get("order")), (&1.into(), &7.into()));
    assert!(lines[0].get("span_id").is_string());
    assert_eq!(lines[0].get("otel_kit.truncated"), true);
    assert_eq!((writer.losses().cut, writer.dropped()), (1, 0));
    assert_eq!(lines[1].fields().len(), 1);
    // The record says the same.
    assert!(records[0].body.as_str() == Some(text(&lines[0], "message")));
    assert_eq!(records[0].attr("otel_kit.truncated").to_string(), "true");
    assert_eq!(records[1].attributes.len(), 1);
}

/// A `Debug` that counts how much of it was wanted.
struct Endless<'a>(&'a std::cell::Cell<usize>);

impl fmt::Debug for Endless<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        loop {
            self.0.set(self.0.get() + 1);
            f.write_str("all work and no play ")?;
        }
    }
}

#[test]
fn a_debug_that_never_ends_is_stopped() {
    let steps = std::cell::Cell::new(0);
    let (captured, _, writer) = logged(|| info!(endless = ?Endless(&steps), "once"));
    let line = captured.line();
    assert!(text(&line, "endless").ends_with('…') && steps.get() < 10_000);
    assert_eq!((text(&line, "message"), writer.losses().cut), ("once", 1));
}

#[derive(Debug)]
#[allow(dead_code, reason = "only its Debug counts")]
struct Nested(Option<Box<Nested>>);

#[test]
fn deep_nesting_is_a_text_like_any_other() {
    let nested = (0..500).fold(Nested(None), |inner, _| Nested(Some(Box::new(inner))));
    let line = logged(|| info!(?nested, pretty = format!("{nested:#?}"))).0.line();
    assert_eq!(text(&line, "nested"), format!("{nested:?}"));
    // Deeper indentation than a line may hold.
    assert!(text(&line, "pretty").len() <= 128 * 1024 + "…".len());
}

#[test]
fn bytes_that_are_no_utf8_are_shown_escaped() {
    let line = logged(|| {
        let bytes = b"ok\xff\xfe\0".as_slice();
        info!(?bytes, text = %String::from_utf8_lossy(bytes), os = ?std::path::Path::new("a\u{7f}b"));
    });
    let line = line.0.line();
    assert_eq!(text(&line, "bytes"), "[111, 107, 255, 254, 0]");
    assert_eq!(text(&line, "text"), "ok\u{fffd}\u{fffd}\0");
}

#[test]
fn a_line_that_is_all_escapes_is_valid_and_within_its_limit() {
    let (captured, _, writer) = logged(|| info!(a = "\u{1}".repeat(100_000), b = "x".repeat(100_000), c = 1));
    assert!(captured.text().len() <= 256 * 1024);
    let line = captured.line();
    assert!(text(&line, "a").ends_with('…'));
    assert_eq!((line.get("otel_kit.truncated"), writer.losses().cut), (&true.into(), 1));
}
