use std::time::SystemTime;

use opentelemetry::{
    SpanId, TraceId,
    logs::{AnyValue, Severity},
};
use otel_kit_core::exception::Mechanism;

/// An exception on its way out, for `before_send`: change what must not leave the process as it is.
///
/// What is changed here is changed in the exported event and in the group's sample; the fingerprint stays.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Record {
    /// Name of the event.
    pub event_name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// When it happened.
    pub time: SystemTime,
    /// How it came to light.
    pub mechanism: Mechanism,
    /// Types of the error and of what is behind it, outermost first; never empty to begin with.
    pub types: Vec<String>,
    /// What the outermost error says.
    pub message: Option<String>,
    /// What the errors behind it say, unless it is said already.
    pub causes: Vec<String>,
    /// The stack trace.
    pub stacktrace: Option<String>,
    /// The operation, such as `POST /orders/{id}`, if it has a name.
    pub operation: Option<String>,
    /// Names of the `tracing` spans around a log event, outermost first.
    pub span_path: Vec<String>,
    /// Last log lines of the same trace, oldest first.
    pub log_lines: Vec<String>,
    /// More attributes of the event; none to begin with.
    pub attributes: Vec<(&'static str, AnyValue)>,
    pub(crate) trace_id: TraceId,
    pub(crate) span_id: SpanId,
    pub(crate) fingerprint: String,
    pub(crate) title: String,
}

impl Record {
    /// Type of the outermost error: `shop::Error::OutOfStock`.
    #[must_use]
    pub fn exception_type(&self) -> &str {
        self.types.first().map_or("", String::as_str)
    }

    /// The group: 16 hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The group, for people: type and message with placeholders.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The trace in which it happened; invalid if in none.
    #[must_use]
    pub const fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    /// The span in it.
    #[must_use]
    pub const fn span_id(&self) -> SpanId {
        self.span_id
    }

    /// The message with all causes, or the title: what a log line says.
    pub(crate) fn body(&self) -> String {
        match &self.message {
            None => self.title.clone(),
            Some(message) => self.causes.iter().fold(message.clone(), |body, cause| body + ": " + cause),
        }
    }
}
