//! Metric names and the bucket boundaries that the conventions advise.

/// Duration of HTTP client requests, in seconds (histogram).
pub const HTTP_CLIENT_REQUEST_DURATION: &str = "http.client.request.duration";
/// HTTP server requests under way (up-down counter).
pub const HTTP_SERVER_ACTIVE_REQUESTS: &str = "http.server.active_requests";
/// Size of the bodies of HTTP server requests, in bytes (histogram).
pub const HTTP_SERVER_REQUEST_BODY_SIZE: &str = "http.server.request.body.size";
/// Duration of HTTP server requests, in seconds (histogram).
pub const HTTP_SERVER_REQUEST_DURATION: &str = "http.server.request.duration";
/// Size of the bodies of HTTP server responses, in bytes (histogram).
pub const HTTP_SERVER_RESPONSE_BODY_SIZE: &str = "http.server.response.body.size";

/// Unit of sizes: bytes.
pub const BYTES: &str = "By";

/// Unit of durations: [seconds](https://opentelemetry.io/docs/specs/semconv/general/metrics/#units).
pub const SECONDS: &str = "s";

/// Unit of [`HTTP_SERVER_ACTIVE_REQUESTS`].
pub const REQUESTS: &str = "{request}";

/// Bucket boundaries of HTTP and messaging durations, in seconds
/// ([HTTP metrics](https://opentelemetry.io/docs/specs/semconv/http/http-metrics/)).
pub const DURATION_BUCKETS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
