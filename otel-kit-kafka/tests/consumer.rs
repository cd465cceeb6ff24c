//! Spans and measurements of consumers: what is received, processed and committed.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Arc,
        mpsc::{SyncSender, sync_channel},
    },
    task::{self, Wake, Waker},
    time::Duration,
};

use futures_core::Stream;
use opentelemetry::{
    Context, KeyValue,
    baggage::BaggageExt,
    trace::{FutureExt, SpanKind, Status, TraceContextExt},
};
use otel_kit_core::{
    LogContext,
    semconv::metric::{
        MESSAGING_CLIENT_CONSUMED_MESSAGES, MESSAGING_CLIENT_OPERATION_DURATION, MESSAGING_PROCESS_DURATION,
    },
    settings::ProcessParent,
};
use otel_kit_kafka::{BaseConsumer, MessageStream, Processor, StreamConsumer, rdkafka};
use otel_kit_testing::Telemetry;
use rdkafka::{
    ClientContext, TopicPartitionList,
    consumer::{CommitMode, Consumer, ConsumerContext, Rebalance},
    error::KafkaError,
    message::Message,
    producer::FutureRecord,
    topic_partition_list::Offset,
    types::{RDKafkaApiKey, RDKafkaRespErr},
};
use support::{
    App, LIMIT, caller, consumer, from_the_beginning, group_config, headers, is_linked_to, order, produce,
    receive, sent_to, soon, traceparent,
};

#[derive(Debug)]
struct Refused;

#[tokio::test]
async fn one_trace_goes_from_the_caller_over_the_broker_to_what_the_handler_does() {
    let (app, sent, consumer) = sent_to(App::new()).await;
    let message = receive(&consumer).await;
    let stored = soon(consumer.process(&message, async |message| {
        caller(async { tokio::task::yield_now().await }).await;
        Ok::<_, Refused>(message.payload().unwrap().to_vec())
    }));
    assert_eq!(stored.await.unwrap(), b"paid");

    let processed = app.span("process orders");
    assert!(processed.is_child_of(&sent), "{:?}", app.telemetry);
    assert_eq!((&processed.kind, &processed.status), (&SpanKind::Consumer, &Status::Unset));
    assert!(app.spans("caller")[1].is_child_of(&processed), "what the handler does");
    assert_eq!(sent.trace_id, app.spans("caller")[0].trace_id);

    let polled = app.span("poll orders");
    assert_eq!(polled.kind, SpanKind::Client);
    assert!(polled.is_root() && is_linked_to(&polled, &sent));
    for (span, name, operation_type) in [(&polled, "poll", "receive"), (&processed, "process", "process")] {
        assert_eq!(span.attr("messaging.system"), "kafka");
        assert_eq!(span.attr("messaging.operation.name"), name);
        assert_eq!(span.attr("messaging.operation.type"), operation_type);
        assert_eq!(span.attr("messaging.destination.name"), "orders");
        assert_eq!(span.attr("messaging.destination.partition.id"), "1");
        assert_eq!(span.attr("messaging.kafka.offset"), 0);
        assert_eq!(span.attr("messaging.consumer.group.name"), "billing");
        assert_eq!(span.attr("messaging.client.id"), "shop");
        assert_eq!(span.attr("server.address"), "127.0.0.1");
        assert_eq!(span.attributes.len(), 10, "{span:?}");
    }
}

#[tokio::test]
async fn only_messages_that_the_application_gets_have_spans() {
    let app = App::new();
    let consumer = consumer(&app);
    let empty = tokio::time::timeout(Duration::from_millis(50), consumer.recv()).await;
    assert!(empty.is_err(), "there is nothing yet");
    let producer = app.producer();
    for _ in 0..5 {
        soon(producer.send(order(), LIMIT)).await.unwrap();
    }
    for _ in 0..2 {
        receive(&consumer).await;
    }
    assert_eq!(app.spans("poll orders").len(), 2);
    assert_eq!((app.spans("poll").len(), app.spans("process orders").len()), (0, 0));
    let consumed = app.point(MESSAGING_CLIENT_CONSUMED_MESSAGES, "poll");
    assert_eq!(
        (consumed.value.as_i64(), consumed.attr("messaging.consumer.group.name").as_str()),
        (Some(2), Some("billing"))
    );
    assert_eq!(app.point(MESSAGING_CLIENT_OPERATION_DURATION, "poll").count, 2);
}

