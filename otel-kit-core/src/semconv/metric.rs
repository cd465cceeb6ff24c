//! Metric names and the bucket boundaries that the conventions advise.

/// Connections of a pool, by state (up-down counter).
pub const DB_CLIENT_CONNECTION_COUNT: &str = "db.client.connection.count";
/// Connections that a pool keeps at least (up-down counter).
pub const DB_CLIENT_CONNECTION_IDLE_MIN: &str = "db.client.connection.idle.min";
/// Connections that a pool opens at most (up-down counter).
pub const DB_CLIENT_CONNECTION_MAX: &str = "db.client.connection.max";
/// Callers that wait for a connection (up-down counter).
pub const DB_CLIENT_CONNECTION_PENDING_REQUESTS: &str = "db.client.connection.pending_requests";
/// Callers that waited for a connection in vain (counter).
pub const DB_CLIENT_CONNECTION_TIMEOUTS: &str = "db.client.connection.timeouts";
/// How long connections were in use, in seconds (histogram).
pub const DB_CLIENT_CONNECTION_USE_TIME: &str = "db.client.connection.use_time";
/// How long callers waited for a connection, in seconds (histogram).
pub const DB_CLIENT_CONNECTION_WAIT_TIME: &str = "db.client.connection.wait_time";
/// Duration of statements, without the wait for a connection, in seconds (histogram).
pub const DB_CLIENT_OPERATION_DURATION: &str = "db.client.operation.duration";
/// Rows that a statement returned (histogram).
pub const DB_CLIENT_RESPONSE_RETURNED_ROWS: &str = "db.client.response.returned_rows";

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

/// Time by which a broker throttles a client's requests, mean of the last statistics, in seconds (gauge).
pub const LIBRDKAFKA_BROKER_THROTTLE_TIME: &str = "librdkafka.broker.throttle_time";
/// Time from a request to a broker to its answer, mean of the last statistics, in seconds (gauge).
pub const LIBRDKAFKA_BROKER_ROUND_TRIP_TIME: &str = "librdkafka.broker.round_trip_time";
/// Messages of a partition that the consumer group has not committed yet (gauge).
pub const LIBRDKAFKA_CONSUMER_LAG: &str = "librdkafka.consumer.lag";
/// Messages in a producer's queues (gauge).
pub const LIBRDKAFKA_PRODUCER_QUEUE_MESSAGES: &str = "librdkafka.producer.queue.messages";
/// Size of the messages in a producer's queues, in bytes (gauge).
pub const LIBRDKAFKA_PRODUCER_QUEUE_SIZE: &str = "librdkafka.producer.queue.size";
/// Messages that were delivered to the application (counter).
pub const MESSAGING_CLIENT_CONSUMED_MESSAGES: &str = "messaging.client.consumed.messages";
/// Duration of a producer's and consumer's operations: send, poll, commit; in seconds (histogram).
pub const MESSAGING_CLIENT_OPERATION_DURATION: &str = "messaging.client.operation.duration";
/// Messages that a producer tried to send (counter).
pub const MESSAGING_CLIENT_SENT_MESSAGES: &str = "messaging.client.sent.messages";
/// Duration of processing messages, in seconds (histogram).
pub const MESSAGING_PROCESS_DURATION: &str = "messaging.process.duration";

/// Messages whose context could not be read or written (counter).
pub const OTEL_KIT_MESSAGING_LOST_CONTEXTS: &str = "otel_kit.messaging.lost_contexts";

/// Unit of sizes: bytes.
pub const BYTES: &str = "By";

/// Unit of durations: [seconds](https://opentelemetry.io/docs/specs/semconv/general/metrics/#units).
pub const SECONDS: &str = "s";

/// Unit of connections.
pub const CONNECTIONS: &str = "{connection}";

/// Unit of messages.
pub const MESSAGES: &str = "{message}";

/// Unit of [`HTTP_SERVER_ACTIVE_REQUESTS`] and [`DB_CLIENT_CONNECTION_PENDING_REQUESTS`].
pub const REQUESTS: &str = "{request}";

/// Unit of [`DB_CLIENT_RESPONSE_RETURNED_ROWS`].
pub const ROWS: &str = "{row}";

/// Unit of [`DB_CLIENT_CONNECTION_TIMEOUTS`].
pub const TIMEOUTS: &str = "{timeout}";

/// Bucket boundaries of [`DB_CLIENT_OPERATION_DURATION`], in seconds
/// ([database metrics](https://opentelemetry.io/docs/specs/semconv/db/database-metrics/)).
pub const DB_DURATION_BUCKETS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 10.0];

/// Bucket boundaries of [`DB_CLIENT_RESPONSE_RETURNED_ROWS`].
pub const DB_ROWS_BUCKETS: [f64; 13] =
    [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0, 10000.0];

/// Bucket boundaries of HTTP and messaging durations, in seconds
/// ([HTTP metrics](https://opentelemetry.io/docs/specs/semconv/http/http-metrics/)).
pub const DURATION_BUCKETS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
