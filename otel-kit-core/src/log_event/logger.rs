use std::fmt;

use opentelemetry::{
    Array, Context, Value,
    logs::{AnyValue, LogRecord, Logger},
    trace::TraceContextExt,
};

use super::{LogEvent, LogEventSink};
use crate::LogContext;

/// Sends the kit's own events to a logger of any OpenTelemetry SDK, with the fields of their [`LogContext`].
pub struct EventLogger<L>(L);

impl<L> EventLogger<L> {
    /// To this logger.
    pub const fn new(logger: L) -> Self {
        Self(logger)
    }
}

impl<L: Logger + Send + Sync> LogEventSink for EventLogger<L> {
    fn emit(&self, event: LogEvent) {
        let span = event.context.span().span_context().clone();
        let fields = LogContext::of(&event.context);
        let mut log = self.0.create_log_record();
        log.set_timestamp(event.time);
        log.set_observed_timestamp(event.time);
        log.set_severity_number(event.severity);
        log.set_severity_text(event.severity.name());
        log.set_event_name(event.name);
        if let Some(body) = event.body {
            log.set_body(AnyValue::from(body));
        }
        let is_free = |key: &str| event.attributes.iter().all(|(name, _)| *name != key);
        let further = fields.iter().filter(|(key, _)| is_free(key.as_str()));
        log.add_attributes(further.map(|(key, value)| (key.clone(), any_value(value))));
        log.add_attributes(event.attributes);
        if span.is_valid() {
            log.set_trace_context(span.trace_id(), span.span_id(), Some(span.trace_flags()));
        }
        // Who makes events may do so in another span, or where telemetry is suppressed; neither is theirs.
        let _own = Context::new().attach();
        self.0.emit(log);
    }
}

impl<L> fmt::Debug for EventLogger<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventLogger").finish_non_exhaustive()
    }
}

fn any_value(value: &Value) -> AnyValue {
    match value {
        Value::Bool(value) => AnyValue::Boolean(*value),
        Value::I64(value) => AnyValue::Int(*value),
        Value::F64(value) => AnyValue::Double(*value),
        Value::String(value) => AnyValue::String(value.clone()),
        Value::Array(Array::Bool(values)) => values.iter().copied().collect(),
        Value::Array(Array::I64(values)) => values.iter().copied().collect(),
        Value::Array(Array::F64(values)) => values.iter().copied().collect(),
        Value::Array(Array::String(values)) => values.iter().cloned().collect(),
        other => AnyValue::from(other.to_string()),
    }
}