/// The stream's next message.
async fn next(stream: &mut MessageStream<'_, impl ConsumerContext>) -> i64 {
    soon(poll_fn(|task| pin!(&mut *stream).poll_next(task))).await.unwrap().unwrap().offset()
}

#[tokio::test]
async fn the_stream_gives_the_same_spans_with_the_time_of_the_wait() {
    let app = App::with(Telemetry::builder().manual_clock().build());
    let consumer = consumer(&app);
    let mut stream = consumer.stream();
    let later = async {
        app.telemetry.clock().advance(Duration::from_secs(3));
        produce(&app).await
    };
    let (_, sent) = tokio::join!(next(&mut stream), later);
    let polled = app.span("poll orders");
    assert_eq!(polled.duration(), Duration::from_secs(3));
    assert!(is_linked_to(&polled, &sent));
}

/// A task that only notes that it was woken.
struct Woken(SyncSender<()>);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        let _ = self.0.try_send(());
    }
}

#[tokio::test]
async fn how_long_a_message_lies_there_until_the_stream_is_asked_again_is_not_in_the_wait_for_it() {
    let (app, _, consumer) = sent_to(App::with(Telemetry::builder().manual_clock().build())).await;
    let mut stream = consumer.stream();
    next(&mut stream).await;
    // As `ready_chunks` does: it looks whether there is more, and the application goes to work.
    let (sender, woken) = sync_channel(1);
    let waker = Waker::from(Arc::new(Woken(sender)));
    assert!(pin!(&mut stream).poll_next(&mut task::Context::from_waker(&waker)).is_pending());
    app.telemetry.clock().advance(Duration::from_secs(1));
    soon(app.producer().send(order(), LIMIT)).await.unwrap();
    woken.recv_timeout(LIMIT).unwrap();
    app.telemetry.clock().advance(Duration::from_secs(60));
    assert_eq!(next(&mut stream).await, 1);
    let waits = app.point(MESSAGING_CLIENT_OPERATION_DURATION, "poll");
    assert!(waits.count == 2 && waits.sum <= Some(1.0), "{waits:?}");
}

#[tokio::test]
async fn a_span_that_is_current_already_is_linked_to() {
    let (app, sent, consumer) = sent_to(App::new()).await;
    let message = receive(&consumer).await;
    soon(caller(consumer.process(&message, async |_| Ok::<_, Refused>(())))).await.unwrap();
    let processed = app.span("process orders");
    assert!(processed.is_child_of(&sent));
    assert!(is_linked_to(&processed, &app.spans("caller")[1]));
}

#[tokio::test]
async fn by_setting_the_current_span_is_the_parent_and_the_message_is_linked_to() {
    let app = App::with_settings(|settings| settings.process = ProcessParent::Ambient);
    let producer = app.producer();
    let baggage = Context::current().with_baggage([KeyValue::new("tenant", "acme")]);
    soon(caller(producer.send(order(), LIMIT).with_context(baggage))).await.unwrap();
    let sent = app.span("send orders");
    let consumer = consumer(&app);
    let message = receive(&consumer).await;
    let tenant = async |_: &_| Ok::<_, Refused>(Context::current().baggage().get("tenant").cloned());
    for is_called in [true, false] {
        let processing = consumer.process(&message, tenant);
        let tenant = if is_called { soon(caller(processing)).await } else { soon(processing).await };
        assert_eq!(tenant.unwrap().unwrap().as_str(), "acme");
    }
    let [inner, root] = &app.spans("process orders")[..] else { panic!("{:?}", app.telemetry) };
    assert!(inner.is_child_of(&app.spans("caller")[1]) && is_linked_to(inner, &sent));
    assert!(root.is_root() && is_linked_to(root, &sent));
}

