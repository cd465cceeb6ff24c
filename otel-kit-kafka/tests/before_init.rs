//! Alone in its process: it installs the global kit.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use otel_kit_kafka::{FutureProducer, StreamConsumer, rdkafka};
use rdkafka::{consumer::Consumer, message::Message};
use support::{App, LIMIT, caller, from_the_beginning, order, soon, traceparent, values};

#[tokio::test]
async fn clients_built_before_the_kit_pass_messages_untouched_and_then_work() {
    let app = App::new();
    let producer: FutureProducer = app.config().create().unwrap();
    let consumer: StreamConsumer = app.config().set("group.id", "billing").create().unwrap();
    consumer.assign(&from_the_beginning()).unwrap();
    let delivery = producer.send_result(order()).map_err(|(error, _)| error).unwrap();
    soon(delivery).await.unwrap().unwrap();
    let message = soon(consumer.recv()).await.unwrap();
    assert!(message.headers().is_none());
    soon(consumer.process(&message, async |_| Ok::<_, ()>(()))).await.unwrap();
    assert!(app.telemetry.spans().is_empty() && app.telemetry.metrics().is_empty());

    app.telemetry.kit().clone().install().unwrap();
    soon(caller(producer.send(order(), LIMIT))).await.unwrap();
    let message = soon(consumer.recv()).await.unwrap();
    soon(consumer.process(&message, async |_| Ok::<_, ()>(()))).await.unwrap();
    let sent = app.span("send orders");
    assert!(sent.is_child_of(&app.span("caller")));
    assert_eq!(values(message.headers(), "traceparent"), [traceparent(&sent)]);
    assert!(app.span("process orders").is_child_of(&sent));
}
