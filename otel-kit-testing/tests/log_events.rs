//! Events that the kit makes itself, as log records.

#![allow(clippy::panic, reason = "a record that is missing fails its test")]

use std::time::{Duration, SystemTime};

use opentelemetry::{
    Context,
    logs::Severity,
    trace::{SpanContext, TraceContextExt, TraceFlags, TraceState},
};
use otel_kit_core::{LogContext, log_event::LogEvent};
use otel_kit_testing::Telemetry;

#[test]
fn a_record_has_all_of_the_event_and_belongs_to_its_span_wherever_it_is_made() {
    let telemetry = Telemetry::new();
    let span =
        SpanContext::new(0xabc_u128.into(), 0xd_u64.into(), TraceFlags::SAMPLED, true, TraceState::NONE);
    let context = Context::new().with_remote_span_context(span);
    let context = LogContext::new().with("http.route", "/orders").with("count", 2).in_context(&context);
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(7);
    let event = LogEvent::new("exception", Severity::Fatal, time, context);

    let _elsewhere = Context::enter_telemetry_suppressed_scope();
    telemetry.kit().emit(event.with_body("disk full").with("count", 7));

    let logs = telemetry.log_records();
    let [log] = &logs[..] else { panic!("{logs:?}") };
    assert_eq!((log.event_name.as_str(), log.severity_number), ("exception", 21));
    assert_eq!(log.body, "disk full");
    assert_eq!(log.severity_text, "FATAL");
    assert_eq!((log.time_nanos, log.observed_nanos), (7_000_000_000, 7_000_000_000));
    assert_eq!(
        (log.trace_id.as_str(), log.span_id.as_str()),
        ("00000000000000000000000000000abc", "000000000000000d")
    );
    assert_eq!(log.flags, 1);
    assert_eq!(*log.attr("count"), 7);
    assert_eq!(*log.attr("http.route"), "/orders");
    assert_eq!(log.attributes.len(), 2);
}

#[test]
fn a_record_outside_of_any_span_is_in_none() {
    let telemetry = Telemetry::new();
    let event = LogEvent::new("exception", Severity::Error, SystemTime::UNIX_EPOCH, Context::new());
    let span =
        SpanContext::new(0xabc_u128.into(), 0xd_u64.into(), TraceFlags::SAMPLED, true, TraceState::NONE);
    let _current = Context::new().with_remote_span_context(span).attach();
    telemetry.kit().emit(event);
    assert_eq!(telemetry.log_records()[0].trace_id, "");
}
