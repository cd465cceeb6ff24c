//! Log level and trace filter have nothing to do with each other.
#![allow(clippy::unwrap_used)] // helpers of tests

mod support;

use std::sync::Arc;

use otel_kit::{Builder, Guard, sdk::transport::Memory};
use otel_kit_testing::OtlpReceiver;
use tracing::dispatcher::with_default;

use support::{Lines, PLENTY, builder, environment, subscriber};

struct Kit {
    receiver: OtlpReceiver,
    lines: Lines,
    telemetry: Guard,
}

fn kit(change: impl FnOnce(Builder) -> Builder) -> Kit {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let telemetry = change(builder(&lines).endpoint(receiver.http_endpoint())).build().unwrap();
    Kit { receiver, lines, telemetry }
}

impl Kit {
    /// Spans, lines and log records of `work`.
    fn of(&self, work: impl FnOnce()) -> [Vec<String>; 3] {
        self.receiver.clear();
        let before = self.lines.messages().len();
        with_default(&subscriber(&self.telemetry), work);
        assert!(self.telemetry.flush(PLENTY).is_complete());
        let mut spans: Vec<_> = self.receiver.spans().into_iter().map(|span| span.name).collect();
        let mut records: Vec<_> =
            self.receiver.log_records().iter().map(|log| log.body.to_string()).collect();
        spans.sort();
        records.sort();
        let mut lines = self.lines.messages().split_off(before);
        lines.sort();
        [spans, lines, records]
    }
}

fn work() {
    tracing::info_span!("outer").in_scope(|| {
        tracing::debug!("debug");
        tracing::info_span!(target: "sql", "inner").in_scope(|| tracing::info!(target: "sql", "info"));
        tracing::warn!("warn");
    });
}

#[test]
fn the_log_level_never_cuts_a_trace() {
    for level in ["warn", "error", "off", "levels=off,warn"] {
        let kit = kit(|builder| builder.environment(environment(&[("RUST_LOG", level)])));
        let [spans, lines, records] = kit.of(work);
        assert_eq!(spans, ["inner", "outer"], "{level}");
        let expected: &[&str] = if level == "warn" { &["warn"] } else { &[] };
        assert_eq!((&*lines, &*records), (&own(expected)[..], &own(expected)[..]), "{level}");
        let received = kit.receiver.received();
        assert!(received.span("inner").unwrap().is_child_of(received.span("outer").unwrap()));
    }
}

#[test]
fn the_log_level_changes_at_run_time_and_the_traces_stay() {
    let kit = kit(|builder| builder);
    let steps: [(&str, &[&str]); 5] = [
        ("", &["info", "warn"]),
        ("debug", &["debug", "info", "warn"]),
        ("warn,sql=info", &["info", "warn"]),
        ("off", &[]),
        ("info", &["info", "warn"]),
    ];
    let layer = subscriber(&kit.telemetry);
    for (level, expected) in steps {
        if !level.is_empty() {
            kit.telemetry.set_log_level(level).unwrap();
        }
        // The subscriber is the same all the time.
        let [spans, lines, records] = kit.of(|| with_default(&layer, work));
        assert_eq!(spans, ["inner", "outer"], "{level}");
        assert_eq!((lines, records), (own(expected), own(expected)), "{level}");
    }
    let error = kit.telemetry.set_log_level("info,sql=loud").unwrap_err();
    assert!(error.to_string().contains("`sql=loud`"), "{error}");
    assert_eq!(kit.of(|| with_default(&layer, work))[1], ["info", "warn"]);
}

#[test]
fn the_trace_filter_cuts_spans_alone() {
    let kit = kit(|builder| {
        builder.configure(|config| {
            config.traces.filter = Some("info,sql=off".into());
            config.logs.level = Some("debug".into());
        })
    });
    let [spans, lines, records] = kit.of(work);
    assert_eq!(spans, ["outer"]);
    assert_eq!((lines, records), (own(&["debug", "info", "warn"]), own(&["debug", "info", "warn"])));
    let outer = kit.receiver.spans().remove(0);
    assert!(kit.receiver.log_records().iter().all(|log| log.span_id == outer.span_id));
}

#[test]
fn more_spans_than_lines_are_as_good() {
    let memory = Arc::new(Memory::new());
    let kit = kit(|builder| {
        builder.transport(otel_kit::transport::Signal::Logs, memory.clone()).configure(|config| {
            config.traces.filter = Some("trace".into());
            config.logs.level = Some("error".into());
        })
    });
    let [spans, lines, _] = kit.of(|| {
        tracing::trace_span!("finest").in_scope(|| {
            tracing::trace!("finest");
            tracing::error!("worst");
        });
    });
    assert_eq!((spans, lines), (own(&["finest"]), own(&["worst"])));
    // Records go the same way, even if code gave it.
    assert_eq!(memory.requests().iter().map(|request| request.items).sum::<usize>(), 1);
}

fn own(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