#[tokio::test]
async fn baggage_and_the_topic_reach_the_handler() {
    let app = App::new();
    let producer = app.producer();
    let baggage = Context::current().with_baggage([KeyValue::new("tenant", "acme")]);
    soon(producer.send(order(), LIMIT).with_context(baggage)).await.unwrap();
    let consumer = consumer(&app);
    let message = receive(&consumer).await;
    let seen = soon(consumer.process(&message, async |_| {
        tokio::task::yield_now().await;
        let tenant = Context::current().baggage().get("tenant").map(ToString::to_string);
        let fields: Vec<_> =
            LogContext::current().iter().map(|(key, value)| format!("{key}={value}")).collect();
        Ok::<_, Refused>((tenant, fields))
    }));
    let (tenant, fields) = seen.await.unwrap();
    assert_eq!(tenant.as_deref(), Some("acme"));
    assert_eq!(fields, ["messaging.destination.name=orders"]);
    assert!(!Context::current().has_active_span());
}

#[tokio::test]
async fn a_handlers_error_is_passed_on_and_its_type_is_the_spans() {
    let (app, _, consumer) = sent_to(App::with(Telemetry::builder().manual_clock().build())).await;
    let message = receive(&consumer).await;
    let Refused = soon(consumer.process(&message, async |_| {
        app.telemetry.clock().advance(Duration::from_millis(250));
        Err::<(), _>(Refused)
    }))
    .await
    .unwrap_err();
    let processed = app.span("process orders");
    assert_eq!(processed.status, Status::error(""));
    assert_eq!(processed.attr("error.type"), "consumer::Refused");
    let point = app.point(MESSAGING_PROCESS_DURATION, "process");
    assert_eq!((point.count, point.sum), (1, Some(0.25)));
    assert_eq!(point.attr("error.type"), "consumer::Refused");
    let [exemplar] = &point.exemplars[..] else { panic!("{point:?}") };
    assert_eq!((&exemplar.trace_id, &exemplar.span_id), (&processed.trace_id, &processed.span_id));
    assert_eq!(point.attr("messaging.consumer.group.name"), "billing");
    assert_eq!(point.attr("messaging.destination.partition.id"), "1");
}

#[tokio::test]
async fn processing_that_is_dropped_is_cancelled_and_a_panic_is_an_error() {
    let (app, _, consumer) = sent_to(App::new()).await;
    let message = receive(&consumer).await;
    {
        let mut processing = pin!(consumer.process(&message, async |_| {
            std::future::pending::<()>().await;
            Ok::<_, Refused>(())
        }));
        let is_pending = poll_fn(|task| processing.as_mut().poll(task).is_pending().into()).await;
        assert!(is_pending);
    }
    drop(consumer.start_process(&message));
    let dropped = app.spans("process orders");
    assert_eq!(dropped.len(), 2);
    for span in &dropped {
        assert_eq!(span.status, Status::Unset);
        assert_eq!(span.attr("otel_kit.cancelled"), true);
    }

    app.telemetry.clear();
    let message = message.detach();
    let processor = consumer.processor();
    let panicked = tokio::spawn(async move {
        let panic = async |_: &_| -> Result<(), Refused> { std::panic::resume_unwind(Box::new("no")) };
        processor.process(&message, panic).await
    });
    assert!(panicked.await.unwrap_err().is_panic(), "passed on");
    let span = app.span("process orders");
    assert_eq!((&span.status, span.attr("error.type").as_str()), (&Status::error(""), Some("panic")));
}

#[tokio::test]
async fn a_guard_ends_as_it_is_told() {
    let (app, sent, consumer) = sent_to(App::new()).await;
    let message = receive(&consumer).await;
    let process = consumer.start_process(&message);
    {
        let _attached = process.attach();
        tracing::info_span!("inside").in_scope(|| {});
    }
    process.end();
    consumer.start_process(&message).fail("bad_order");
    let process = consumer.start_process(&message);
    process.finish(&Err::<(), _>(Refused));

    let [ended, failed, refused] = &app.spans("process orders")[..] else { panic!("{:?}", app.telemetry) };
    assert!(app.span("inside").is_child_of(ended) && ended.is_child_of(&sent));
    assert_eq!(ended.status, Status::Unset);
    assert_eq!(failed.attr("error.type"), "bad_order");
    assert_eq!(refused.attr("error.type"), "consumer::Refused");
}

