//! A broker in the process, clients of it whose calls come from an instrumented caller, and what was exported.

#![allow(dead_code, reason = "each test file uses a part")]

use std::{future::Future, sync::OnceLock, time::Duration};

use otel_kit_core::settings::{KafkaSettings, Settings};
use otel_kit_kafka::{FutureProducer, StreamConsumer, rdkafka};
use otel_kit_testing::{
    Telemetry,
    received::{DataPoint, ReceivedSpan},
};
use rdkafka::{
    ClientConfig, TopicPartitionList,
    consumer::{Consumer, ConsumerContext},
    message::{BorrowedMessage, Header, Headers, OwnedHeaders},
    mocking::MockCluster,
    producer::{DefaultProducerContext, FutureRecord},
    topic_partition_list::Offset,
};
use tracing::subscriber::{DefaultGuard, set_default};

pub(crate) type Cluster = MockCluster<'static, DefaultProducerContext>;

/// As long as anything may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);

/// An application with telemetry in memory.
pub(crate) struct App {
    pub(crate) telemetry: Telemetry,
    pub(crate) cluster: Cluster,
    _subscriber: DefaultGuard,
}

impl App {
    pub(crate) fn new() -> Self {
        Self::with(Telemetry::new())
    }

    pub(crate) fn with_settings(change: impl FnOnce(&mut KafkaSettings)) -> Self {
        let mut settings = Settings::default();
        change(&mut settings.kafka);
        Self::with(Telemetry::builder().settings(settings).build())
    }

    pub(crate) fn with(telemetry: Telemetry) -> Self {
        let _subscriber = set_default(telemetry.subscriber());
        Self { telemetry, cluster: cluster(), _subscriber }
    }

    /// A configuration that reaches the broker.
    pub(crate) fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", self.cluster.bootstrap_servers());
        config
    }

    pub(crate) fn producer(&self) -> FutureProducer {
        self.producer_of(&self.config())
    }

    pub(crate) fn producer_of(&self, config: &ClientConfig) -> FutureProducer {
        let producer: FutureProducer = config.create().unwrap();
        producer.with(self.telemetry.kit())
    }

    /// The one span of this name.
    pub(crate) fn span(&self, name: &str) -> ReceivedSpan {
        let [span] = &self.spans(name)[..] else { panic!("one span {name}: {:?}", self.telemetry) };
        span.clone()
    }

    pub(crate) fn spans(&self, name: &str) -> Vec<ReceivedSpan> {
        self.telemetry.spans().into_iter().filter(|span| span.name == name).collect()
    }

    /// The one point of a metric for an operation.
    pub(crate) fn point(&self, metric: &str, operation: &str) -> DataPoint {
        let points = self.points(metric, operation);
        let [point] = &points[..] else { panic!("one point of {metric}: {points:?}") };
        point.clone()
    }

    pub(crate) fn points(&self, metric: &str, operation: &str) -> Vec<DataPoint> {
        let Some(metric) = self.telemetry.metric(metric) else { return Vec::new() };
        let of_operation = |point: &DataPoint| *point.attr("messaging.operation.name") == *operation;
        metric.points.into_iter().filter(of_operation).collect()
    }
}

/// Runs the call as an application would: in a span of its own.
#[tracing::instrument(skip_all)]
pub(crate) async fn caller<F: Future>(call: F) -> F::Output {
    call.await
}

pub(crate) fn cluster() -> Cluster {
    static LOCAL: OnceLock<()> = OnceLock::new();
    let cluster = MockCluster::new(1).unwrap();
    LOCAL.get_or_init(|| assert!(cluster.bootstrap_servers().starts_with("127.0.0.1:")));
    cluster.create_topic("orders", 2, 1).unwrap();
    cluster
}

/// A record for partition 1 with key and payload.
pub(crate) fn order() -> FutureRecord<'static, str, str> {
    FutureRecord::to("orders").key("7").payload("paid").partition(1)
}

/// What a consumer of the group `billing` is made from.
pub(crate) fn group_config(app: &App) -> ClientConfig {
    let mut config = app.config();
    config.set("group.id", "billing").set("client.id", "shop").set("enable.auto.commit", "false");
    config
}

/// A consumer of that group that reads everything.
pub(crate) fn consumer(app: &App) -> StreamConsumer {
    let consumer: StreamConsumer = group_config(app).create().unwrap();
    consumer.assign(&from_the_beginning()).unwrap();
    consumer.with(app.telemetry.kit())
}

/// Sends an order from an instrumented caller.
pub(crate) async fn produce(app: &App) -> ReceivedSpan {
    let producer = app.producer();
    soon(caller(producer.send(order(), LIMIT))).await.unwrap();
    app.span("send orders")
}

/// An application that an order was sent to, the span of that, and a consumer that is about to receive it.
pub(crate) async fn sent_to(app: App) -> (App, ReceivedSpan, StreamConsumer) {
    let sent = produce(&app).await;
    let consumer = consumer(&app);
    (app, sent, consumer)
}

pub(crate) async fn receive<C: ConsumerContext + 'static>(
    consumer: &StreamConsumer<C>,
) -> BorrowedMessage<'_> {
    soon(consumer.recv()).await.unwrap()
}

pub(crate) fn is_linked_to(span: &ReceivedSpan, other: &ReceivedSpan) -> bool {
    let [link] = &span.links[..] else { panic!("one link: {span:?}") };
    (&link.trace_id, &link.span_id) == (&other.trace_id, &other.span_id)
}

/// Where a consumer without a group's assignment begins.
pub(crate) fn from_the_beginning() -> TopicPartitionList {
    let mut partitions = TopicPartitionList::new();
    for partition in 0..2 {
        partitions.add_partition_offset("orders", partition, Offset::Beginning).unwrap();
    }
    partitions
}

pub(crate) fn headers(fields: &[(&str, Option<&[u8]>)]) -> OwnedHeaders {
    let add = |headers: OwnedHeaders, (key, value): &(&str, Option<&[u8]>)| {
        headers.insert(Header { key, value: *value })
    };
    fields.iter().fold(OwnedHeaders::new(), add)
}

/// The headers in their order, as text; null is `None`.
pub(crate) fn texts<H: Headers>(headers: Option<&H>) -> Vec<(String, Option<String>)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let Some(headers) = headers else { return Vec::new() };
    headers.iter().map(|header| (header.key.to_owned(), header.value.map(text))).collect()
}

/// The values of a header, in any case of its key.
pub(crate) fn values<H: Headers>(headers: Option<&H>, key: &str) -> Vec<String> {
    let all = texts(headers).into_iter();
    all.filter(|(other, _)| other.eq_ignore_ascii_case(key)).filter_map(|(_, value)| value).collect()
}

pub(crate) fn traceparent(span: &ReceivedSpan) -> String {
    format!("00-{}-{}-03", span.trace_id, span.span_id)
}

/// Fails a test that would hang.
pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(LIMIT, future).await.expect("soon")
}
