//! What a collector would have received: OTLP as plain types made for assertions.
//!
//! They are built from the protobuf messages of
//! [OTLP](https://opentelemetry.io/docs/specs/otlp/), so a test looks at what goes over the wire and not
//! at the exporter's input. [`OtlpReceiver`](crate::OtlpReceiver) fills them; so does
//! [`Received::from_json_lines`] from a file that a Collector wrote.
//!
//! ```
//! # let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shop.jsonl"));
//! use otel_kit_testing::received::Received;
//!
//! let received = Received::from_json_lines(shop)?;
//! let span = received.span("GET /orders/{id}").ok_or("no such span")?;
//! assert_eq!(span.service(), "gateway");
//! assert_eq!(span.attr("http.response.status_code"), 200);
//! assert!(span.attr("error.type").is_absent());
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod attributes;
mod collect;
mod exception;
mod inbox;
mod kept;
mod log;
mod metric;
mod payload;
mod point;
mod request;
mod source;
mod span;
mod span_parts;
mod store;
mod summary;
mod tree;
mod value;
mod wait_error;

pub use self::{
    attributes::Attributes,
    exception::ReceivedException,
    log::ReceivedLog,
    metric::{MetricKind, ReceivedMetric, Temporality},
    point::{DataPoint, Exemplar, ExponentialBuckets},
    request::{Protocol, ReceivedRequest},
    source::{Resource, Scope},
    span::ReceivedSpan,
    span_parts::{SpanEvent, SpanLink},
    store::Received,
    value::Value,
    wait_error::WaitError,
};
pub(crate) use self::{inbox::Inbox, payload::Payload, summary::plural};
