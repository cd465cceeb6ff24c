//! Attribute names: [registry](https://opentelemetry.io/docs/specs/semconv/registry/attributes/).

// Errors

/// A low-cardinality class of what went wrong; absent on success.
pub const ERROR_TYPE: &str = "error.type";
/// Value of [`ERROR_TYPE`] and other classes for what has no word of its own.
pub const OTHER: &str = "_OTHER";

// HTTP

/// Method of the request, or `_OTHER` for one that is not known.
pub const HTTP_REQUEST_METHOD: &str = "http.request.method";
/// Method as it was sent, where it differs from [`HTTP_REQUEST_METHOD`].
pub const HTTP_REQUEST_METHOD_ORIGINAL: &str = "http.request.method_original";
/// Size of the request's body, in bytes.
pub const HTTP_REQUEST_BODY_SIZE: &str = "http.request.body.size";
/// How often this request was sent before; absent on the first try.
pub const HTTP_REQUEST_RESEND_COUNT: &str = "http.request.resend_count";
/// Size of the response's body, in bytes.
pub const HTTP_RESPONSE_BODY_SIZE: &str = "http.response.body.size";
/// Status code of the response.
pub const HTTP_RESPONSE_STATUS_CODE: &str = "http.response.status_code";
/// Template of the route that matched, as the framework knows it.
pub const HTTP_ROUTE: &str = "http.route";
/// Prefix of captured request headers: `http.request.header.<lower-case name>`.
pub const HTTP_REQUEST_HEADER: &str = "http.request.header";
/// Prefix of captured response headers: `http.response.header.<lower-case name>`.
pub const HTTP_RESPONSE_HEADER: &str = "http.response.header";

// URL

/// Absolute URL, credentials and secret query values masked.
pub const URL_FULL: &str = "url.full";
/// Path of the URL.
pub const URL_PATH: &str = "url.path";
/// Query of the URL, secret values masked.
pub const URL_QUERY: &str = "url.query";
/// Scheme of the URL.
pub const URL_SCHEME: &str = "url.scheme";
/// Template of the path that the client filled in.
pub const URL_TEMPLATE: &str = "url.template";

// Databases

/// State of a connection in its pool: `idle` or `used`.
pub const DB_CLIENT_CONNECTION_STATE: &str = "db.client.connection.state";
/// Name of the pool of connections.
pub const DB_CLIENT_CONNECTION_POOL_NAME: &str = "db.client.connection.pool.name";
/// Database, and schema where it is known: `shop|public`.
pub const DB_NAMESPACE: &str = "db.namespace";
/// What the statement does, to what: `SELECT orders`.
pub const DB_QUERY_SUMMARY: &str = "db.query.summary";
/// The statement; literals masked where it has no parameters.
pub const DB_QUERY_TEXT: &str = "db.query.text";
/// Rows that came back.
pub const DB_RESPONSE_RETURNED_ROWS: &str = "db.response.returned_rows";
/// The database's own code of what went wrong, such as a SQLSTATE.
pub const DB_RESPONSE_STATUS_CODE: &str = "db.response.status_code";
/// Product: `postgresql`, `mysql`, `mariadb`, `sqlite`, `other_sql`.
pub const DB_SYSTEM_NAME: &str = "db.system.name";

// Messaging

/// How many messages a batch has.
pub const MESSAGING_BATCH_MESSAGE_COUNT: &str = "messaging.batch.message_count";
/// `client.id` of the producer or consumer.
pub const MESSAGING_CLIENT_ID: &str = "messaging.client.id";
/// Consumer group.
pub const MESSAGING_CONSUMER_GROUP_NAME: &str = "messaging.consumer.group.name";
/// Topic.
pub const MESSAGING_DESTINATION_NAME: &str = "messaging.destination.name";
/// Partition, as text.
pub const MESSAGING_DESTINATION_PARTITION_ID: &str = "messaging.destination.partition.id";
/// Key of the message, if it is text.
pub const MESSAGING_KAFKA_MESSAGE_KEY: &str = "messaging.kafka.message.key";
/// True for a message without a payload, which deletes its key.
pub const MESSAGING_KAFKA_MESSAGE_TOMBSTONE: &str = "messaging.kafka.message.tombstone";
/// Offset of the message in its partition.
pub const MESSAGING_KAFKA_OFFSET: &str = "messaging.kafka.offset";
/// Size of the message's payload, in bytes.
pub const MESSAGING_MESSAGE_BODY_SIZE: &str = "messaging.message.body.size";
/// What is done, in Kafka's words: `send`, `poll`, `process`, `commit`.
pub const MESSAGING_OPERATION_NAME: &str = "messaging.operation.name";
/// What is done, in the conventions' words: `send`, `receive`, `process`, `settle`.
pub const MESSAGING_OPERATION_TYPE: &str = "messaging.operation.type";
/// Messaging system: `kafka`.
pub const MESSAGING_SYSTEM: &str = "messaging.system";

// Network, server, client

