//! Spans, measurements and headers of a producer whose sends are awaited.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{pin::pin, time::Duration};

use opentelemetry::{
    Context, KeyValue, SpanId, TraceFlags, TraceId,
    baggage::BaggageExt,
    trace::{FutureExt, SpanContext, SpanKind, Status, TraceContextExt, TraceState},
};
use otel_kit_core::semconv::{
    SCHEMA_URL,
    metric::{DURATION_BUCKETS, MESSAGING_CLIENT_OPERATION_DURATION, MESSAGING_CLIENT_SENT_MESSAGES},
};
use otel_kit_kafka::{FutureProducer, rdkafka};
use otel_kit_testing::Telemetry;
use rdkafka::{
    message::{Message, OwnedMessage},
    producer::{FutureRecord, Producer},
    types::{RDKafkaApiKey, RDKafkaRespErr},
    util::Timeout,
};
use support::{App, LIMIT, caller, headers, order, soon, texts, traceparent, values};

const NOW: Timeout = Timeout::After(Duration::ZERO);

#[tokio::test]
async fn a_message_is_a_span_from_the_call_to_the_brokers_acknowledgement() {
    let app = App::with(Telemetry::builder().manual_clock().build());
    let producer = app.producer_of(app.config().set("client.id", "shop"));
    let mut sending = pin!(caller(producer.send(order(), LIMIT)));
    let is_pending = std::future::poll_fn(|task| sending.as_mut().poll(task).is_pending().into()).await;
    assert!(is_pending, "no broker answers at once");
    app.telemetry.clock().advance(Duration::from_millis(250));
    let delivery = soon(sending).await.unwrap();
    assert_eq!((delivery.partition, delivery.offset), (1, 0));

    let span = app.span("send orders");
    assert_eq!((&span.kind, &span.status), (&SpanKind::Producer, &Status::Unset));
    assert!(span.is_child_of(&app.span("caller")));
    assert_eq!(span.duration(), Duration::from_millis(250));
    let servers = app.cluster.bootstrap_servers();
    let (address, port) = servers.split_once(':').unwrap();
    assert_eq!(span.attr("messaging.system"), "kafka");
    assert_eq!(span.attr("messaging.operation.name"), "send");
    assert_eq!(span.attr("messaging.operation.type"), "send");
    assert_eq!(span.attr("messaging.destination.name"), "orders");
    assert_eq!(span.attr("messaging.destination.partition.id"), "1");
    assert_eq!(span.attr("messaging.kafka.offset"), 0);
    assert_eq!(span.attr("messaging.client.id"), "shop");
    assert_eq!(span.attr("server.address"), address);
    assert_eq!(span.attr("server.port"), port.parse::<i64>().unwrap());
    assert_eq!((span.attributes.len(), span.links.len()), (9, 0), "{span:?}");
    assert_eq!((span.scope.name.as_str(), span.scope.schema_url.as_str()), ("otel-kit-kafka", SCHEMA_URL));
}

#[tokio::test]
async fn duration_and_count_have_the_units_and_attributes_of_the_conventions() {
    let app = App::with(Telemetry::builder().manual_clock().build());
    let producer = app.producer();
    for _ in 0..3 {
        soon(producer.send(order(), LIMIT)).await.unwrap();
    }
    let point = app.point(MESSAGING_CLIENT_OPERATION_DURATION, "send");
    assert_eq!((point.count, point.sum, &point.bounds[..]), (3, Some(0.0), &DURATION_BUCKETS[..]));
    let [exemplar] = &point.exemplars[..] else { panic!("{point:?}") };
    assert!(app.telemetry.spans().iter().any(|span| span.span_id == exemplar.span_id), "{point:?}");
    let mut keys: Vec<_> = point.attributes.keys().collect();
    keys.sort_unstable();
    let expected = [
        "messaging.destination.name",
        "messaging.destination.partition.id",
        "messaging.operation.name",
        "messaging.operation.type",
        "messaging.system",
        "server.address",
        "server.port",
    ];
    assert_eq!(keys, expected);
    let sent = app.point(MESSAGING_CLIENT_SENT_MESSAGES, "send");
    assert_eq!(sent.value.as_i64(), Some(3));
    assert!(keys.iter().all(|key| sent.attr(key) == point.attr(key)), "{sent:?}");
    assert_eq!(sent.attributes.len(), keys.len());
    let metric = |name| app.telemetry.metric(name).unwrap().unit;
    assert_eq!(metric(MESSAGING_CLIENT_OPERATION_DURATION), "s");
    assert_eq!(metric(MESSAGING_CLIENT_SENT_MESSAGES), "{message}");
}

