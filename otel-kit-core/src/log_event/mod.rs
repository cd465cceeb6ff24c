//! Log records that the kit makes itself, and where they go.

mod logger;

use std::{fmt, time::SystemTime};

use opentelemetry::{
    Context,
    logs::{AnyValue, Severity},
};

pub use self::logger::EventLogger;

/// A named log record that the kit itself makes, such as that of an exception: an
/// [event](https://opentelemetry.io/docs/specs/otel/logs/data-model/#events) as plain data.
///
/// ```
/// use std::time::SystemTime;
/// use opentelemetry::{Context, logs::Severity};
/// use otel_kit_core::{log_event::LogEvent, semconv::attribute::EXCEPTION_TYPE};
///
/// let event = LogEvent::new("exception", Severity::Error, SystemTime::now(), Context::current())
///     .with_body("disk full")
///     .with(EXCEPTION_TYPE, "std::io::Error");
/// assert_eq!(event.attributes.len(), 1);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LogEvent {
    /// Name of the event.
    pub name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// When it happened.
    pub time: SystemTime,
    /// Where it belongs to: the span's ids, and the fields of its log lines.
    pub context: Context,
    /// What it says to people.
    pub body: Option<String>,
    /// What it says to programs.
    pub attributes: Vec<(&'static str, AnyValue)>,
}

impl LogEvent {
    /// An event without body and attributes.
    #[must_use]
    pub const fn new(name: &'static str, severity: Severity, time: SystemTime, context: Context) -> Self {
        Self { name, severity, time, context, body: None, attributes: Vec::new() }
    }

    /// With a text for people.
    #[must_use]
    pub fn with_body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// With one more attribute.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<AnyValue>) -> Self {
        self.attributes.push((key, value.into()));
        self
    }
}

/// Takes the kit's own events to where log records go.
pub trait LogEventSink: fmt::Debug + Send + Sync {
    /// Takes one event. It must not block.
    fn emit(&self, event: LogEvent);
}
