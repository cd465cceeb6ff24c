//! Messages of partitions that have queues of their own.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{
    sync::mpsc::{Receiver, sync_channel},
    time::{Duration, Instant},
};

use otel_kit_core::semconv::metric::MESSAGING_CLIENT_CONSUMED_MESSAGES;
use otel_kit_kafka::{BaseConsumer, rdkafka};
use rdkafka::{consumer::Consumer, message::Message};
use support::{App, LIMIT, consumer, from_the_beginning, group_config, is_linked_to, produce, sent_to, soon};

/// The message that was sent is there, once.
fn has_its_span_and_is_counted(app: &App, sent: &otel_kit_testing::received::ReceivedSpan) {
    let polled = app.span("poll orders");
    assert!(is_linked_to(&polled, sent));
    assert_eq!(polled.attr("messaging.consumer.group.name"), "billing");
    assert_eq!(app.point(MESSAGING_CLIENT_CONSUMED_MESSAGES, "poll").value.as_i64(), Some(1));
}

#[tokio::test]
async fn the_queue_of_a_partition_gives_spans_and_counts_as_its_consumer_does() {
    let app = App::new();
    let consumer = consumer(&app);
    let queue = consumer.split_partition_queue("orders", 1).unwrap();
    let sent = produce(&app).await;
    let message = tokio::select! {
        message = soon(queue.recv()) => message.unwrap(),
        message = consumer.recv() => panic!("{message:?}"),
    };
    assert_eq!(message.payload(), Some(&b"paid"[..]));
    has_its_span_and_is_counted(&app, &sent);
}

#[tokio::test]
async fn the_stream_of_a_partitions_queue_does_so_too() {
    let (app, sent, consumer) = sent_to(App::new()).await;
    let queue = consumer.split_partition_queue("orders", 1).unwrap();
    let mut stream = std::pin::pin!(queue.stream());
    let next = std::future::poll_fn(|task| futures_core::Stream::poll_next(stream.as_mut(), task));
    tokio::select! {
        message = soon(next) => assert_eq!(message.unwrap().unwrap().partition(), 1),
        message = consumer.recv() => panic!("{message:?}"),
    }
    has_its_span_and_is_counted(&app, &sent);
}

/// What is told when a queue has something.
fn callback() -> (impl Fn() + Send + Sync + 'static, Receiver<()>) {
    let (told, calls) = sync_channel(1);
    let tell = move || {
        let _ = told.try_send(());
    };
    (tell, calls)
}

/// A consumer that is polled, alone, and has the partition from now on.
fn polled(app: &App) -> BaseConsumer {
    let consumer: BaseConsumer = group_config(app).create().unwrap();
    consumer.with(app.telemetry.kit())
}

#[tokio::test]
async fn a_consumer_that_is_polled_tells_when_there_is_something() {
    let app = App::new();
    let mut consumer = polled(&app);
    let (tell, calls) = callback();
    consumer.get_mut().expect("it is alone").set_nonempty_callback(tell);
    consumer.assign(&from_the_beginning()).unwrap();
    let sent = produce(&app).await;
    calls.recv_timeout(LIMIT).unwrap();
    let message = consumer.poll(LIMIT).unwrap().unwrap();
    assert_eq!(message.partition(), 1);
    has_its_span_and_is_counted(&app, &sent);
}

#[tokio::test]
async fn its_queues_tell_too() {
    let app = App::new();
    let mut consumer = polled(&app);
    consumer.assign(&from_the_beginning()).unwrap();
    let mut queue = consumer.split_partition_queue("orders", 1).unwrap();
    assert!(consumer.get_mut().is_none(), "the queue has it too");
    let (tell, calls) = callback();
    queue.set_nonempty_callback(tell);

    let sent = produce(&app).await;
    let deadline = Instant::now() + LIMIT;
    let message = loop {
        assert!(consumer.poll(Duration::ZERO).is_none() && Instant::now() < deadline);
        if let Some(message) = queue.poll(Duration::from_millis(20)) {
            break message.unwrap();
        }
    };
    assert_eq!(message.partition(), 1);
    has_its_span_and_is_counted(&app, &sent);
    calls.recv_timeout(LIMIT).unwrap();
    drop(message);
    drop(queue);
    assert!(consumer.get_mut().is_some());
}
