//! Metric names and the bucket boundaries that the conventions advise.

/// Memory that a container could still use before it reaches its limit (up-down counter).
pub const CONTAINER_MEMORY_AVAILABLE: &str = "container.memory.available";
/// Memory of a container without the files that the kernel can drop (up-down counter).
pub const CONTAINER_MEMORY_WORKING_SET: &str = "container.memory.working_set";

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

/// Exceptions, by type and group (counter).
pub const OTEL_KIT_EXCEPTIONS: &str = "otel_kit.exceptions";
/// Exceptions that were counted nowhere or not exported, by reason (counter).
pub const OTEL_KIT_EXCEPTIONS_LOST: &str = "otel_kit.exceptions.lost";
/// Alerts by name and state, 1 each; named as Prometheus does (gauge).
pub const ALERTS: &str = "ALERTS";
/// Since when an alert's condition holds, in seconds since 1970; named as Prometheus does (gauge).
pub const ALERTS_FOR_STATE: &str = "ALERTS_FOR_STATE";
/// Notifications of alerts, by channel, outcome and reason (counter).
pub const OTEL_KIT_ALERTS_NOTIFICATIONS: &str = "otel_kit.alerts.notifications";

/// Log records whose export has ended, well or badly (counter).
pub const OTEL_SDK_EXPORTER_LOG_EXPORTED: &str = "otel.sdk.exporter.log.exported";
/// Log records on their way to the receiver, retries included (up-down counter).
pub const OTEL_SDK_EXPORTER_LOG_INFLIGHT: &str = "otel.sdk.exporter.log.inflight";
/// Data points whose export has ended, well or badly (counter).
pub const OTEL_SDK_EXPORTER_METRIC_DATA_POINT_EXPORTED: &str = "otel.sdk.exporter.metric_data_point.exported";
/// Data points on their way to the receiver, retries included (up-down counter).
pub const OTEL_SDK_EXPORTER_METRIC_DATA_POINT_INFLIGHT: &str = "otel.sdk.exporter.metric_data_point.inflight";
/// Duration of one try to send a batch, in seconds (histogram).
pub const OTEL_SDK_EXPORTER_OPERATION_DURATION: &str = "otel.sdk.exporter.operation.duration";
/// Spans whose export has ended, well or badly (counter).
pub const OTEL_SDK_EXPORTER_SPAN_EXPORTED: &str = "otel.sdk.exporter.span.exported";
/// Spans on their way to the receiver, retries included (up-down counter).
pub const OTEL_SDK_EXPORTER_SPAN_INFLIGHT: &str = "otel.sdk.exporter.span.inflight";
/// Log records that were made (counter).
pub const OTEL_SDK_LOG_CREATED: &str = "otel.sdk.log.created";
/// Duration of a collection of all metrics, in seconds (histogram).
pub const OTEL_SDK_METRIC_READER_COLLECTION_DURATION: &str = "otel.sdk.metric_reader.collection.duration";
/// Log records that a processor has handed to the exporter or dropped (counter).
pub const OTEL_SDK_PROCESSOR_LOG_PROCESSED: &str = "otel.sdk.processor.log.processed";
/// Most log records that a processor's queue holds (up-down counter).
pub const OTEL_SDK_PROCESSOR_LOG_QUEUE_CAPACITY: &str = "otel.sdk.processor.log.queue.capacity";
/// Log records in a processor's queue (up-down counter).
pub const OTEL_SDK_PROCESSOR_LOG_QUEUE_SIZE: &str = "otel.sdk.processor.log.queue.size";
/// Spans that a processor has handed to the exporter or dropped (counter).
pub const OTEL_SDK_PROCESSOR_SPAN_PROCESSED: &str = "otel.sdk.processor.span.processed";
/// Most spans that a processor's queue holds (up-down counter).
pub const OTEL_SDK_PROCESSOR_SPAN_QUEUE_CAPACITY: &str = "otel.sdk.processor.span.queue.capacity";
/// Spans in a processor's queue (up-down counter).
pub const OTEL_SDK_PROCESSOR_SPAN_QUEUE_SIZE: &str = "otel.sdk.processor.span.queue.size";
/// Recording spans that have not ended (up-down counter).
pub const OTEL_SDK_SPAN_LIVE: &str = "otel.sdk.span.live";
/// Spans that were started (counter).
pub const OTEL_SDK_SPAN_STARTED: &str = "otel.sdk.span.started";