#[tokio::test]
async fn a_batch_links_to_each_of_its_creators_once_and_has_none_of_them_as_parent() {
    let app = App::new();
    let producer = app.producer();
    for _ in 0..3 {
        soon(caller(producer.send(order(), LIMIT))).await.unwrap();
    }
    let sent = app.spans("send orders");
    // Two messages of one context, and one of none.
    let bare: rdkafka::producer::FutureProducer = app.config().create().unwrap();
    let again = traceparent(&sent[2]);
    let again = headers(&[("traceparent", Some(again.as_bytes()))]);
    bare.send(order().headers(again), LIMIT).await.unwrap();
    bare.send(order(), LIMIT).await.unwrap();

    let consumer = consumer(&app);
    let mut messages = Vec::new();
    for _ in 0..5 {
        messages.push(receive(&consumer).await);
    }
    soon(caller(consumer.process_batch(&messages, async |batch| {
        assert_eq!(batch.len(), 5);
        Ok::<_, Refused>(())
    })))
    .await
    .unwrap();
    let span = app.span("process orders");
    assert!(span.is_child_of(app.spans("caller").last().unwrap()));
    let linked: Vec<_> = span.links.iter().map(|link| link.span_id.as_str()).collect();
    assert_eq!(linked, sent.iter().map(|span| span.span_id.as_str()).collect::<Vec<_>>());
    assert_eq!(span.attr("messaging.batch.message_count"), 5);
    assert_eq!(span.attr("messaging.destination.partition.id"), "1");
    assert!(span.attr("messaging.kafka.offset").is_absent());

    // A batch of nothing is nothing.
    app.telemetry.clear();
    let none: [rdkafka::message::OwnedMessage; 0] = [];
    consumer.process_batch(&none, async |_| Ok::<_, Refused>(())).await.unwrap();
    assert!(app.telemetry.spans().is_empty());
}

/// A message as a consumer gives it.
fn message(topic: &str, partition: i32, number: u64) -> rdkafka::message::OwnedMessage {
    let traceparent = format!("00-{number:032x}-{number:016x}-01");
    let headers = headers(&[("traceparent", Some(traceparent.as_bytes()))]);
    let payload = Some(b"paid".to_vec());
    rdkafka::message::OwnedMessage::new(
        payload,
        None,
        topic.to_owned(),
        rdkafka::Timestamp::NotAvailable,
        partition,
        0,
        Some(headers),
    )
}

#[tokio::test]
async fn a_large_batch_has_as_many_links_as_a_span_may_have() {
    let app = App::new();
    let messages: Vec<_> = (1..=500).map(|number| message("orders", 0, number)).collect();
    Processor::new().with(app.telemetry.kit()).start_batch(&messages).end();
    let span = app.span("process orders");
    assert_eq!((span.links.len(), span.dropped), (128, 0));
    assert_eq!(span.attr("messaging.batch.message_count"), 500);
}

#[tokio::test]
async fn whose_messages_they_are_can_be_told_where_the_consumer_was_there_already() {
    let app = App::new();
    produce(&app).await;
    let config = group_config(&app);
    let bare: rdkafka::consumer::StreamConsumer = config.create().unwrap();
    bare.assign(&from_the_beginning()).unwrap();
    let consumer = StreamConsumer::from(bare).identified_by(&config).with(app.telemetry.kit());
    let message = receive(&consumer).await;
    let processor = Processor::new().identified_by(&config).with(app.telemetry.kit());
    processor.start(&message).end();
    for name in ["poll orders", "process orders"] {
        let span = app.span(name);
        assert_eq!(span.attr("messaging.client.id"), "shop");
        assert_eq!(span.attr("messaging.consumer.group.name"), "billing");
        assert_eq!(span.attr("server.address"), "127.0.0.1");
    }
}

#[tokio::test]
async fn a_batch_of_several_topics_or_partitions_names_none() {
    let app = App::new();
    let processor = Processor::new().with(app.telemetry.kit());
    processor.start_batch(&[message("orders", 0, 1), message("orders", 1, 2)]).end();
    assert!(app.span("process orders").attr("messaging.destination.partition.id").is_absent());
    processor.start_batch(&[message("orders", 0, 1), message("users", 0, 2)]).end();
    let span = app.span("process");
    assert!(span.attr("messaging.destination.name").is_absent());
    assert!(span.attr("messaging.destination.partition.id").is_absent());
}