/// Address of the client, as far as it can be trusted.
pub const CLIENT_ADDRESS: &str = "client.address";
/// Address of the socket's other end.
pub const NETWORK_PEER_ADDRESS: &str = "network.peer.address";
/// Port of the socket's other end.
pub const NETWORK_PEER_PORT: &str = "network.peer.port";
/// Application protocol, where it is not `http`.
pub const NETWORK_PROTOCOL_NAME: &str = "network.protocol.name";
/// Version of the protocol as negotiated: `1.0`, `1.1`, `2`, `3`.
pub const NETWORK_PROTOCOL_VERSION: &str = "network.protocol.version";
/// Name or address of the server.
pub const SERVER_ADDRESS: &str = "server.address";
/// Port of the server.
pub const SERVER_PORT: &str = "server.port";
/// The `User-Agent` header as it was sent.
pub const USER_AGENT_ORIGINAL: &str = "user_agent.original";

// Resource

/// Id of the container.
pub const CONTAINER_ID: &str = "container.id";
/// Environment: `development`, `production`, `staging`, `test` or an own name.
pub const DEPLOYMENT_ENVIRONMENT_NAME: &str = "deployment.environment.name";
/// CPU architecture of the host.
pub const HOST_ARCH: &str = "host.arch";
/// Stable id of the host.
pub const HOST_ID: &str = "host.id";
/// Name of the host.
pub const HOST_NAME: &str = "host.name";
/// Name of the container in its pod.
pub const K8S_CONTAINER_NAME: &str = "k8s.container.name";
/// Namespace of the pod.
pub const K8S_NAMESPACE_NAME: &str = "k8s.namespace.name";
/// Node that the pod runs on.
pub const K8S_NODE_NAME: &str = "k8s.node.name";
/// Name of the pod.
pub const K8S_POD_NAME: &str = "k8s.pod.name";
/// Uid of the pod.
pub const K8S_POD_UID: &str = "k8s.pod.uid";
/// Operating system in words.
pub const OS_DESCRIPTION: &str = "os.description";
/// Operating system: `linux`, `darwin`, `windows`, ...
pub const OS_TYPE: &str = "os.type";
/// Version of the operating system.
pub const OS_VERSION: &str = "os.version";
/// When the process started, as ISO 8601.
pub const PROCESS_CREATION_TIME: &str = "process.creation.time";
/// File name of the executable.
pub const PROCESS_EXECUTABLE_NAME: &str = "process.executable.name";
/// Path of the executable.
pub const PROCESS_EXECUTABLE_PATH: &str = "process.executable.path";
/// Process id.
pub const PROCESS_PID: &str = "process.pid";
/// Runtime of the process: `rustc`.
pub const PROCESS_RUNTIME_NAME: &str = "process.runtime.name";
/// Version of the runtime.
pub const PROCESS_RUNTIME_VERSION: &str = "process.runtime.version";
/// Unique id of this instance of the service.
pub const SERVICE_INSTANCE_ID: &str = "service.instance.id";
/// Name of the service.
pub const SERVICE_NAME: &str = "service.name";
/// Namespace of the service's name.
pub const SERVICE_NAMESPACE: &str = "service.namespace";
/// Version of the service.
pub const SERVICE_VERSION: &str = "service.version";
/// Name of the distribution: `otel-kit`.
pub const TELEMETRY_DISTRO_NAME: &str = "telemetry.distro.name";
/// Version of the distribution.
pub const TELEMETRY_DISTRO_VERSION: &str = "telemetry.distro.version";
/// Language of the SDK: `rust`.
pub const TELEMETRY_SDK_LANGUAGE: &str = "telemetry.sdk.language";
/// Name of the SDK: `opentelemetry`.
pub const TELEMETRY_SDK_NAME: &str = "telemetry.sdk.name";
/// Version of the SDK.
pub const TELEMETRY_SDK_VERSION: &str = "telemetry.sdk.version";

// Process and runtimes

/// What a processor did: `user` or `system`.
pub const CPU_MODE: &str = "cpu.mode";
/// Direction of a disk's bytes: `read` or `write`.
pub const DISK_IO_DIRECTION: &str = "disk.io.direction";
/// Why the process was switched: `voluntary` or `involuntary`.
pub const PROCESS_CONTEXT_SWITCH_TYPE: &str = "process.context_switch.type";
/// Whether a page fault needed the disk: `major` or `minor`.
pub const SYSTEM_PAGING_FAULT_TYPE: &str = "system.paging.fault.type";
/// Name of the Tokio runtime.
pub const TOKIO_RUNTIME_NAME: &str = "tokio.runtime.name";

// Logs

/// Name of an event that is a log record; in OTLP a field of the record, elsewhere an attribute.
pub const EVENT_NAME: &str = "event.name";

// Exceptions, code, threads

