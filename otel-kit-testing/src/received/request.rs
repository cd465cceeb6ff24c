use std::{fmt, net::SocketAddr, time::Instant};

use bytes::Bytes;
use http::HeaderMap;
use otel_kit_core::Signal;

/// An export request as it came in, whether it was answered well or not.
///
/// ```
/// use std::time::Duration;
///
/// use otel_kit_testing::{OtlpReceiver, received::Protocol};
///
/// let receiver = OtlpReceiver::start()?;
/// reqwest::blocking::Client::new()
///     .post(format!("{}/v1/traces", receiver.http_endpoint()))
///     .header("content-type", "application/json")
///     .header("x-api-key", "secret")
///     .body("{}")
///     .send()?;
/// let requests = receiver.requests();
/// let request = requests.first().ok_or("nothing came in")?;
/// assert_eq!(request.protocol, Protocol::HttpJson);
/// assert_eq!(request.path, "/v1/traces");
/// assert_eq!(request.header("x-api-key"), Some("secret"));
/// assert_eq!(request.body, "{}");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct ReceivedRequest {
    /// What it carries.
    pub signal: Signal,
    /// How it came.
    pub protocol: Protocol,
    /// Path of the HTTP request; of gRPC the full method name.
    pub path: String,
    /// HTTP headers; gRPC metadata.
    pub headers: HeaderMap,
    /// The message, no longer compressed.
    pub body: Bytes,
    /// Bytes of the message on the wire, compressed if it was; without HTTP and gRPC framing.
    pub encoded_len: usize,
    /// Who sent it.
    pub peer: SocketAddr,
    /// When it had come in whole.
    pub received_at: Instant,
}

/// Transport and encoding of OTLP.
///
/// ```
/// # use otel_kit_testing::received::Protocol;
/// assert_eq!(Protocol::HttpProtobuf.name(), "http/protobuf");
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Protocol {
    /// gRPC.
    Grpc,
    /// Protobuf over HTTP.
    HttpProtobuf,
    /// JSON over HTTP.
    HttpJson,
}

impl ReceivedRequest {
    /// A header's value, if there is one and it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Protocol {
    /// The name that
    /// [`OTEL_EXPORTER_OTLP_PROTOCOL`](https://opentelemetry.io/docs/specs/otel/protocol/exporter/) has for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Grpc => "grpc",
            Self::HttpProtobuf => "http/protobuf",
            Self::HttpJson => "http/json",
        }
    }
}

/// With the sizes of the body instead of its bytes.
impl fmt::Debug for ReceivedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReceivedRequest")
            .field("signal", &self.signal)
            .field("protocol", &self.protocol)
            .field("path", &self.path)
            .field("headers", &self.headers)
            .field("body_len", &self.body.len())
            .field("encoded_len", &self.encoded_len)
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}
