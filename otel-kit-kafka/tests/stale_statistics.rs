//! Statistics that are not renewed.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

use std::time::Duration;

use otel_kit_core::semconv::metric::LIBRDKAFKA_CONSUMER_LAG;
use otel_kit_kafka::{
    OtelContext,
    rdkafka::{
        ClientConfig, ClientContext, Statistics,
        statistics::{Partition, Topic},
    },
};
use otel_kit_testing::Telemetry;

const INTERVAL: Duration = Duration::from_secs(15);

/// A consumer that is this far behind.
fn behind(lag: i64) -> Statistics {
    let partition = Partition { fetch_state: "active".to_owned(), consumer_lag: lag, ..Partition::default() };
    let topic = Topic { topic: "orders".to_owned(), partitions: [(0, partition)].into(), ..Topic::default() };
    Statistics {
        client_type: "consumer".to_owned(),
        topics: [("orders".to_owned(), topic)].into(),
        ..Statistics::default()
    }
}

fn lags(telemetry: &Telemetry) -> Vec<i64> {
    let points = telemetry.metric(LIBRDKAFKA_CONSUMER_LAG).map(|metric| metric.points).unwrap_or_default();
    points.iter().filter_map(|point| point.value.as_i64()).collect()
}

fn context(telemetry: &Telemetry, interval: &str) -> OtelContext {
    let mut config = ClientConfig::new();
    config.set("group.id", "billing").set("statistics.interval.ms", interval);
    OtelContext::from_config(&config).with(telemetry.kit())
}

#[test]
fn what_a_consumer_that_nobody_polls_said_last_is_gone_after_three_intervals_and_comes_back_with_it() {
    let telemetry = Telemetry::builder().manual_clock().build();
    let context = context(&telemetry, "15000");
    context.stats(behind(7));
    telemetry.clock().advance(3 * INTERVAL);
    assert_eq!(lags(&telemetry), [7]);
    telemetry.clock().advance(Duration::from_millis(1));
    assert!(lags(&telemetry).is_empty());
    context.stats(behind(9));
    assert_eq!(lags(&telemetry), [9]);
    telemetry.clock().advance(INTERVAL);
    context.stats(behind(8));
    telemetry.clock().advance(3 * INTERVAL);
    assert_eq!(lags(&telemetry), [8]);
}

#[test]
fn intervals_that_a_busy_machine_may_miss_do_not_count_and_without_any_nothing_goes() {
    let telemetry = Telemetry::builder().manual_clock().build();
    let context_of_short = context(&telemetry, "50");
    context_of_short.stats(behind(7));
    telemetry.clock().advance(Duration::from_millis(900));
    assert_eq!(lags(&telemetry), [7]);
    telemetry.clock().advance(Duration::from_millis(101));
    assert!(lags(&telemetry).is_empty());
    let context_of_none = context(&telemetry, "0");
    context_of_none.stats(behind(1));
    telemetry.clock().advance(Duration::from_secs(86_400));
    assert_eq!(lags(&telemetry), [1]);
}
