use std::{fmt, sync::Arc};

use opentelemetry_proto::tonic::logs::v1 as proto;

use super::{Attributes, Resource, Scope, Value, value::hex};

/// A log record with where it came from.
///
/// ```
/// # let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shop.jsonl"));
/// # use otel_kit_testing::received::Received;
/// let received = Received::from_json_lines(shop)?;
/// let record = received.log_records().first().ok_or("no log record")?;
/// assert_eq!(record.body, "payment is slow");
/// assert_eq!(record.severity_text, "WARN");
/// assert_eq!(record.attr("waited_ms"), 40);
/// assert_eq!(Some(&record.span_id), received.span("GET").map(|span| &span.span_id));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ReceivedLog {
    /// The message.
    pub body: Value,
    /// Level as the source names it; empty if not told.
    pub severity_text: String,
    /// [Level as a number](https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber),
    /// 1 to 24; 0 if not told.
    pub severity_number: i32,
    /// When it happened, nanoseconds since 1970; 0 if not told.
    pub time_nanos: u64,
    /// When it was seen first, nanoseconds since 1970; 0 if not told.
    pub observed_nanos: u64,
    /// Id of the trace it belongs to, 32 lower-case hex digits; empty if none.
    pub trace_id: String,
    /// Id of the span it belongs to, 16 lower-case hex digits; empty if none.
    pub span_id: String,
    /// W3C trace flags in the low eight bits.
    pub flags: u32,
    /// Name, for a record that is an event; else empty.
    pub event_name: String,
    /// Attributes.
    pub attributes: Attributes,
    /// Attributes that a limit of the sender removed.
    pub dropped: u32,
    /// Where it came from.
    pub resource: Arc<Resource>,
    /// Which library made it.
    pub scope: Arc<Scope>,
}

impl ReceivedLog {
    /// An attribute's value, [`Value::Absent`] if there is none.
    #[must_use]
    pub fn attr(&self, key: &str) -> &Value {
        self.attributes.get(key)
    }

    /// `service.name` of the resource; empty if there is none.
    #[must_use]
    pub fn service(&self) -> &str {
        self.resource.service()
    }

    pub(super) fn from_proto(record: proto::LogRecord, resource: &Arc<Resource>, scope: &Arc<Scope>) -> Self {
        Self {
            body: Value::from_proto(record.body),
            severity_text: record.severity_text,
            severity_number: record.severity_number,
            time_nanos: record.time_unix_nano,
            observed_nanos: record.observed_time_unix_nano,
            trace_id: hex(&record.trace_id),
            span_id: hex(&record.span_id),
            flags: record.flags,
            event_name: record.event_name,
            attributes: Attributes::from_proto(record.attributes),
            dropped: record.dropped_attributes_count,
            resource: Arc::clone(resource),
            scope: Arc::clone(scope),
        }
    }
}

/// Without what is empty, and of the resource and the scope only the names.
impl fmt::Debug for ReceivedLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("ReceivedLog");
        out.field("body", &self.body).field("severity", &self.severity_text);
        out.field("service", &self.service()).field("scope", &self.scope.name);
        if !self.trace_id.is_empty() {
            out.field("trace_id", &self.trace_id).field("span_id", &self.span_id);
        }
        if !self.event_name.is_empty() {
            out.field("event_name", &self.event_name);
        }
        out.field("attributes", &self.attributes).finish()
    }
}
