//! Names of events.

/// An exception while an HTTP request was answered
/// ([HTTP exceptions](https://opentelemetry.io/docs/specs/semconv/http/http-exceptions/)).
pub const HTTP_SERVER_REQUEST_EXCEPTION: &str = "http.server.request.exception";

/// An exception while messages were processed, named after the example of HTTP.
pub const MESSAGING_PROCESS_EXCEPTION: &str = "messaging.process.exception";

/// A statement took longer than it should; an event of its span.
pub const OTEL_KIT_DB_SLOW_STATEMENT: &str = "otel_kit.db.slow_statement";
