use std::{fmt, sync::Arc, time::Duration};

use opentelemetry::trace::{SpanKind, Status};
use opentelemetry_proto::tonic::trace::v1::{self as proto, span, status::StatusCode};

use super::{Attributes, Resource, Scope, SpanEvent, SpanLink, Value, value::hex};

/// A span with where it came from.
///
/// ```
/// # let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shop.jsonl"));
/// # use otel_kit_testing::received::Received;
/// use opentelemetry::trace::{SpanKind, Status};
///
/// let received = Received::from_json_lines(shop)?;
/// let root = received.span("GET /orders/{id}").ok_or("no server span")?;
/// let call = received.span("GET").ok_or("no client span")?;
/// assert!(root.is_root());
/// assert!(call.is_child_of(root));
/// assert_eq!(call.kind, SpanKind::Client);
/// assert_eq!(call.status, Status::error("timed out"));
/// assert_eq!(call.attr("error.type"), "timeout");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ReceivedSpan {
    /// Name.
    pub name: String,
    /// Kind; one that is not told counts as internal.
    pub kind: SpanKind,
    /// Id of the trace, 32 lower-case hex digits.
    pub trace_id: String,
    /// Id of the span, 16 lower-case hex digits.
    pub span_id: String,
    /// Id of the parent span; empty for a root span.
    pub parent_span_id: String,
    /// The `tracestate` header's value; empty if there is none.
    pub trace_state: String,
    /// W3C trace flags in the low eight bits; bit 8 says that bit 9 is known, bit 9 that the parent is remote.
    pub flags: u32,
    /// Start, nanoseconds since 1970.
    pub start_nanos: u64,
    /// End, nanoseconds since 1970.
    pub end_nanos: u64,
    /// Status.
    pub status: Status,
    /// Attributes.
    pub attributes: Attributes,
    /// Events in the order they were sent.
    pub events: Vec<SpanEvent>,
    /// Links in the order they were sent.
    pub links: Vec<SpanLink>,
    /// Attributes, events and links that a limit of the sender removed.
    pub dropped: u32,
    /// Where it came from.
    pub resource: Arc<Resource>,
    /// Which library made it.
    pub scope: Arc<Scope>,
}

impl ReceivedSpan {
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

    /// From start to end; zero if the end is before the start.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_nanos(self.end_nanos.saturating_sub(self.start_nanos))
    }

    /// Whether its status is an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        matches!(self.status, Status::Error { .. })
    }

    /// Whether it has no parent.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.parent_span_id.is_empty()
    }

    /// Whether the other span is its parent.
    #[must_use]
    pub fn is_child_of(&self, parent: &Self) -> bool {
        self.trace_id == parent.trace_id && self.parent_span_id == parent.span_id
    }

    /// The first event of a name.
    #[must_use]
    pub fn event(&self, name: &str) -> Option<&SpanEvent> {
        self.events.iter().find(|event| event.name == name)
    }

    pub(super) fn from_proto(span: proto::Span, resource: &Arc<Resource>, scope: &Arc<Scope>) -> Self {
        let dropped = [span.dropped_attributes_count, span.dropped_events_count, span.dropped_links_count];
        Self {
            kind: kind(span.kind()),
            name: span.name,
            trace_id: hex(&span.trace_id),
            span_id: hex(&span.span_id),
            parent_span_id: hex(&span.parent_span_id),
            trace_state: span.trace_state,
            flags: span.flags,
            start_nanos: span.start_time_unix_nano,
            end_nanos: span.end_time_unix_nano,
            status: status(span.status.unwrap_or_default()),
            attributes: Attributes::from_proto(span.attributes),
            events: span.events.into_iter().map(SpanEvent::from_proto).collect(),
            links: span.links.into_iter().map(SpanLink::from_proto).collect(),
            dropped: dropped.into_iter().fold(0, u32::saturating_add),
            resource: Arc::clone(resource),
            scope: Arc::clone(scope),
        }
    }
}

/// Without what is empty, and of the resource and the scope only the names.
impl fmt::Debug for ReceivedSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("ReceivedSpan");
        out.field("name", &self.name).field("kind", &self.kind).field("service", &self.service());
        out.field("scope", &self.scope.name).field("trace_id", &self.trace_id);
        out.field("span_id", &self.span_id);
        if !self.is_root() {
            out.field("parent_span_id", &self.parent_span_id);
        }
        if !self.trace_state.is_empty() {
            out.field("trace_state", &self.trace_state);
        }
        out.field("flags", &self.flags).field("duration", &self.duration()).field("status", &self.status);
        out.field("attributes", &self.attributes);
        if !self.events.is_empty() {
            out.field("events", &self.events);
        }
        if !self.links.is_empty() {
            out.field("links", &self.links);
        }
        if self.dropped > 0 {
            out.field("dropped", &self.dropped);
        }
        out.finish()
    }
}

fn kind(kind: span::SpanKind) -> SpanKind {
    match kind {
        span::SpanKind::Server => SpanKind::Server,
        span::SpanKind::Client => SpanKind::Client,
        span::SpanKind::Producer => SpanKind::Producer,
        span::SpanKind::Consumer => SpanKind::Consumer,
        span::SpanKind::Internal | span::SpanKind::Unspecified => SpanKind::Internal,
    }
}

fn status(status: proto::Status) -> Status {
    match status.code() {
        StatusCode::Unset => Status::Unset,
        StatusCode::Ok => Status::Ok,
        StatusCode::Error => Status::error(status.message),
    }
}
