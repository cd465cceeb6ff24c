//! Names of events.

/// An exception while an HTTP request was answered
/// ([HTTP exceptions](https://opentelemetry.io/docs/specs/semconv/http/http-exceptions/)).
pub const HTTP_SERVER_REQUEST_EXCEPTION: &str = "http.server.request.exception";
