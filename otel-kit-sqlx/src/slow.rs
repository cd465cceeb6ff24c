use std::time::Duration;

use opentelemetry::{KeyValue, StringValue};
use otel_kit_core::{
    operation::Operation,
    semconv::{
        attribute::{DB_QUERY_SUMMARY, OTEL_KIT_DB_DURATION},
        event::OTEL_KIT_DB_SLOW_STATEMENT,
    },
};

/// Notes on its span that a statement was slow.
pub(crate) fn note(operation: &Operation, duration: Duration) {
    if let Some(span) = operation.recording() {
        let attributes = vec![KeyValue::new(OTEL_KIT_DB_DURATION, duration.as_secs_f64())];
        span.add_event(OTEL_KIT_DB_SLOW_STATEMENT, attributes);
    }
}

/// Warns that a statement was slow; the line belongs to the current span.
pub(crate) fn warn(summary: &StringValue, duration: Duration) {
    tracing::warn!(
        { DB_QUERY_SUMMARY } = summary.as_str(),
        { OTEL_KIT_DB_DURATION } = duration.as_secs_f64(),
        "slow statement"
    );
}
