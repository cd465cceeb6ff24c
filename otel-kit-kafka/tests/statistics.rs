//! Alone in its process: what librdkafka counts is measured, and not written into the log.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use otel_kit_kafka::{FutureProducer, OtelContext, StreamConsumer, rdkafka};
use otel_kit_testing::received::DataPoint;
use rdkafka::{
    ClientContext, Statistics,
    consumer::{CommitMode, Consumer, ConsumerContext},
};
use support::{App, LIMIT, from_the_beginning, order, soon};

/// The lines of the `log` crate, which rdkafka writes to.
struct Lines(Mutex<Vec<String>>);

static LINES: Lines = Lines(Mutex::new(Vec::new()));

impl log::Log for Lines {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        self.0.lock().unwrap().push(record.args().to_string());
    }

    fn flush(&self) {}
}

/// The one point of a metric, as soon as `is_meant`.
async fn point(app: &App, metric: &str, is_meant: impl Fn(&DataPoint) -> bool) -> DataPoint {
    let deadline = Instant::now() + LIMIT;
    loop {
        let points = app.telemetry.metric(metric).map(|metric| metric.points).unwrap_or_default();
        match points.into_iter().find(&is_meant) {
            Some(point) => return point,
            None if Instant::now() > deadline => panic!("{metric}: {:?}", app.telemetry.metric(metric)),
            None => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

fn of_partition(number: &'static str, lag: i64) -> impl Fn(&DataPoint) -> bool {
    move |point| {
        *point.attr("messaging.destination.partition.id") == *number && point.value.as_i64() == Some(lag)
    }
}

/// A consumer's context that measures as ours does.
struct Own {
    otel: OtelContext,
    seen: AtomicU64,
}

impl ClientContext for Own {
    fn stats_raw(&self, statistics: &[u8]) {
        self.seen.fetch_add(1, Ordering::Relaxed);
        self.otel.stats_raw(statistics);
    }
}

impl ConsumerContext for Own {}

/// A producer's context that reads the statistics.
struct Reads(Arc<Mutex<Vec<String>>>);

impl ClientContext for Reads {
    fn stats(&self, statistics: Statistics) {
        self.0.lock().unwrap().push(statistics.client_type);
    }
}

#[tokio::test]
async fn statistics_are_measured_as_long_as_the_client_lives_and_are_not_logged() {
    log::set_logger(&LINES).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let app = App::new();
    let mut config = app.config();
    config.set("statistics.interval.ms", "50").set("client.id", "shop");

    // A producer whose messages wait.
    config.set("linger.ms", "100");
    let producer: FutureProducer = config.create().unwrap();
    let producer = producer.with(app.telemetry.kit());
    for _ in 0..3 {
        soon(producer.send(order(), LIMIT)).await.unwrap();
    }
    let queue = point(&app, "librdkafka.producer.queue.messages", |_| true).await;
    assert_eq!(queue.attr("messaging.client.id"), "shop");
    point(&app, "librdkafka.producer.queue.size", |_| true).await;
    let round_trip = point(&app, "librdkafka.broker.round_trip_time", |_| true).await;
    assert!(round_trip.value.as_f64().unwrap() > 0.0);
    assert_eq!(round_trip.attr("server.address"), "127.0.0.1");
    assert_eq!(app.telemetry.metric("librdkafka.broker.round_trip_time").unwrap().unit, "s");

    // A consumer that gets behind, and catches up.
    config.set("group.id", "billing").set("enable.auto.commit", "false");
    let consumer: StreamConsumer = config.create().unwrap();
    let consumer = consumer.with(app.telemetry.kit());
    consumer.assign(&from_the_beginning()).unwrap();
    let first = soon(consumer.recv()).await.unwrap();
    consumer.commit_message(&first, CommitMode::Sync).unwrap();
    let lag = async |lag| {
        tokio::select! {
            point = point(&app, "librdkafka.consumer.lag", of_partition("1", lag)) => point,
            message = consumer.recv() => panic!("{message:?}"),
        }
    };
    let second = soon(consumer.recv()).await.unwrap();
    let third = soon(consumer.recv()).await.unwrap();
    let behind = lag(2).await;
    assert_eq!(behind.attr("messaging.destination.name"), "orders");
    assert_eq!(behind.attr("messaging.consumer.group.name"), "billing");
    drop((first, second));
    consumer.commit_message(&third, CommitMode::Sync).unwrap();
    lag(0).await;
    drop(third);
    drop(consumer);
    assert!(app.telemetry.metric("librdkafka.consumer.lag").is_none_or(|metric| metric.points.is_empty()));

    // A consumer with a context of its own.
    let own =
        Own { otel: OtelContext::from_config(&config).with(app.telemetry.kit()), seen: AtomicU64::new(0) };
    let consumer: StreamConsumer<_> = config.create_with_context(own).unwrap();
    let consumer = consumer.with(app.telemetry.kit());
    consumer.assign(&from_the_beginning()).unwrap();
    tokio::select! {
        _ = point(&app, "librdkafka.consumer.lag", of_partition("1", 0)) => {}
        () = async { loop { consumer.recv().await.unwrap(); } } => {}
    }
    assert!(consumer.context().seen.load(Ordering::Relaxed) > 0);

    // A producer with a context of its own is told what is measured.
    let told = Arc::<Mutex<_>>::default();
    let reading: FutureProducer<_> = config.create_with_context(Reads(Arc::clone(&told))).unwrap();
    let reading = reading.with(app.telemetry.kit());
    let deadline = Instant::now() + LIMIT;
    while told.lock().unwrap().is_empty() {
        assert!(Instant::now() < deadline, "no statistics");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    drop(reading);

    let dumps = LINES.0.lock().unwrap().iter().filter(|line| line.contains("Client stats")).count();
    assert_eq!(dumps, 0);
    let bare: rdkafka::producer::FutureProducer = config.create().unwrap();
    while !LINES.0.lock().unwrap().iter().any(|line| line.contains("Client stats")) {
        assert!(Instant::now() < deadline, "rdkafka alone would write them");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(bare);
}
