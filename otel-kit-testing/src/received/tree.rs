use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
    time::Duration,
};

use opentelemetry::trace::{SpanKind, Status};

use super::{ReceivedLog, ReceivedSpan, summary::plural};

/// One trace as an indented tree. Every span and every log record is in it exactly once, also those whose
/// parent is missing or that form a circle.
pub(super) fn tree(trace_id: &str, spans: &[&ReceivedSpan], log_records: &[&ReceivedLog]) -> String {
    let mut tree = Tree::new(spans, log_records);
    tree.heading(trace_id);
    for root in tree.roots() {
        tree.walk(root);
    }
    for rest in 0..spans.len() {
        tree.walk(rest);
    }
    tree.lost_log_records();
    tree.text
}

/// `server`, `client`, ...
pub(super) fn kind_name(kind: &SpanKind) -> &'static str {
    match kind {
        SpanKind::Server => "server",
        SpanKind::Client => "client",
        SpanKind::Producer => "producer",
        SpanKind::Consumer => "consumer",
        SpanKind::Internal => "internal",
    }
}

struct Tree<'a> {
    spans: &'a [&'a ReceivedSpan],
    /// Positions in `spans` by the id of the parent, in the order of their start.
    children: HashMap<&'a str, Vec<usize>>,
    log_records: HashMap<&'a str, Vec<&'a ReceivedLog>>,
    ids: HashSet<&'a str>,
    done: HashSet<usize>,
    text: String,
}

/// A span still to be printed.
struct Branch {
    span: usize,
    /// What stands before its own lines' branch.
    indent: String,
    position: Position,
}

#[derive(Clone, Copy)]
enum Position {
    Root,
    Between,
    Last,
}

impl<'a> Tree<'a> {
    fn new(spans: &'a [&'a ReceivedSpan], log_records: &'a [&'a ReceivedLog]) -> Self {
        let mut order: Vec<usize> = (0..spans.len()).collect();
        order.sort_by_key(|position| spans.get(*position).map(|span| span.start_nanos));
        let mut children: HashMap<_, Vec<_>> = HashMap::new();
        for position in order {
            if let Some(span) = spans.get(position) {
                children.entry(span.parent_span_id.as_str()).or_default().push(position);
            }
        }
        let mut records: HashMap<_, Vec<_>> = HashMap::new();
        for record in log_records {
            records.entry(record.span_id.as_str()).or_default().push(*record);
        }
        Self {
            spans,
            children,
            log_records: records,
            ids: spans.iter().map(|span| span.span_id.as_str()).collect(),
            done: HashSet::new(),
            text: String::new(),
        }
    }

    fn heading(&mut self, trace_id: &str) {
        let start = self.spans.iter().map(|span| span.start_nanos).min().unwrap_or_default();
        let end = self.spans.iter().map(|span| span.end_nanos).max().unwrap_or_default();
        let services: HashSet<_> = self.spans.iter().map(|span| span.service()).collect();
        let (spans, services) = (plural(self.spans.len(), "span"), plural(services.len(), "service"));
        let took = duration(Duration::from_nanos(end.saturating_sub(start)));
        let _ = writeln!(self.text, "trace {trace_id}: {spans}, {services}, {took}");
    }

    fn roots(&self) -> Vec<usize> {
        let mut roots: Vec<_> = (0..self.spans.len())
            .filter(|span| !self.spans.get(*span).is_some_and(|span| self.has_parent(span)))
            .collect();
        roots.sort_by_key(|span| self.spans.get(*span).map(|span| span.start_nanos));
        roots
    }

    fn has_parent(&self, span: &ReceivedSpan) -> bool {
        !span.is_root() && self.ids.contains(span.parent_span_id.as_str())
    }

    fn walk(&mut self, root: usize) {
        let mut open = vec![Branch { span: root, indent: String::new(), position: Position::Root }];
        while let Some(branch) = open.pop() {
            if self.done.insert(branch.span) {
                open.extend(self.print(branch));
            }
        }
    }

    /// Prints a span with its log records; its children are what it returns, the last one first.
    fn print(&mut self, branch: Branch) -> Vec<Branch> {
        let Some(span) = self.spans.get(branch.span).copied() else { return Vec::new() };
        let (fork, below) = branch.position.lines();
        let missing = !span.is_root() && !self.has_parent(span);
        let _ = writeln!(self.text, "{}{fork}{}", branch.indent, line(span, missing));
        let indent = deeper(branch.indent, below);
        let children: Vec<_> = self
            .children
            .remove(span.span_id.as_str())
            .unwrap_or_default()
            .into_iter()
            .filter(|child| !self.done.contains(child))
            .collect();
        let bar = if children.is_empty() { "   " } else { "│  " };
        for record in self.log_records.remove(span.span_id.as_str()).unwrap_or_default() {
            let _ = writeln!(self.text, "{indent}{bar}{}", log_line(record));
        }
        let count = children.len();
        let branches = children.into_iter().enumerate().map(|(number, span)| Branch {
            span,
            indent: indent.clone(),
            position: if number + 1 == count { Position::Last } else { Position::Between },
        });
        branches.rev().collect()
    }

    fn lost_log_records(&mut self) {
        let mut lost: Vec<_> = self.log_records.drain().flat_map(|(_, records)| records).collect();
        lost.sort_by_key(|record| record.time_nanos.max(record.observed_nanos));
        for record in lost {
            let _ = writeln!(self.text, "{}", log_line(record));
        }
    }
}

impl Position {
    /// What stands before the span, and before everything below it.
    fn lines(self) -> (&'static str, &'static str) {
        match self {
            Self::Root => ("", ""),
            Self::Between => ("├─ ", "│  "),
            Self::Last => ("└─ ", "   "),
        }
    }
}

