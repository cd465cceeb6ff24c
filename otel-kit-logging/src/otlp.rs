//! Records as OpenTelemetry log records.

use std::{borrow::Cow, cell::Cell};

use opentelemetry::{
    Array, Context, Value as ContextValue,
    logs::{AnyValue, LogRecord, Logger, Severity},
    trace::TraceContextExt,
};
use otel_kit_core::{
    diag,
    semconv::attribute::{EVENT_NAME, EXCEPTION_MESSAGE, EXCEPTION_TYPE, OTEL_KIT_TRUNCATED},
};
use tracing_core::Level;

use crate::record::{ErrorValue, Name, Record, Target, Value};

/// A logger of any OpenTelemetry SDK.
pub(crate) trait LogSink: Send + Sync {
    /// Sends the record, unless it is about the telemetry itself.
    fn send(&self, record: &Record<'_>);
}

pub(crate) struct Otlp<L>(pub(crate) L);

impl<L> LogSink for Otlp<L>
where
    L: Logger + Send + Sync,
{
    fn send(&self, record: &Record<'_>) {
        let severity = severity(record.level);
        let wanted = record.has_context
            && !is_own(record.target.as_str())
            && !Context::is_current_telemetry_suppressed()
            && self.0.event_enabled(severity, record.target.as_str(), record.name);
        if wanted && let Some(_sending) = Sending::start() {
            self.emit(record, severity);
        }
    }
}

impl<L: Logger> Otlp<L> {
    fn emit(&self, record: &Record<'_>, severity: Severity) {
        let mut log = self.0.create_log_record();
        log.set_timestamp(record.time);
        log.set_observed_timestamp(record.time);
        log.set_severity_number(severity);
        log.set_severity_text(record.level.as_str());
        log.set_target(match record.target {
            Target::Static(target) => Cow::Borrowed(target),
            Target::Borrowed(target) => Cow::Owned(target.to_owned()),
        });
        if let Some(name) = record.name {
            log.set_event_name(name);
        }
        if let Some(message) = record.message {
            log.set_body(any_value(message));
        }
        // The name of the event has its own place in OTLP.
        let own = record
            .own_fields()
            .filter(|(name, _)| record.name.is_none() || !name.is(Name::plain(EVENT_NAME)));
        log.add_attributes(own.map(|(name, value)| (name.full(), any_value(value))));
        if let Some(error) = record.error {
            add_exception(record, error, &mut log);
        }
        if record.is_cut && record.is_free(OTEL_KIT_TRUNCATED) {
            log.add_attribute(OTEL_KIT_TRUNCATED, true);
        }
        let context = record.context_fields();
        log.add_attributes(context.map(|(name, value)| (name.full().into_owned(), any_value(value))));
        let _outside = match record.place.ids {
            Some(ids) => {
                log.set_trace_context(ids.trace_id, ids.span_id, Some(ids.flags));
                None
            }
            // The SDK would fill in the current span's.
            None => Context::map_current(Context::has_active_span).then(|| Context::new().attach()),
        };
        self.0.emit(log);
    }
}

/// An error where [exceptions] have their place, unless the event says so itself.
///
/// [exceptions]: https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/
fn add_exception(record: &Record<'_>, error: ErrorValue<'_>, log: &mut impl LogRecord) {
    let attributes = [(EXCEPTION_TYPE, error.kind), (EXCEPTION_MESSAGE, Some(error.message))];
    for (name, value) in attributes {
        if let Some(value) = value.filter(|_| record.is_free(name)) {
            log.add_attribute(name, any_value(value));
        }
    }
}

/// Lives while a record is handed to the SDK: what the SDK has to say about it must not follow it.
struct Sending;

impl Sending {
    /// `None` if this thread is sending a record already.
    fn start() -> Option<Self> {
        (!SENDING.replace(true)).then_some(Self)
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        SENDING.set(false);
    }
}

thread_local! {
    static SENDING: Cell<bool> = const { Cell::new(false) };
}

fn is_own(target: &str) -> bool {
    target.strip_prefix(diag::TARGET).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

const fn severity(level: Level) -> Severity {
    match level {
        Level::ERROR => Severity::Error,
        Level::WARN => Severity::Warn,
        Level::INFO => Severity::Info,
        Level::DEBUG => Severity::Debug,
        Level::TRACE => Severity::Trace,
    }
}

/// The mapping of [arbitrary data to OTLP]: integers beyond 64 bits with sign are decimal strings.
///
/// [arbitrary data to OTLP]: https://opentelemetry.io/docs/specs/otel/common/attribute-type-mapping/
fn any_value(value: Value<'_>) -> AnyValue {
    match value {
        Value::Bool(value) => AnyValue::Boolean(value),
        Value::I64(value) => AnyValue::Int(value),
        Value::U64(value) => match i64::try_from(value) {
            Ok(value) => AnyValue::Int(value),
            Err(_) => AnyValue::from(value.to_string()),
        },
        Value::F64(value) => AnyValue::Double(value),
        Value::Text(value) => AnyValue::from(value.to_owned()),
        Value::Texts(values) => values.iter().map(str::to_owned).collect(),
        Value::Context(value) => context_value(value),
    }
}

fn context_value(value: &ContextValue) -> AnyValue {
    match value {
        ContextValue::Bool(value) => AnyValue::Boolean(*value),
        ContextValue::I64(value) => AnyValue::Int(*value),
        ContextValue::F64(value) => AnyValue::Double(*value),
        ContextValue::String(value) => AnyValue::String(value.clone()),
        ContextValue::Array(Array::Bool(values)) => values.iter().copied().collect(),
        ContextValue::Array(Array::I64(values)) => values.iter().copied().collect(),
        ContextValue::Array(Array::F64(values)) => values.iter().copied().collect(),
        ContextValue::Array(Array::String(values)) => values.iter().cloned().collect(),
        other => AnyValue::from(other.to_string()),
    }
}
