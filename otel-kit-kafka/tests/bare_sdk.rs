//! Kits that are less than what `init` installs.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use otel_kit_core::{
    Kit,
    semconv::metric::{
        MESSAGING_CLIENT_CONSUMED_MESSAGES, MESSAGING_CLIENT_OPERATION_DURATION,
        MESSAGING_CLIENT_SENT_MESSAGES, MESSAGING_PROCESS_DURATION,
    },
};
use otel_kit_kafka::{FutureProducer, Processor, StreamConsumer, rdkafka};
use otel_kit_testing::Telemetry;
use rdkafka::{
    consumer::Consumer,
    message::{Message, OwnedMessage},
    types::{RDKafkaApiKey, RDKafkaRespErr},
};
use support::{App, LIMIT, caller, from_the_beginning, headers, order, soon, traceparent, values};

fn producer_over(app: &App, kit: &Kit) -> FutureProducer {
    let producer: FutureProducer = app.config().create().unwrap();
    producer.with(kit)
}

#[tokio::test]
async fn spans_and_metrics_come_out_of_a_bare_sdk() {
    let app = App::new();
    let kit = Kit::builder()
        .tracer_provider(app.telemetry.tracer_provider().get_ref().clone())
        .meter_provider(app.telemetry.meter_provider().get_ref().clone())
        .build();
    soon(caller(producer_over(&app, &kit).send(order(), LIMIT))).await.unwrap();
    let consumer: StreamConsumer = app.config().set("group.id", "billing").create().unwrap();
    let consumer = consumer.with(&kit);
    consumer.assign(&from_the_beginning()).unwrap();
    let message = soon(consumer.recv()).await.unwrap();
    soon(consumer.process(&message, async |_| Ok::<_, ()>(()))).await.unwrap();
    assert!(app.span("process orders").is_child_of(&app.span("send orders")));
    assert_eq!(app.point(MESSAGING_CLIENT_OPERATION_DURATION, "send").count, 1);
    assert_eq!(app.point(MESSAGING_CLIENT_SENT_MESSAGES, "send").value.as_i64(), Some(1));
    assert_eq!(app.point(MESSAGING_CLIENT_CONSUMED_MESSAGES, "poll").value.as_i64(), Some(1));
    assert_eq!(app.point(MESSAGING_PROCESS_DURATION, "process").count, 1);
}

/// What is sent under a kit, as it comes back from a broker that refuses it.
async fn sent_under(app: &App, kit: &Kit) -> OwnedMessage {
    app.cluster
        .request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE]);
    let own = headers(&[("traceparent", Some(b"own"))]);
    let producer = producer_over(app, kit);
    soon(caller(producer.send(order().headers(own), LIMIT))).await.unwrap_err().1
}

#[tokio::test]
async fn without_any_sdk_messages_pass_with_the_context_that_is_current() {
    let app = App::new();
    let message = sent_under(&app, &Kit::builder().build()).await;
    let [caller] = &app.telemetry.spans()[..] else { panic!("the caller's: {:?}", app.telemetry) };
    assert_eq!(values(message.headers(), "traceparent"), [traceparent(caller)]);
    let processing = Processor::new().with(&Kit::builder().build());
    soon(processing.process(&message, async |_| Ok::<_, ()>(()))).await.unwrap();
}

#[tokio::test]
async fn a_kit_that_is_shut_down_leaves_the_callers_span_alone() {
    let ended = Telemetry::new();
    ended.tracer_provider().get_ref().shutdown().unwrap();
    let app = App::new();
    let message = sent_under(&app, ended.kit()).await;
    let [caller] = &app.telemetry.spans()[..] else { panic!("the caller's: {:?}", app.telemetry) };
    assert_eq!(caller.name, "caller");
    assert!(!caller.is_error() && caller.attr("error.type").is_absent(), "{caller:?}");
    assert_eq!(values(message.headers(), "traceparent"), [traceparent(caller)]);
}

#[tokio::test]
async fn a_kit_that_shuts_down_while_a_message_is_under_way_disturbs_nothing() {
    let app = App::new();
    let producer = app.producer();
    let delivery = producer.send_result(order()).map_err(|(error, _)| error).unwrap();
    app.telemetry.tracer_provider().get_ref().shutdown().unwrap();
    let delivery = soon(delivery).await.unwrap().unwrap();
    assert_eq!(delivery.offset, 0);
    assert_eq!(app.point(MESSAGING_CLIENT_SENT_MESSAGES, "send").value.as_i64(), Some(1));
}