/// How often the process gave way to others, or had to (counter).
pub const PROCESS_CONTEXT_SWITCHES: &str = "process.context_switches";
/// Time that processors spent on the process, by mode, in seconds (counter).
pub const PROCESS_CPU_TIME: &str = "process.cpu.time";
/// Share of the available processors that the process used since the last collection (gauge).
pub const PROCESS_CPU_UTILIZATION: &str = "process.cpu.utilization";
/// Bytes that the process had read from and written to disks (counter).
pub const PROCESS_DISK_IO: &str = "process.disk.io";
/// Physical memory in use (up-down counter).
pub const PROCESS_MEMORY_USAGE: &str = "process.memory.usage";
/// Virtual memory (up-down counter).
pub const PROCESS_MEMORY_VIRTUAL: &str = "process.memory.virtual";
/// Page faults, by whether the disk was needed (counter).
pub const PROCESS_PAGING_FAULTS: &str = "process.paging.faults";
/// Threads (up-down counter).
pub const PROCESS_THREAD_COUNT: &str = "process.thread.count";
/// Open file descriptors (up-down counter).
pub const PROCESS_UNIX_FILE_DESCRIPTOR_COUNT: &str = "process.unix.file_descriptor.count";
/// How long the process has been running, in seconds (gauge).
pub const PROCESS_UPTIME: &str = "process.uptime";

/// Tasks of a Tokio runtime that are not over (up-down counter).
pub const TOKIO_RUNTIME_ALIVE_TASK_COUNT: &str = "tokio.runtime.alive_task.count";
/// Blocking calls that wait for a thread (up-down counter).
pub const TOKIO_RUNTIME_BLOCKING_QUEUE_DEPTH: &str = "tokio.runtime.blocking_queue.depth";
/// Threads for blocking calls (up-down counter).
pub const TOKIO_RUNTIME_BLOCKING_THREAD_COUNT: &str = "tokio.runtime.blocking_thread.count";
/// Tasks that wait in the queue that all workers share (up-down counter).
pub const TOKIO_RUNTIME_GLOBAL_QUEUE_DEPTH: &str = "tokio.runtime.global_queue.depth";
/// Tasks that wait in the queues of single workers (up-down counter).
pub const TOKIO_RUNTIME_LOCAL_QUEUE_DEPTH: &str = "tokio.runtime.local_queue.depth";
/// Tasks that were spawned (counter).
pub const TOKIO_RUNTIME_SPAWNED_TASK_COUNT: &str = "tokio.runtime.spawned_task.count";
/// Time that the workers were busy, all together, in seconds (counter).
pub const TOKIO_RUNTIME_WORKER_BUSY_DURATION: &str = "tokio.runtime.worker.busy.duration";
/// Workers (up-down counter).
pub const TOKIO_RUNTIME_WORKER_COUNT: &str = "tokio.runtime.worker.count";
/// How often workers parked for want of work (counter).
pub const TOKIO_RUNTIME_WORKER_PARK_COUNT: &str = "tokio.runtime.worker.park.count";
/// Tasks that workers took from each other (counter).
pub const TOKIO_RUNTIME_WORKER_STEAL_COUNT: &str = "tokio.runtime.worker.steal.count";

/// Unit of sizes: bytes.
pub const BYTES: &str = "By";

/// Unit of durations: [seconds](https://opentelemetry.io/docs/specs/semconv/general/metrics/#units).
pub const SECONDS: &str = "s";

/// Unit of ratios.
pub const RATIO: &str = "1";

/// Unit of blocking calls.
pub const CALLS: &str = "{call}";

/// Unit of connections.
pub const CONNECTIONS: &str = "{connection}";

/// Unit of [`PROCESS_CONTEXT_SWITCHES`].
pub const CONTEXT_SWITCHES: &str = "{context_switch}";

/// Unit of data points.
pub const DATA_POINTS: &str = "{data_point}";

/// Unit of [`PROCESS_PAGING_FAULTS`].
pub const FAULTS: &str = "{fault}";

/// Unit of [`PROCESS_UNIX_FILE_DESCRIPTOR_COUNT`].
pub const FILE_DESCRIPTORS: &str = "{file_descriptor}";

/// Unit of log records.
pub const LOG_RECORDS: &str = "{log_record}";

/// Unit of messages.
pub const MESSAGES: &str = "{message}";

/// Unit of [`TOKIO_RUNTIME_WORKER_PARK_COUNT`].
pub const PARKS: &str = "{park}";

/// Unit of [`HTTP_SERVER_ACTIVE_REQUESTS`] and [`DB_CLIENT_CONNECTION_PENDING_REQUESTS`].
pub const REQUESTS: &str = "{request}";

/// Unit of [`DB_CLIENT_RESPONSE_RETURNED_ROWS`].
pub const ROWS: &str = "{row}";

/// Unit of spans.
pub const SPANS: &str = "{span}";

/// Unit of tasks.
pub const TASKS: &str = "{task}";

/// Unit of threads.
pub const THREADS: &str = "{thread}";

/// Unit of [`DB_CLIENT_CONNECTION_TIMEOUTS`].
pub const TIMEOUTS: &str = "{timeout}";

/// Unit of [`TOKIO_RUNTIME_WORKER_COUNT`].
pub const WORKERS: &str = "{worker}";

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
