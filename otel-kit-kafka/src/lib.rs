//! OpenTelemetry for [rdkafka]: spans and metrics of producers and consumers, and the trace in the headers of
//! their messages.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use otel_kit_kafka::{FutureProducer, StreamConsumer};
//! use otel_kit_kafka::rdkafka::{
//!     ClientConfig, TopicPartitionList, consumer::Consumer, message::Message, mocking::MockCluster,
//!     producer::FutureRecord, topic_partition_list::Offset,
//! };
//! use otel_kit_testing::Telemetry;
//!
//! let cluster = MockCluster::new(1)?; // a broker in this process
//! cluster.create_topic("orders", 1, 1)?;
//! let mut config = ClientConfig::new();
//! config.set("bootstrap.servers", cluster.bootstrap_servers()).set("group.id", "billing");
//!
//! // In a service: otel_kit::init!()?, and no with().
//! let telemetry = Telemetry::new();
//! let producer = config.create::<FutureProducer>()?.with(telemetry.kit());
//! let record = FutureRecord::to("orders").key("7").payload("paid");
//! producer.send(record, Duration::from_secs(5)).await.map_err(|(error, _)| error)?;
//!
//! let consumer = config.create::<StreamConsumer>()?.with(telemetry.kit());
//! let mut all = TopicPartitionList::new();
//! all.add_partition_offset("orders", 0, Offset::Beginning)?;
//! consumer.assign(&all)?; // or subscribe(&["orders"])
//! let message = consumer.recv().await?;
//! let handler = async |order: &_| Message::payload_view::<str>(order).unwrap().map(str::to_owned);
//! assert_eq!(consumer.process(&message, handler).await?, "paid");
//!
//! let [send, poll, process] = &telemetry.spans()[..] else { panic!("{telemetry:?}") };
//! assert_eq!([&send.name, &poll.name, &process.name], ["send orders", "poll orders", "process orders"]);
//! assert!(process.is_child_of(send));
//! assert_eq!(poll.links[0].span_id, send.span_id);
//! # Ok(()) }
//! ```
//!
//! # What is emitted
//!
//! [Spans](https://opentelemetry.io/docs/specs/semconv/messaging/kafka/) `send`, `poll`, `process` and
//! `commit {topic}`, and the metrics `messaging.client.operation.duration`, `messaging.client.sent.messages`,
//! `messaging.client.consumed.messages` and `messaging.process.duration`, whether sampled or not. Where
//! `statistics.interval.ms` is set: `librdkafka.consumer.lag` and others, see [`OtelContext`].
//!
//! `error.type` is Kafka's name, such as `UNKNOWN_TOPIC_OR_PARTITION`, `_MSG_TIMED_OUT` or `_QUEUE_FULL`; that
//! of a handler is the type of its error. What the caller drops is no error: its span has `otel_kit.cancelled`.
//!
//! A record that is sent gets the context of its span, in place of one that it may hold already, as records do
//! that were received and are sent on; the span links to that one. All other headers stay as they are.
//!
//! A header key that is no UTF-8 makes rdkafka panic. It is caught, once for each message, and counted
//! (`otel_kit.messaging.lost_contexts`); but the panic hook is called, and with `panic = "abort"` the process ends.
//!
//! # Configuration
//!
//! [`KafkaSettings`](otel_kit_core::settings::KafkaSettings) of the kit: the parent of processing, and whether
//! keys and sizes of messages are told.

mod attached;
mod base_consumer;
mod client;
mod commit;
mod content;
mod context;
mod delivery;
mod delivery_future;
mod failure;
mod future_producer;
mod headers;
mod identity;
mod kind;
mod message_stream;
mod metrics;
mod partition_queue;
mod place;
mod poll;
mod process;
mod processor;
mod send;
mod setup;
mod snapshot;
mod span;
mod statistics;
mod stream_consumer;
mod stream_partition_queue;
mod told_errors;
mod topic;
mod tracked;
mod tracked_producers;
mod unreadable;
mod wakeup;

pub use rdkafka;

pub use self::{
    base_consumer::BaseConsumer,
    context::OtelContext,
    delivery_future::DeliveryFuture,
    future_producer::FutureProducer,
    message_stream::MessageStream,
    partition_queue::PartitionQueue,
    process::Process,
    processor::Processor,
    stream_consumer::StreamConsumer,
    stream_partition_queue::StreamPartitionQueue,
    tracked_producers::{BaseProducer, ThreadedProducer},
};
