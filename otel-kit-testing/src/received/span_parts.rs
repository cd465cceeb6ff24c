use opentelemetry_proto::tonic::trace::v1::span;

use super::{Attributes, Value, value::hex};

/// Something that happened during a span.
///
/// ```
/// # let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shop.jsonl"));
/// # use otel_kit_testing::received::Received;
/// let received = Received::from_json_lines(shop)?;
/// let event = received.span("GET").and_then(|span| span.event("retry")).ok_or("no such event")?;
/// assert_eq!(event.attr("attempt"), 2);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpanEvent {
    /// Name.
    pub name: String,
    /// When, nanoseconds since 1970.
    pub time_nanos: u64,
    /// Attributes.
    pub attributes: Attributes,
}

/// A span of this or another trace that a span belongs together with.
///
/// ```
/// # let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shop.jsonl"));
/// # use otel_kit_testing::received::Received;
/// let received = Received::from_json_lines(shop)?;
/// let link = received.span("GET").and_then(|span| span.links.first()).ok_or("no link")?;
/// assert_eq!(link.span_id, "00f067aa0ba902b7");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpanLink {
    /// Id of the linked trace, 32 lower-case hex digits.
    pub trace_id: String,
    /// Id of the linked span, 16 lower-case hex digits.
    pub span_id: String,
    /// The linked span's `tracestate`; empty if there is none.
    pub trace_state: String,
    /// As [`ReceivedSpan::flags`](super::ReceivedSpan::flags).
    pub flags: u32,
    /// Attributes.
    pub attributes: Attributes,
}

impl SpanEvent {
    /// An attribute's value, [`Value::Absent`] if there is none.
    #[must_use]
    pub fn attr(&self, key: &str) -> &Value {
        self.attributes.get(key)
    }

    pub(super) fn from_proto(event: span::Event) -> Self {
        Self {
            name: event.name,
            time_nanos: event.time_unix_nano,
            attributes: Attributes::from_proto(event.attributes),
        }
    }
}

impl SpanLink {
    /// An attribute's value, [`Value::Absent`] if there is none.
    #[must_use]
    pub fn attr(&self, key: &str) -> &Value {
        self.attributes.get(key)
    }

    pub(super) fn from_proto(link: span::Link) -> Self {
        Self {
            trace_id: hex(&link.trace_id),
            span_id: hex(&link.span_id),
            trace_state: link.trace_state,
            flags: link.flags,
            attributes: Attributes::from_proto(link.attributes),
        }
    }
}