#[tokio::test]
async fn the_record_carries_the_span_and_baggage_behind_its_own_headers() {
    let app = App::with_settings(|_| {});
    app.cluster
        .request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE]);
    let record = order().headers(headers(&[("kind", Some(b"order")), ("null", None)]));
    let context = Context::current().with_baggage([KeyValue::new("tenant", "acme")]);
    // What failed comes back with the headers that it went out with.
    let (_, message) = sent_back(&app.producer(), record, context).await;

    let expected =
        [("kind", Some("order")), ("null", None), ("traceparent", None), ("baggage", Some("tenant=acme"))];
    let mut expected = expected.map(|(key, value)| (key.to_owned(), value.map(str::to_owned)));
    expected[2].1 = Some(traceparent(&app.span("send orders")));
    assert_eq!(texts(message.headers()), expected);
}

#[tokio::test]
async fn a_record_that_is_sent_on_gets_the_new_context_in_place_of_the_old_one_and_the_span_links_to_it() {
    let app = App::new();
    app.cluster
        .request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE]);
    let old = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let old = [
        ("traceparent", Some(&old[..])),
        ("binary", Some(&[0xff_u8, 0][..])),
        ("TraceParent", Some(old)),
        ("tracestate", Some(b"a=1")),
    ];
    let (_, message) = sent_back(&app.producer(), order().headers(headers(&old)), Context::current()).await;

    let span = app.span("send orders");
    let keys: Vec<_> = texts(message.headers()).into_iter().map(|(key, _)| key).collect();
    assert_eq!(keys, ["binary", "traceparent"]);
    assert_eq!(values(message.headers(), "traceparent"), [traceparent(&span)]);
    let [link] = &span.links[..] else { panic!("one link: {span:?}") };
    assert_eq!(
        (link.trace_id.as_str(), link.span_id.as_str()),
        ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
    );
    assert!(span.is_child_of(&app.span("caller")));
}

/// Sends what the broker refuses.
async fn sent_back(
    producer: &FutureProducer,
    record: FutureRecord<'_, str, str>,
    context: Context,
) -> (String, OwnedMessage) {
    let sending = caller(producer.send(record, LIMIT)).with_context(context);
    let (error, message) = soon(sending).await.unwrap_err();
    (error.to_string(), message)
}

#[tokio::test]
async fn a_message_without_payload_is_a_tombstone_and_key_and_size_are_told_only_when_asked() {
    for asked in [false, true] {
        let app = App::with_settings(|settings| {
            settings.message_key = asked;
            settings.body_size = asked;
        });
        let producer = app.producer();
        soon(producer.send(order(), LIMIT)).await.unwrap();
        let tombstone: FutureRecord<'_, [u8], str> = FutureRecord::to("orders").key(&[0xff]);
        soon(producer.send(tombstone, LIMIT)).await.unwrap();

        let [message, tombstone] = &app.spans("send orders")[..] else { panic!("{:?}", app.telemetry) };
        assert!(message.attr("messaging.kafka.message.tombstone").is_absent());
        assert_eq!(tombstone.attr("messaging.kafka.message.tombstone"), true);
        // A key that is no text is not told.
        assert!(tombstone.attr("messaging.kafka.message.key").is_absent());
        assert!(!tombstone.attr("messaging.destination.partition.id").is_absent());
        if asked {
            assert_eq!(message.attr("messaging.kafka.message.key"), "7");
            assert_eq!(message.attr("messaging.message.body.size"), 4);
            assert_eq!(tombstone.attr("messaging.message.body.size"), 0);
        } else {
            assert!(message.attr("messaging.kafka.message.key").is_absent());
            assert!(message.attr("messaging.message.body.size").is_absent());
        }
    }
}

/// The one failure of the one message that was sent.
fn failure(app: &App) -> String {
    let span = app.span("send orders");
    assert_eq!(span.status, Status::error(""));
    assert!(span.attr("messaging.kafka.offset").is_absent());
    let error_type = span.attr("error.type").as_str().unwrap().to_owned();
    for metric in [MESSAGING_CLIENT_OPERATION_DURATION, MESSAGING_CLIENT_SENT_MESSAGES] {
        assert_eq!(*app.point(metric, "send").attr("error.type"), *error_type);
    }
    error_type
}

#[tokio::test]
async fn what_the_broker_refuses_is_an_error_with_kafkas_name() {
    let cases = [
        (RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, "TOPIC_AUTHORIZATION_FAILED"),
        (RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, "MESSAGE_TOO_LARGE"),
    ];
    for (error, name) in cases {
        let app = App::new();
        app.cluster.request_errors(RDKafkaApiKey::Produce, &[error]);
        soon(app.producer().send(order(), LIMIT)).await.unwrap_err();
        assert_eq!(failure(&app), name);
    }
}

