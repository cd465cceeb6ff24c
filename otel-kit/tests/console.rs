//! What a developer sees at a terminal.
#![allow(clippy::unwrap_used, clippy::panic)] // helpers of tests

mod support;

use otel_kit::Builder;
use tracing::dispatcher::with_default;

use support::{Lines, PLENTY, builder, environment, subscriber};

/// What an order leaves on the output.
fn shown(change: impl FnOnce(Builder) -> Builder) -> String {
    let lines = Lines::default();
    let telemetry = change(builder(&lines)).build().unwrap();
    with_default(&subscriber(&telemetry), || {
        tracing::info_span!("order", order.id = 7).in_scope(|| {
            tracing::info_span!("pay").in_scope(|| tracing::warn!(attempt = 2, "slow bank"));
        });
    });
    assert!(telemetry.flush(PLENTY).is_complete());
    lines.text()
}

#[test]
fn without_an_endpoint_a_terminal_shows_readable_lines_and_finished_traces() {
    let shown = shown(|builder| builder.terminal(true).environment(environment(&[("NO_COLOR", "1")])));
    let lines: Vec<&str> = shown.lines().collect();
    // Lines and traces are written by different threads.
    let (line, tree): (Vec<&str>, Vec<&str>) = lines.into_iter().partition(|line| line.contains("slow bank"));
    let ([line], [order, pay]) = (&line[..], &tree[..]) else { panic!("{shown}") };
    let trace = line.rsplit_once("trace=").map(|(_, id)| id).unwrap_or_default();
    assert_eq!(trace.len(), 8, "{shown}");
    assert!(line.contains("WARN") && line.contains("attempt=2"), "{shown}");
    assert!(order.starts_with("order ") && order.contains("order.id=7"), "{shown}");
    assert!(order.ends_with(&format!("trace={trace}")), "{shown}");
    assert!(pay.starts_with("└─ pay "), "{shown}");
    assert!(!shown.contains('\u{1b}'), "{shown:?}");
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let coloured = |terminal: bool, variables: &[(&str, &str)]| {
        let variables = environment(variables);
        shown(|builder| builder.terminal(terminal).environment(variables)).contains('\u{1b}')
    };
    assert!(coloured(true, &[]));
    assert!(coloured(true, &[("NO_COLOR", "")]));
    assert!(!coloured(true, &[("NO_COLOR", "1")]));
    assert!(!coloured(false, &[("OTEL_TRACES_EXPORTER", "console")]));
    assert!(!shown(|builder| builder).contains('\u{1b}')); // an output that is given is no terminal
}

#[test]
fn elsewhere_there_are_json_lines_alone() {
    let shown = shown(|builder| builder.terminal(false));
    let line: serde_json::Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&line["message"], &line["attempt"]), (&"slow bank".into(), &2.into()));
    assert_eq!(line["trace_id"].as_str().map(str::len), Some(32));
}

#[test]
fn with_an_endpoint_a_terminal_shows_lines_alone() {
    let receiver = otel_kit_testing::OtlpReceiver::start().unwrap();
    let shown = shown(|builder| builder.terminal(true).endpoint(receiver.http_endpoint()));
    assert_eq!((shown.lines().count(), receiver.spans().len()), (1, 2), "{shown}");
}

#[test]
fn the_console_is_an_exporter_that_can_be_chosen_for_traces_and_metrics() {
    let lines = Lines::default();
    let variables = environment(&[("OTEL_TRACES_EXPORTER", "console"), ("OTEL_METRICS_EXPORTER", "console")]);
    let telemetry = builder(&lines).environment(variables).build().unwrap();
    support::work_with(&telemetry);
    assert!(telemetry.flush(PLENTY).is_complete());
    let text = lines.text();
    assert!(text.contains("\"message\":\"working\""), "{text}");
    assert!(text.lines().any(|line| line.starts_with("work ")), "{text}");
    assert!(text.lines().any(|line| line.starts_with("jobs{} 1")), "{text}");
}
