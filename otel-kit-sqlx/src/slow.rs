use std::time::Duration;

use opentelemetry::{KeyValue, StringValue};
use otel_kit_core::{
    operation::Operation,
    semconv::{
        attribute::{DB_QUERY_SUMMARY, OTEL_KIT_DB_DURATION},
        event::OTEL_KIT_DB_SLOW_STATEMENT,
    },
};

/// Says that a statement was slow: an event on its span, and a warning that belongs to it.
pub(crate) fn report(operation: &Operation, summary: &StringValue, duration: Duration) {
    let seconds = duration.as_secs_f64();
    if let Some(span) = operation.recording() {
        let attributes = vec![KeyValue::new(OTEL_KIT_DB_DURATION, seconds)];
        span.add_event(OTEL_KIT_DB_SLOW_STATEMENT, attributes);
    }
    tracing::warn!(
        { DB_QUERY_SUMMARY } = summary.as_str(),
        { OTEL_KIT_DB_DURATION } = seconds,
        "slow statement"
    );
}