#[tokio::test]
async fn a_broker_that_is_down_is_a_timeout() {
    let app = App::new();
    let producer = app.producer_of(app.config().set("message.timeout.ms", "200"));
    app.cluster.broker_down(1).unwrap();
    soon(producer.send(order(), LIMIT)).await.unwrap_err();
    assert_eq!(failure(&app), "_MSG_TIMED_OUT");
}

#[tokio::test]
async fn a_partition_that_is_not_there_is_an_error() {
    let app = App::new();
    soon(app.producer().send(order().partition(77), LIMIT)).await.unwrap_err();
    assert_eq!(failure(&app), "_UNKNOWN_PARTITION");
    assert_eq!(app.span("send orders").attr("messaging.destination.partition.id"), "77");
}

#[tokio::test]
async fn a_full_queue_is_an_error_and_the_record_comes_back_as_it_was() {
    let app = App::new();
    let mut config = app.config();
    let producer = app.producer_of(config.set("queue.buffering.max.messages", "1").set("linger.ms", "60000"));
    let first = producer.send_result(order()).map_err(|(error, _)| error).unwrap();

    let own = [("traceparent", Some(&b"own"[..])), ("kind", Some(b"order"))];
    let second = producer.send_result(order().headers(headers(&own))).err();
    let (error, record) = second.expect("no room");
    assert_eq!(error.to_string(), "Message production error: QueueFull (Local: Queue full)");
    let expected = [("traceparent", "own"), ("kind", "order")];
    let expected = expected.map(|(key, value)| (key.to_owned(), Some(value.to_owned())));
    assert_eq!(texts(record.headers.as_ref()), expected);
    assert_eq!(failure(&app), "_QUEUE_FULL");

    app.telemetry.clear();
    producer.send(order(), NOW).await.unwrap_err();
    assert_eq!(app.span("send orders").attr("error.type"), "_QUEUE_FULL");
    drop(first);
}

#[tokio::test]
async fn a_send_that_is_dropped_is_cancelled_and_the_message_goes_out() {
    let app = App::with(Telemetry::builder().manual_clock().build());
    let producer = app.producer();
    {
        let mut sending = pin!(caller(producer.send(order(), LIMIT)));
        let is_pending = std::future::poll_fn(|task| sending.as_mut().poll(task).is_pending().into()).await;
        assert!(is_pending, "no broker answers at once");
        app.telemetry.clock().advance(Duration::from_millis(250));
    }
    drop(producer.send_result(order()).map_err(|(error, _)| error).unwrap());
    // One that never began is nothing.
    drop(producer.send(order(), LIMIT));

    let spans = app.spans("send orders");
    assert_eq!(spans.len(), 2);
    for span in &spans {
        assert_eq!(span.status, Status::Unset);
        assert_eq!(span.attr("otel_kit.cancelled"), true);
        assert!(span.attr("error.type").is_absent());
    }
    assert_eq!(spans[0].duration(), Duration::from_millis(250));
    assert_eq!(app.point(MESSAGING_CLIENT_OPERATION_DURATION, "send").count, 2);
    assert_eq!(app.point(MESSAGING_CLIENT_SENT_MESSAGES, "send").value.as_i64(), Some(2));
    producer.flush(LIMIT).unwrap();
    let delivery = soon(producer.send(order(), LIMIT)).await.unwrap();
    assert_eq!(delivery.offset, 2, "both messages are there");
}

#[tokio::test]
async fn the_future_of_a_delivery_ends_the_span() {
    let app = App::new();
    let delivery = app.producer().send_result(order()).map_err(|(error, _)| error).unwrap();
    assert!(app.telemetry.spans().is_empty());
    let delivery = soon(delivery).await;
    // The producer is gone; what it could still send, it did, or it says that it did not.
    match delivery.unwrap() {
        Ok(delivery) => assert_eq!(app.span("send orders").attr("messaging.kafka.offset"), delivery.offset),
        Err(_) => assert_eq!(failure(&app), "_PURGE_QUEUE"),
    }
}

