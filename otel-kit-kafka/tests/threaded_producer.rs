//! Producers that nobody waits for: spans end when the broker answers.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{
    sync::mpsc::{SyncSender, sync_channel},
    time::Duration,
};

use opentelemetry::{
    Context,
    trace::{SpanKind, Status, TraceContextExt},
};
use otel_kit_core::semconv::metric::{MESSAGING_CLIENT_OPERATION_DURATION, MESSAGING_CLIENT_SENT_MESSAGES};
use otel_kit_kafka::{BaseProducer, ThreadedProducer, rdkafka};
use rdkafka::{
    ClientContext,
    message::{DeliveryResult, Message},
    producer::{BaseRecord, Partitioner, Producer, ProducerContext},
    types::{RDKafkaApiKey, RDKafkaRespErr},
};
use support::{App, LIMIT, headers, texts, traceparent, values};

/// Notes what it is told of deliveries: the application's own data, the result, the current span.
struct Notes {
    told: SyncSender<(usize, bool, String, Vec<String>)>,
    partitioner: Option<Second>,
}

struct Second;

impl Partitioner for Second {
    fn partition(&self, _: &str, _: Option<&[u8]>, _: i32, _: impl Fn(i32) -> bool) -> i32 {
        1
    }
}

impl ClientContext for Notes {}

impl ProducerContext<Second> for Notes {
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, number: usize) {
        let message = result.as_ref().unwrap_or_else(|(_, message)| message);
        let span = Context::current().span().span_context().span_id().to_string();
        let traceparent = values(message.headers(), "traceparent");
        self.told.send((number, result.is_ok(), span, traceparent)).unwrap();
    }

    fn get_custom_partitioner(&self) -> Option<&Second> {
        self.partitioner.as_ref()
    }
}

fn record<D: rdkafka::util::IntoOpaque>(own: D) -> BaseRecord<'static, str, str, D> {
    BaseRecord::with_opaque_to("orders", own).key("7").payload("paid")
}

#[test]
fn a_span_ends_when_the_message_is_delivered_and_the_applications_context_is_told_as_ever() {
    let app = App::new();
    let (told, deliveries) = sync_channel(8);
    let notes = Notes { told, partitioner: Some(Second) };
    // rdkafka takes a partitioner only where an option of topics is set too.
    let mut config = app.config();
    config.set("message.timeout.ms", "20000");
    let producer: ThreadedProducer<_, _> = config.create_with_context(notes).unwrap();
    let producer = producer.with(app.telemetry.kit());
    tracing::info_span!("caller").in_scope(|| {
        producer.send(record(42)).map_err(|(error, _)| error).unwrap();
    });
    let (number, is_delivered, current, headers) = deliveries.recv_timeout(LIMIT).unwrap();

    let span = app.span("send orders");
    assert!(span.is_child_of(&app.span("caller")), "{:?}", app.telemetry);
    assert_eq!((&span.kind, &span.status), (&SpanKind::Producer, &Status::Unset));
    assert_eq!((number, is_delivered, current), (42, true, span.span_id.clone()));
    assert_eq!(headers, [traceparent(&span)]);
    assert_eq!(span.attr("messaging.destination.partition.id"), "1", "as the application's partitioner says");
    assert_eq!(span.attr("messaging.kafka.offset"), 0);
    assert_eq!(app.point(MESSAGING_CLIENT_SENT_MESSAGES, "send").value.as_i64(), Some(1));
}

#[test]
fn what_is_not_delivered_is_an_error_with_kafkas_name() {
    let app = App::new();
    app.cluster
        .request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE]);
    let producer: BaseProducer = app.config().create().unwrap();
    let producer = producer.with(app.telemetry.kit());
    producer.send(record(())).map_err(|(error, _)| error).unwrap();
    assert!(app.telemetry.spans().is_empty());
    producer.flush(LIMIT).unwrap();
    let span = app.span("send orders");
    assert_eq!(
        (&span.status, span.attr("error.type").as_str()),
        (&Status::error(""), Some("MESSAGE_TOO_LARGE"))
    );
    let point = app.point(MESSAGING_CLIENT_OPERATION_DURATION, "send");
    assert_eq!(*point.attr("error.type"), *"MESSAGE_TOO_LARGE");
}

#[test]
fn a_full_queue_is_an_error_and_the_record_comes_back_as_it_was() {
    let app = App::new();
    let mut config = app.config();
    config.set("queue.buffering.max.messages", "1").set("linger.ms", "60000");
    let (told, deliveries) = sync_channel(8);
    let notes = Notes { told, partitioner: None };
    let producer: BaseProducer<_, _> = config.create_with_context(notes).unwrap();
    let producer = producer.with(app.telemetry.kit());
    producer.send(record(1)).map_err(|(error, _)| error).unwrap();
    for before in [None, Some(headers(&[("traceparent", Some(b"own")), ("kind", None)]))] {
        app.telemetry.clear();
        let expected = texts(before.as_ref());
        let mut second = record(2);
        second.headers = before;
        let (_, second) =
            producer.send(second).map_err(|(error, record)| (error.to_string(), record)).unwrap_err();
        assert_eq!((second.delivery_opaque, texts(second.headers.as_ref())), (2, expected));
        assert_eq!(app.span("send orders").attr("error.type"), "_QUEUE_FULL");
    }

    // What is still in the queue when the producer goes has a span, and the application is told.
    app.telemetry.clear();
    drop(producer);
    let (number, is_delivered, ..) = deliveries.recv_timeout(LIMIT).unwrap();
    assert_eq!((number, is_delivered), (1, false));
    let span = app.span("send orders");
    assert_eq!(span.attr("error.type"), "_PURGE_QUEUE");
    assert!(span.duration() < Duration::from_secs(10));
}

#[test]
fn a_clone_is_the_same_producer() {
    let app = App::new();
    let producer: ThreadedProducer = app.config().create().unwrap();
    let producer = producer.with(app.telemetry.kit());
    let clone = producer.clone();
    drop(producer);
    clone.send(record(())).map_err(|(error, _)| error).unwrap();
    clone.flush(LIMIT).unwrap();
    assert_eq!(app.span("send orders").attr("messaging.kafka.offset"), 0);
}

#[test]
fn without_a_kit_messages_pass_untouched() {
    let app = App::new();
    let (told, deliveries) = sync_channel(8);
    let notes = Notes { told, partitioner: None };
    let producer: ThreadedProducer<_, Second> = app.config().create_with_context(notes).unwrap();
    producer.send(record(7)).map_err(|(error, _)| error).unwrap();
    let (number, is_delivered, _, headers) = deliveries.recv_timeout(LIMIT).unwrap();
    assert_eq!((number, is_delivered, headers), (7, true, Vec::new()));
}