/// Source file.
pub const CODE_FILE_PATH: &str = "code.file.path";
/// Fully qualified name of the function.
pub const CODE_FUNCTION_NAME: &str = "code.function.name";
/// Line in the source file.
pub const CODE_LINE_NUMBER: &str = "code.line.number";
/// Message of the exception.
pub const EXCEPTION_MESSAGE: &str = "exception.message";
/// Stack trace of the exception.
pub const EXCEPTION_STACKTRACE: &str = "exception.stacktrace";
/// Type of the exception.
pub const EXCEPTION_TYPE: &str = "exception.type";
/// Id of the thread.
pub const THREAD_ID: &str = "thread.id";
/// Name of the thread.
pub const THREAD_NAME: &str = "thread.name";

// The SDK about itself

/// Name of a part of the SDK: its type, a slash and a number from 0.
pub const OTEL_COMPONENT_NAME: &str = "otel.component.name";
/// Type of a part of the SDK, such as `batching_span_processor`.
pub const OTEL_COMPONENT_TYPE: &str = "otel.component.type";
/// Set on the data point that takes all measurements beyond the cardinality limit.
pub const OTEL_METRIC_OVERFLOW: &str = "otel.metric.overflow";
/// Where the parent of a span is: `none`, `local` or `remote`.
pub const OTEL_SPAN_PARENT_ORIGIN: &str = "otel.span.parent.origin";
/// What the sampler decided: `DROP`, `RECORD_ONLY` or `RECORD_AND_SAMPLE`.
pub const OTEL_SPAN_SAMPLING_RESULT: &str = "otel.span.sampling_result";

// The kit's own

/// True where the caller dropped the operation before its end.
pub const OTEL_KIT_CANCELLED: &str = "otel_kit.cancelled";
/// How long a statement took, in seconds.
pub const OTEL_KIT_DB_DURATION: &str = "otel_kit.db.duration";
/// How long a statement waited for a connection of the pool, in seconds; part of the span, not of the duration.
pub const OTEL_KIT_DB_CONNECTION_WAIT_TIME: &str = "otel_kit.db.connection.wait_time";
/// True where a log line or record was too long and something of it is missing.
pub const OTEL_KIT_TRUNCATED: &str = "otel_kit.truncated";

/// Which group an exception belongs to: 16 hexadecimal digits.
pub const EXCEPTION_FINGERPRINT: &str = "exception.fingerprint";
/// The same without stack frames.
pub const EXCEPTION_SECONDARY_FINGERPRINT: &str = "exception.fingerprint.secondary";
/// The group, for people.
pub const EXCEPTION_GROUP_TITLE: &str = "exception.group.title";
/// The function to blame.
pub const EXCEPTION_GROUP_CULPRIT: &str = "exception.group.culprit";
/// What the fingerprint rests on.
pub const EXCEPTION_GROUPING_LEVEL: &str = "exception.grouping.level";
/// When the group was seen first.
pub const EXCEPTION_FIRST_SEEN: &str = "exception.first_seen";
/// How many exceptions the group has had.
pub const EXCEPTION_COUNT: &str = "exception.count";
/// How many of the group were counted but not exported since the last one that was.
pub const EXCEPTION_SUPPRESSED: &str = "exception.suppressed";
/// How it came to light.
pub const EXCEPTION_MECHANISM: &str = "exception.mechanism";
/// Whether a frame of the stack is the application's own.
pub const EXCEPTION_IN_APP: &str = "exception.in_app";
/// Types of the error and of what is behind it, outermost first.
pub const EXCEPTION_CHAIN: &str = "exception.chain";
/// The last log lines of the same trace.
pub const EXCEPTION_LOG_LINES: &str = "exception.log_lines";
/// Names of the `tracing` spans around the event that told of it, outermost first.
pub const EXCEPTION_SPAN_PATH: &str = "exception.span_path";
/// Outcome of a notification: `sent`, `failed`, `dropped`.
pub const OUTCOME: &str = "outcome";
/// Name of the channel of a notification.
pub const NOTIFIER: &str = "notifier";
/// Why: what a notification tells of, or why it did not arrive.
pub const REASON: &str = "reason";

/// Name of an alert as a label, named as Prometheus does.
pub const ALERT_NAME: &str = "alertname";
/// State of an alert as a label, named as Prometheus does: `pending`, `firing`.
pub const ALERT_STATE: &str = "alertstate";
/// Identity of an alert: 16 hexadecimal digits.
pub const OTEL_KIT_ALERT_FINGERPRINT: &str = "otel_kit.alert.fingerprint";
/// Labels of an alert.
pub const OTEL_KIT_ALERT_LABELS: &str = "otel_kit.alert.labels";
/// Name of the rule whose alert it is.
pub const OTEL_KIT_ALERT_NAME: &str = "otel_kit.alert.name";
/// State of an alert: `inactive`, `pending`, `firing`.
pub const OTEL_KIT_ALERT_STATE: &str = "otel_kit.alert.state";
/// What the rule's expression yields.
pub const OTEL_KIT_ALERT_VALUE: &str = "otel_kit.alert.value";
