//! Names of events.

/// An exception outside of any operation that has a name for it, such as that of a panic hook
/// ([exceptions in logs](https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/)).
pub const EXCEPTION: &str = "exception";

/// An exception while an HTTP request was answered
/// ([HTTP exceptions](https://opentelemetry.io/docs/specs/semconv/http/http-exceptions/)).
pub const HTTP_SERVER_REQUEST_EXCEPTION: &str = "http.server.request.exception";

/// An exception in a call to an HTTP server
/// ([HTTP exceptions](https://opentelemetry.io/docs/specs/semconv/http/http-exceptions/)).
pub const HTTP_CLIENT_REQUEST_EXCEPTION: &str = "http.client.request.exception";

/// An exception in a call to a database, named after the example of HTTP.
pub const DB_CLIENT_OPERATION_EXCEPTION: &str = "db.client.operation.exception";

/// An exception while messages were processed, named after the example of HTTP.
pub const MESSAGING_PROCESS_EXCEPTION: &str = "messaging.process.exception";

/// A statement took longer than it should; an event of its span.
pub const OTEL_KIT_DB_SLOW_STATEMENT: &str = "otel_kit.db.slow_statement";

/// Exceptions of a group were counted but not exported, and nothing else has said so.
pub const OTEL_KIT_EXCEPTIONS_SUPPRESSED: &str = "otel_kit.exceptions.suppressed";

/// The state of an alert has changed.
pub const OTEL_KIT_ALERT: &str = "otel_kit.alert";

/// A message about alerts, for people; a line and no record.
pub const OTEL_KIT_ALERT_NOTIFICATION: &str = "otel_kit.alert.notification";