#[tokio::test]
async fn a_delivery_ends_its_span_when_it_comes_however_late_it_is_asked_for() {
    let app = App::with(Telemetry::builder().manual_clock().build());
    let producer = app.producer_of(app.config().set("linger.ms", "60000"));
    let deliveries = [(); 2].map(|()| producer.send_result(order()).map_err(|(error, _)| error).unwrap());
    app.telemetry.clock().advance(Duration::from_millis(250));
    producer.flush(LIMIT).unwrap();
    app.telemetry.clock().advance(Duration::from_secs(60));
    let [asked_for, dropped] = deliveries;
    assert_eq!(soon(asked_for).await.unwrap().unwrap().offset, 0);
    drop(dropped);

    let spans = app.spans("send orders");
    for (span, offset) in spans.iter().zip(0..) {
        assert_eq!((&span.kind, &span.status), (&SpanKind::Producer, &Status::Unset));
        assert_eq!(span.attr("messaging.kafka.offset"), offset);
        assert!(span.attr("otel_kit.cancelled").is_absent());
    }
    let point = app.point(MESSAGING_CLIENT_OPERATION_DURATION, "send");
    assert_eq!((spans.len(), point.count, point.sum), (2, 2, Some(0.5)));
    assert_eq!(app.point(MESSAGING_CLIENT_SENT_MESSAGES, "send").value.as_i64(), Some(2));
}

#[tokio::test]
async fn transactions_are_those_of_rdkafka() {
    let app = App::new();
    let producer = app.producer_of(app.config().set("transactional.id", "billing"));
    producer.init_transactions(LIMIT).unwrap();
    producer.begin_transaction().unwrap();
    soon(producer.send(order(), LIMIT)).await.unwrap();
    producer.commit_transaction(LIMIT).unwrap();
    producer.begin_transaction().unwrap();
    let delivery = producer.send_result(order()).map_err(|(error, _)| error).unwrap();
    producer.abort_transaction(LIMIT).unwrap();
    let aborted = soon(delivery).await.unwrap();
    let [_, span] = &app.spans("send orders")[..] else { panic!("two spans: {:?}", app.telemetry) };
    assert_eq!(span.is_error(), aborted.is_err());
}

fn parent(flags: u8) -> Context {
    let state = TraceState::from_key_value([("vendor", "1")]).unwrap();
    let parent = SpanContext::new(TraceId::from(7), SpanId::from(8), TraceFlags::new(flags), true, state);
    Context::new().with_remote_span_context(parent)
}

#[tokio::test]
async fn an_unsampled_trace_is_only_passed_on_and_measured() {
    let app = App::new();
    app.cluster
        .request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE]);
    let producer = app.producer();
    let sending = producer.send(order(), LIMIT).with_context(parent(0x02));
    let (_, message) = soon(sending).await.unwrap_err();
    let ids = "00-00000000000000000000000000000007-0000000000000008-02";
    assert_eq!(values(message.headers(), "traceparent"), [ids]);
    assert_eq!(values(message.headers(), "tracestate"), ["vendor=1"]);
    assert!(app.telemetry.spans().is_empty());
    assert_eq!(app.point(MESSAGING_CLIENT_OPERATION_DURATION, "send").count, 1);
}

#[tokio::test]
async fn a_caller_that_the_sampler_dropped_is_passed_on_as_not_sampled() {
    let app = App::with(Telemetry::builder().sample_ratio(0.0).build());
    app.cluster
        .request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE]);
    let (_, message) = sent_back(&app.producer(), order(), Context::new()).await;
    let [traceparent] = &values(message.headers(), "traceparent")[..] else { panic!("one traceparent") };
    assert!(traceparent.ends_with("-02"), "{traceparent}");
    assert!(app.telemetry.spans().is_empty());
}

#[tokio::test]
async fn what_the_kit_itself_sends_is_neither_recorded_nor_marked() {
    let app = App::new();
    app.cluster
        .request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE]);
    let producer = app.producer();
    let sending = producer.send(order(), LIMIT).with_context(parent(0x01).with_telemetry_suppressed());
    let (_, message) = soon(sending).await.unwrap_err();
    assert!(message.headers().is_none());
    assert!(app.telemetry.spans().is_empty() && app.telemetry.metrics().is_empty());
}

#[tokio::test]
async fn a_producer_that_is_there_already_can_be_wrapped() {
    let app = App::new();
    let bare: rdkafka::producer::FutureProducer = app.config().create().unwrap();
    let producer = FutureProducer::from(bare).with(app.telemetry.kit());
    soon(producer.clone().send(order(), LIMIT)).await.unwrap();
    let span = app.span("send orders");
    assert_eq!(span.attr("messaging.destination.partition.id"), "1");
    assert!(span.attr("server.address").is_absent());
    producer.flush(LIMIT).unwrap();

    app.telemetry.clear();
    let mut config = app.config();
    let bare: rdkafka::producer::FutureProducer = config.create().unwrap();
    let producer = FutureProducer::from(bare).identified_by(config.set("client.id", "shop"));
    soon(producer.with(app.telemetry.kit()).send(order(), LIMIT)).await.unwrap();
    let span = app.span("send orders");
    assert_eq!(span.attr("server.address"), "127.0.0.1");
    assert_eq!(span.attr("messaging.client.id"), "shop");
}
