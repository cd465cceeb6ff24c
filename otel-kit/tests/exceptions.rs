//! Exceptions in groups, in telemetry of one's own.
#![cfg(feature = "exceptions")]
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{error::Error, io};

use otel_kit::{
    Guard, LogContext,
    exceptions::RecordError as _,
    opentelemetry::{
        Context,
        trace::{TraceContextExt, Tracer, TracerProvider},
    },
};
use otel_kit_testing::OtlpReceiver;
use support::{Lines, PLENTY, builder, subscriber};
use tracing::dispatcher::with_default;

fn disk_full() -> io::Error {
    io::Error::new(io::ErrorKind::StorageFull, "no room on disk 7")
}

/// What goes wrong in a span of a request.
fn within_a_request(telemetry: &Guard, fail: impl FnOnce()) {
    let span = telemetry.tracer_provider().tracer("test").start("POST /orders");
    let context =
        LogContext::new().with("http.route", "/orders").in_context(&Context::current_with_span(span));
    let _attached = context.attach();
    fail();
}

#[test]
fn a_recorded_error_is_a_log_record_a_line_and_a_group_with_its_trace() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let telemetry = builder(&lines).endpoint(receiver.http_endpoint()).build().unwrap();
    within_a_request(&telemetry, || disk_full().record_to(telemetry.kit()));
    assert!(telemetry.flush(PLENTY).is_complete());

    let (span, record) = (receiver.spans().remove(0), receiver.log_records().remove(0));
    let line = lines.json().into_iter().find(|line| line["exception.type"].is_string()).unwrap();
    let group = telemetry.exceptions().remove(0);
    assert_eq!((record.trace_id.as_str(), record.severity_number), (span.trace_id.as_str(), 17));
    assert_eq!(line["trace_id"], *record.trace_id);
    assert_eq!(group.sample.trace_id.to_string(), record.trace_id);
    assert_eq!(*record.attr("exception.message"), "no room on disk 7");
    assert_eq!(*record.attr("http.route"), "/orders");
    assert_eq!(*record.attr("exception.fingerprint"), group.fingerprint);
    assert_eq!(line["exception.fingerprint"], group.fingerprint);
    assert!(span.is_error(), "{span:?}");
    let explained = telemetry.explain_exception(&group.fingerprint).unwrap();
    assert!(explained.lines().count() > 3, "{explained}");
    assert_eq!(telemetry.explain_exception("0000000000000000"), None);
}

#[test]
fn an_event_with_an_error_is_an_exception_with_the_last_lines_of_its_trace() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let telemetry = builder(&lines).endpoint(receiver.http_endpoint()).build().unwrap();
    with_default(&subscriber(&telemetry), || {
        within_a_request(&telemetry, || {
            tracing::info!("charging the card");
            tracing::error!(error = &disk_full() as &dyn Error, "order is lost");
        });
    });
    assert!(telemetry.flush(PLENTY).is_complete());
    let records = receiver.log_records();
    let exception =
        records.iter().find(|record| record.attr("exception.fingerprint").as_str().is_some()).unwrap();
    assert_eq!(*exception.attr("exception.mechanism"), "log");
    assert!(exception.attr("exception.log_lines").to_string().contains("charging the card"), "{exception:?}");
    assert_eq!(telemetry.exceptions().len(), 1);
    assert_eq!(records.len(), 3, "two lines and one exception: {records:?}");
}

#[test]
fn what_is_ignored_kept_in_or_switched_off_is_not_exported() {
    let exported = |configure: fn(&mut otel_kit::config::PartialConfig), keep: bool| {
        let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
        let builder = builder(&lines).endpoint(receiver.http_endpoint()).configure(configure);
        let telemetry = builder.before_send(move |_| keep).build().unwrap();
        disk_full().record_to(telemetry.kit());
        assert!(telemetry.flush(PLENTY).is_complete());
        (receiver.log_records().len(), telemetry.exceptions().len())
    };
    assert_eq!(exported(|_| (), true), (1, 1));
    assert_eq!(exported(|_| (), false), (0, 1));
    assert_eq!(exported(|config| config.exceptions.enabled = Some(false), true), (0, 0));
    let ignore = |config: &mut otel_kit::config::PartialConfig| {
        let mut entry = otel_kit::config::PartialExceptionMatch::default();
        entry.message = Some("^no room".to_owned());
        config.exceptions.ignore = Some(vec![entry]);
    };
    assert_eq!(exported(ignore, true), (0, 0));
}

#[test]
fn a_rule_that_cannot_hold_is_refused_with_its_place() {
    let lines = Lines::default();
    let file = "exceptions:\n  ignore:\n    - {type: a}\n    - {message: '('}\n";
    let error = builder(&lines).config_text("otel-kit.yaml", file).build().unwrap_err().to_string();
    assert!(error.starts_with("otel-kit.yaml:4:8: exceptions.ignore[1].message: "), "{error}");
}

#[test]
fn what_is_recorded_last_is_exported_before_the_end() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let telemetry = builder(&lines).endpoint(receiver.http_endpoint()).build().unwrap();
    disk_full().record_to(telemetry.kit());
    assert!(telemetry.shutdown(PLENTY).is_complete());
    assert_eq!(receiver.log_records().len(), 1);
    disk_full().record_to(telemetry.kit());
    assert!(lines.json().iter().any(|line| line["exception.type"].is_string()));
}