#[tokio::test]
async fn a_tombstone_is_marked_where_it_is_received_and_processed() {
    let app = App::new();
    let tombstone: FutureRecord<'_, str, str> = FutureRecord::to("orders").key("7");
    soon(app.producer().send(tombstone, LIMIT)).await.unwrap();
    let consumer = consumer(&app);
    let message = receive(&consumer).await;
    consumer.start_process(&message).end();
    for name in ["poll orders", "process orders"] {
        assert_eq!(app.span(name).attr("messaging.kafka.message.tombstone"), true);
    }
}

#[tokio::test]
async fn a_commit_is_a_span_below_the_current_one() {
    let (app, sent, consumer) = sent_to(App::new()).await;
    let message = receive(&consumer).await;
    let process = consumer.start_process(&message);
    {
        let _attached = process.attach();
        consumer.commit_message(&message, CommitMode::Sync).unwrap();
    }
    process.end();
    let span = app.span("commit orders");
    assert!(span.is_child_of(&app.span("process orders")) && is_linked_to(&span, &sent));
    assert_eq!((&span.kind, &span.status), (&SpanKind::Client, &Status::Unset));
    assert_eq!(span.attr("messaging.operation.type"), "settle");
    assert_eq!(span.attr("messaging.kafka.offset"), 0);
    assert_eq!(span.attr("messaging.destination.partition.id"), "1");
    assert_eq!(span.attr("messaging.consumer.group.name"), "billing");
    assert_eq!(app.point(MESSAGING_CLIENT_OPERATION_DURATION, "commit").count, 1);
    let committed = consumer.committed(LIMIT).unwrap();
    assert_eq!(committed.find_partition("orders", 1).unwrap().offset(), Offset::Offset(1));

    app.telemetry.clear();
    let mut offsets = TopicPartitionList::new();
    offsets.add_partition_offset("orders", 1, Offset::Offset(1)).unwrap();
    consumer.commit(&offsets, CommitMode::Async).unwrap();
    assert_eq!(app.span("commit orders").attr("messaging.kafka.offset"), 1);
    app.telemetry.clear();
    offsets.add_partition_offset("users", 0, Offset::Offset(1)).unwrap();
    consumer.commit(&offsets, CommitMode::Async).unwrap();
    consumer.commit_consumer_state(CommitMode::Async).unwrap();
    for span in app.spans("commit") {
        assert!(span.attr("messaging.destination.name").is_absent());
    }
    assert_eq!(app.spans("commit").len(), 2);
}

#[tokio::test]
async fn a_commit_that_the_broker_refuses_is_an_error_with_kafkas_name() {
    let (app, _, consumer) = sent_to(App::new()).await;
    let message = receive(&consumer).await;
    let refused = [RDKafkaRespErr::RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED; 3];
    app.cluster.request_errors(RDKafkaApiKey::OffsetCommit, &refused);
    let error = consumer.commit_message(&message, CommitMode::Sync).unwrap_err();
    assert!(matches!(error, KafkaError::ConsumerCommit(_)));
    let span = app.span("commit orders");
    assert_eq!(
        (&span.status, span.attr("error.type").as_str()),
        (&Status::error(""), Some("GROUP_AUTHORIZATION_FAILED"))
    );
}

#[tokio::test]
async fn an_unsampled_trace_costs_no_spans_and_reaches_the_handler() {
    let app = App::with(Telemetry::builder().sample_ratio(0.0).build());
    soon(app.producer().send(order(), LIMIT)).await.unwrap();
    let consumer = consumer(&app);
    let message = receive(&consumer).await;
    let seen = consumer
        .process(&message, async |_| Ok::<_, Refused>(Context::current().span().span_context().clone()));
    let seen = soon(seen).await.unwrap();
    assert!(seen.is_valid() && !seen.is_sampled());
    let traceparent = support::values(message.headers(), "traceparent");
    assert_eq!(traceparent, [format!("00-{}-{}-02", seen.trace_id(), seen.span_id())]);
    assert!(app.telemetry.spans().is_empty());
    assert_eq!(app.point(MESSAGING_PROCESS_DURATION, "process").count, 1);
    assert_eq!(app.point(MESSAGING_CLIENT_CONSUMED_MESSAGES, "poll").value.as_i64(), Some(1));
}

