use std::{future::Future, pin::Pin, time::Duration};

use bytes::Bytes;

/// One kind of telemetry, as OTLP separates it.
#[allow(clippy::exhaustive_enums)] // a fourth signal would change every match on purpose
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Signal {
    /// Spans.
    Traces,
    /// Data points.
    Metrics,
    /// Log records.
    Logs,
}

impl Signal {
    /// All signals, in the order used for tables.
    pub const ALL: [Self; 3] = [Self::Traces, Self::Metrics, Self::Logs];

    /// Lower-case name: `traces`, `metrics`, `logs`.
    ///
    /// ```
    /// # use otel_kit_core::Signal;
    /// assert_eq!(Signal::Traces.name(), "traces");
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Metrics => "metrics",
            Self::Logs => "logs",
        }
    }
}

/// One batch of telemetry, encoded as the
/// [OTLP](https://opentelemetry.io/docs/specs/otlp/) export request of its signal.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OtlpRequest {
    /// What the batch holds.
    pub signal: Signal,
    /// Number of spans, data points or log records in it: what is lost if it is lost.
    pub items: usize,
    /// The `Export*ServiceRequest` as protobuf, not compressed.
    pub body: Bytes,
}

impl OtlpRequest {
    /// A request of `items` items whose protobuf encoding is `body`.
    #[must_use]
    pub fn new(signal: Signal, items: usize, body: Bytes) -> Self {
        Self { signal, items, body }
    }
}

/// What became of an [`OtlpRequest`], in words of no particular protocol.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Delivery {
    /// The receiver has it.
    Accepted {
        /// Items that the receiver refused for good (a partial success); they must not be sent again.
        rejected: u64,
        /// The receiver's words; may come as a warning with nothing rejected.
        message: Option<String>,
    },
    /// The receiver says not now: send again, not earlier than after the given time if there is one.
    Retry {
        /// Time that the receiver asked to wait.
        after: Option<Duration>,
        /// What happened, for the log.
        reason: String,
    },
    /// Nobody answered: there was no connection, or it broke. Send again.
    Unanswered {
        /// What happened, for the log.
        reason: String,
    },
    /// Never: sending the same again cannot help.
    Rejected {
        /// What happened, for the log.
        reason: String,
    },
}

impl Delivery {
    /// Everything was accepted, without a word.
    pub const ACCEPTED: Self = Self::Accepted { rejected: 0, message: None };
}

/// Future of [`Transport::send`].
pub type Sending = Pin<Box<dyn Future<Output = Delivery> + Send>>;

/// Carries one encoded batch out of the process.
///
/// `send` is called on the kit's own runtime, several requests may be in flight, and the future may be
/// dropped at any time (time limit, shutdown). Retrying is the caller's business. A transport never
/// panics and is quiet: what it has to say goes into the [`Delivery`].
pub trait Transport: Send + Sync + 'static {
    /// Sends one batch.
    fn send(&self, request: OtlpRequest) -> Sending;

    /// Where batches of a signal go, for the line at start; no credentials in it.
    fn destination(&self, signal: Signal) -> String;

    /// How it carries data, for the names of
    /// [components](https://opentelemetry.io/docs/specs/semconv/registry/attributes/otel/#otel-component-attributes)
    /// such as `otlp_http_json_span_exporter`: `http`, `http_json`, `grpc`; `other` if it does not say.
    fn protocol(&self) -> &'static str {
        "other"
    }
}