fn line(span: &ReceivedSpan, parent_missing: bool) -> String {
    let mut line = format!(
        "{}  {}  {}  {}",
        span.service(),
        span.name,
        kind_name(&span.kind),
        duration(span.duration())
    );
    if let Status::Error { description } = &span.status {
        line.push_str("  ERROR");
        if !description.is_empty() {
            let _ = write!(line, " {}", one_line(description));
        }
    }
    if parent_missing {
        let _ = write!(line, "  (parent {} not received)", span.parent_span_id);
    }
    line
}

fn log_line(record: &ReceivedLog) -> String {
    format!("· {} {}", record.severity_text, one_line(&record.body.to_string()))
}

fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

/// Three digits at most: `950µs`, `12.3ms`, `1.25s`.
fn duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    let (unit, name) = match nanos {
        0..1_000 => return format!("{nanos}ns"),
        1_000..1_000_000 => (1_000, "µs"),
        1_000_000..1_000_000_000 => (1_000_000, "ms"),
        _ => (1_000_000_000, "s"),
    };
    let (whole, hundredths) = (nanos / unit, nanos % unit * 100 / unit);
    match whole {
        100.. => format!("{whole}{name}"),
        _ if hundredths == 0 => format!("{whole}{name}"),
        10.. => format!("{whole}.{}{name}", hundredths / 10),
        _ => format!("{whole}.{hundredths:02}{name}"),
    }
}

/// Very deep traces stop moving to the right, or the text would grow with the square of the depth.
fn deeper(indent: String, below: &str) -> String {
    if indent.chars().count() < MAX_INDENT { indent + below } else { indent }
}

const MAX_INDENT: usize = 120;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::received::Received;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    #[test]
    fn services_kinds_durations_errors_and_log_records_are_shown() {
        let shop = Received::from_json_lines(include_str!("../../tests/data/shop.jsonl")).unwrap();
        let expected = "\
trace 4bf92f3577b34da6a3ce929d0e0e4736: 3 spans, 2 services, 60ms
gateway  GET /orders/{id}  server  60ms
├─ gateway  GET  client  40ms  ERROR timed out
│     · WARN payment is slow
└─ stock  GET /stock  server  12.5ms
";
        assert_eq!(shop.tree(TRACE), expected);
    }

    #[test]
    fn spans_whose_parent_is_missing_are_roots_that_say_so() {
        let received = received(&[(2, 1), (3, 2), (4, 0)]);
        let expected = "  internal  0ns  (parent 0000000000000001 not received)\n└─   3  internal";
        let tree = received.tree(TRACE);
        assert!(tree.contains(expected), "{tree}");
        assert!(tree.ends_with("\n  4  internal  0ns\n"), "{tree}");
    }

    #[test]
    fn log_records_lie_between_a_span_and_its_children() {
        let mut text = json_line(&[(1, 0), (2, 1), (3, 2), (4, 1)]);
        let record = |span: u64, body: &str| {
            json!({"traceId": TRACE, "spanId": format!("{span:016x}"), "severityText": "INFO",
                "body": {"stringValue": body}})
        };
        let records = [record(2, "two\nlines"), record(3, "deep"), record(9, "lost")];
        text += &json!({"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]}).to_string();
        let tree = Received::from_json_lines(&text).unwrap().tree(TRACE);
        let lines: Vec<_> = tree.lines().map(str::trim_end).skip(1).collect();
        let expected = [
            "  1  internal  0ns",
            "├─   2  internal  0ns",
            "│  │  · INFO two lines",
            "│  └─   3  internal  0ns",
            "│        · INFO deep",
            "└─   4  internal  0ns",
            "· INFO lost",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn durations_have_at_most_four_digits() {
        let text = |nanos| duration(Duration::from_nanos(nanos));
        assert_eq!(text(7), "7ns");
        assert_eq!(text(950_000), "950µs");
        assert_eq!(text(1_250_000), "1.25ms");
        assert_eq!(text(12_340_000), "12.3ms");
        assert_eq!(text(40_000_000), "40ms");
        assert_eq!(text(999_999_999), "999ms");
        assert_eq!(text(61_000_000_000), "61s");
    }

    #[test]
    fn a_very_deep_trace_stays_small() {
        let chain: Vec<_> = (1..=3000).map(|id| (id, id - 1)).collect();
        let tree = received(&chain).tree(TRACE);
        assert_eq!(tree.lines().count(), 3001);
        assert!(tree.len() < 3001 * 300, "{}", tree.len());
    }

    proptest! {
        #[test]
        fn every_span_is_shown_exactly_once_whatever_the_parents(
            parents in prop::collection::vec((0_u64..12, 0_u64..12), 0..12),
        ) {
            let tree = received(&parents).tree(TRACE);
            prop_assert_eq!(tree.lines().count(), parents.len() + 1, "{}", tree);
            for (id, _) in &parents {
                let shown = tree.lines().filter(|line| line.contains(&format!("  {id}  internal"))).count();
                prop_assert_eq!(shown, parents.iter().filter(|(other, _)| other == id).count());
            }
        }
    }

    /// Spans of given ids and parents (0 is none), named after their ids.
    fn received(spans: &[(u64, u64)]) -> Received {
        Received::from_json_lines(&json_line(spans)).unwrap()
    }

    fn json_line(spans: &[(u64, u64)]) -> String {
        let id = |id: u64| if id == 0 { String::new() } else { format!("{id:016x}") };
        let spans: Vec<_> = spans
            .iter()
            .map(|(span, parent)| {
                json!({"traceId": TRACE, "spanId": id(*span), "parentSpanId": id(*parent),
                    "name": span.to_string()})
            })
            .collect();
        format!("{}\n", json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}))
    }
}