#[tokio::test]
async fn what_rdkafka_reports_in_place_of_a_message_is_a_failed_poll_and_the_end_of_a_partition_is_none() {
    let app = App::new();
    let consumer: StreamConsumer = group_config(&app).set("enable.partition.eof", "true").create().unwrap();
    let consumer = consumer.with(app.telemetry.kit());
    consumer.assign(&from_the_beginning()).unwrap();
    let end = soon(consumer.recv()).await.unwrap_err();
    assert!(matches!(end, KafkaError::PartitionEOF(_)));
    assert!(app.telemetry.spans().is_empty());

    app.cluster.broker_down(1).unwrap();
    let error = loop {
        match soon(consumer.recv()).await.unwrap_err() {
            KafkaError::PartitionEOF(_) => {}
            error => break error,
        }
    };
    let span = app.span("poll");
    assert_eq!(span.status, Status::error(""));
    let name = span.attr("error.type").as_str().unwrap();
    assert!(["_TRANSPORT", "_ALL_BROKERS_DOWN"].contains(&name), "{name}: {error}");
    assert!(app.points(MESSAGING_CLIENT_CONSUMED_MESSAGES, "poll").is_empty());
}

#[tokio::test]
async fn a_consumer_that_is_polled_has_the_same_spans() {
    let app = App::new();
    let sent = produce(&app).await;
    let consumer: BaseConsumer = group_config(&app).create().unwrap();
    let consumer = consumer.with(app.telemetry.kit());
    assert!(consumer.poll(Duration::ZERO).is_none());
    consumer.assign(&from_the_beginning()).unwrap();
    let message = consumer.iter().next().unwrap().unwrap();
    let result = consumer.process(&message, |message| {
        tracing::info_span!("inside").in_scope(|| {});
        Ok::<_, Refused>(message.offset())
    });
    assert_eq!(result.unwrap(), 0);
    consumer.commit_message(&message, CommitMode::Sync).unwrap();
    let processed = app.span("process orders");
    assert!(processed.is_child_of(&sent) && app.span("inside").is_child_of(&processed));
    assert!(is_linked_to(&app.span("poll orders"), &sent));
    assert!(is_linked_to(&app.span("commit orders"), &sent));
    assert_eq!(app.telemetry.spans().len(), 6, "{:?}", app.telemetry);
}

/// Notes what a rebalance tells it.
struct Notes(SyncSender<usize>);

impl ClientContext for Notes {}

impl ConsumerContext for Notes {
    fn post_rebalance(&self, _: &rdkafka::consumer::BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        if let Rebalance::Assign(partitions) = rebalance {
            self.0.send(partitions.count()).unwrap();
        }
    }
}

#[tokio::test]
async fn groups_seek_and_pause_and_a_context_of_the_applications_own_work_as_in_rdkafka() {
    let app = App::new();
    produce(&app).await;
    let (notes, told) = sync_channel(8);
    let mut config = group_config(&app);
    config.set("auto.offset.reset", "earliest");
    let consumer: StreamConsumer<_> = config.create_with_context(Notes(notes)).unwrap();
    let consumer = consumer.with(app.telemetry.kit());
    consumer.subscribe(&["orders"]).unwrap();
    let first = receive(&consumer).await;
    assert_eq!(told.recv().unwrap(), 2, "the application's context is told of its partitions");

    consumer.seek("orders", first.partition(), Offset::Offset(0), LIMIT).unwrap();
    let again = receive(&consumer).await;
    assert_eq!(again.offset(), first.offset());
    let assigned = consumer.assignment().unwrap();
    consumer.pause(&assigned).unwrap();
    consumer.resume(&assigned).unwrap();
    assert_eq!(app.spans("poll orders").len(), 2);
}
