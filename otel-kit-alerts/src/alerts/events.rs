//! Log records of alerts whose state has changed.

use std::{collections::HashMap, fmt::Write, time::SystemTime};

use opentelemetry::{
    Context, Key,
    logs::{AnyValue, Severity},
    trace::{SpanContext, TraceContextExt, TraceFlags, TraceState},
};
use otel_kit_core::{
    alert::{Alert, AlertState},
    log_event::LogEvent,
    semconv::{
        attribute::{
            ALERT_NAME, OTEL_KIT_ALERT_FINGERPRINT, OTEL_KIT_ALERT_LABELS, OTEL_KIT_ALERT_NAME,
            OTEL_KIT_ALERT_STATE, OTEL_KIT_ALERT_VALUE,
        },
        event::OTEL_KIT_ALERT,
    },
};

use crate::mask::redacted;

/// The record, in the trace that is behind the alert.
pub(super) fn event(alert: &Alert, now: SystemTime) -> LogEvent {
    let severity = if alert.state == AlertState::Firing { Severity::Warn } else { Severity::Info };
    let name = alert.labels.get(ALERT_NAME).cloned().unwrap_or_default();
    let labels: HashMap<Key, AnyValue> = alert
        .labels
        .iter()
        .map(|(name, value)| (Key::from(name.clone()), AnyValue::from(redacted(value).into_owned())))
        .collect();
    let mut event = LogEvent::new(OTEL_KIT_ALERT, severity, now, context(alert))
        .with_body(body(&name, alert))
        .with(OTEL_KIT_ALERT_NAME, name)
        .with(OTEL_KIT_ALERT_STATE, alert.state.name())
        .with(OTEL_KIT_ALERT_FINGERPRINT, alert.fingerprint.clone())
        .with(OTEL_KIT_ALERT_LABELS, AnyValue::Map(Box::new(labels)));
    if let Some(value) = alert.value {
        event = event.with(OTEL_KIT_ALERT_VALUE, value);
    }
    event
}

fn body(name: &str, alert: &Alert) -> String {
    let mut body = format!("alert {name} is {}", alert.state.name());
    if let Some(summary) = alert.annotations.get("summary") {
        let _ = write!(body, ": {}", redacted(summary));
    }
    body
}

fn context(alert: &Alert) -> Context {
    let Some((trace, span)) = alert.exemplar else { return Context::new() };
    let span = SpanContext::new(trace, span, TraceFlags::SAMPLED, true, TraceState::NONE);
    Context::new().with_remote_span_context(span)
}
