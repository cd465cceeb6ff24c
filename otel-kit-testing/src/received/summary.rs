use std::fmt::{self, Write};

use otel_kit_core::Signal;

use super::{Received, ReceivedLog, ReceivedMetric, ReceivedRequest, ReceivedSpan, tree::kind_name};

/// Counts in one line, then the last items of each sort in one line each.
pub(super) fn summary(received: &Received) -> String {
    let counts = [
        plural(received.total_requests(), "request"),
        plural(received.total(Signal::Traces), "span"),
        plural(received.total(Signal::Metrics), "metric"),
        plural(received.total(Signal::Logs), "log record"),
        plural(received.rejections.total(), "rejection"),
    ];
    let mut text = counts.join(", ") + "\n";
    lines(&mut text, received.requests(), request);
    lines(&mut text, received.rejections(), |rejection| format!("rejected {rejection}"));
    lines(&mut text, received.spans(), span);
    lines(&mut text, received.metrics(), metric);
    lines(&mut text, received.log_records(), log_record);
    text
}

/// `1 span`, `2 spans`.
pub(crate) fn plural(count: impl fmt::Display, word: &str) -> String {
    let count = count.to_string();
    let ending = if count == "1" { "" } else { "s" };
    format!("{count} {word}{ending}")
}

fn lines<T>(text: &mut String, items: &[T], line: impl Fn(&T) -> String) {
    let hidden = items.len().saturating_sub(SHOWN);
    if hidden > 0 {
        let _ = writeln!(text, "  ... {hidden} before");
    }
    for item in items.iter().skip(hidden) {
        let _ = writeln!(text, "  {}", line(item));
    }
}

fn request(request: &ReceivedRequest) -> String {
    let ReceivedRequest { signal, protocol, path, encoded_len, .. } = request;
    format!("request {} {} {path} {encoded_len} bytes", signal.name(), protocol.name())
}

fn span(span: &ReceivedSpan) -> String {
    let mark = if span.is_error() { " ERROR" } else { "" };
    format!(
        "span {} \"{}\" {} trace {} id {} parent {}{mark}",
        span.service(),
        span.name,
        kind_name(&span.kind),
        span.trace_id,
        span.span_id,
        if span.is_root() { "none" } else { &span.parent_span_id },
    )
}

fn metric(metric: &ReceivedMetric) -> String {
    format!(
        "metric {} {} {:?} {}",
        metric.service(),
        metric.name,
        metric.kind,
        plural(metric.points.len(), "point")
    )
}

fn log_record(record: &ReceivedLog) -> String {
    format!("log record {} {} \"{}\"", record.service(), record.severity_text, record.body)
}

const SHOWN: usize = 20;
