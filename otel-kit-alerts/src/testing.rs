//! Metrics made by hand.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry::{InstrumentationScope, KeyValue, Value};
use otel_kit_core::metrics::{
    Buckets, Data, ExponentialPoint, HistogramPoint, Metric, Number, NumberPoint, ScopeMetrics, Snapshot,
    Temporality,
};

use crate::history::Millis;

/// Attributes, and a value.
pub(crate) type Point<'a> = (&'a [&'a str], f64);

pub(crate) fn at(millis: Millis) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(millis)
}

pub(crate) fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

pub(crate) fn snapshot<const N: usize>(time: Millis, metrics: [Metric; N]) -> Snapshot {
    let scope = InstrumentationScope::builder("test").build();
    let scopes = vec![ScopeMetrics { scope, metrics: metrics.into() }];
    Snapshot { time: at(time), resource: vec![], resource_schema_url: None, scopes }
}

/// `name=value`, of a number or a boolean if it looks like one.
pub(crate) fn attributes(of: &[&str]) -> Vec<KeyValue> {
    let mut attributes: Vec<_> = of
        .iter()
        .map(|text| {
            let (name, value) = text.split_once('=').unwrap();
            let number = value.parse::<i64>().map(Value::I64).ok();
            let value = number.or_else(|| value.parse().map(Value::Bool).ok());
            let text = text.split_once('=').unwrap().1.to_owned();
            KeyValue::new(name.to_owned(), value.unwrap_or_else(|| text.into()))
        })
        .collect();
    attributes.sort_by(|a, b| a.key.cmp(&b.key));
    attributes
}

pub(crate) fn counter(name: &'static str, points: &[Point<'_>]) -> Metric {
    let data =
        Data::Sum { points: numbers(points), is_monotonic: true, temporality: Temporality::Cumulative };
    metric(name, data)
}

pub(crate) fn gauge(name: &'static str, points: &[Point<'_>]) -> Metric {
    metric(name, Data::Gauge(numbers(points)))
}

pub(crate) fn histogram(name: &'static str, points: Vec<HistogramPoint>) -> Metric {
    metric(name, Data::Histogram { points, temporality: Temporality::Cumulative })
}

pub(crate) fn exponential(name: &'static str, points: Vec<ExponentialPoint>) -> Metric {
    metric(name, Data::ExponentialHistogram { points, temporality: Temporality::Cumulative })
}

/// A point with bounds and one count more.
pub(crate) fn buckets(of: &[&str], bounds: &[f64], counts: &[u64]) -> HistogramPoint {
    let count = counts.iter().sum();
    HistogramPoint {
        attributes: attributes(of),
        count,
        sum: f64::from(u32::try_from(count).unwrap()),
        bounds: bounds.into(),
        counts: counts.into(),
        ..HistogramPoint::default()
    }
}

/// A point with measurements above zero.
pub(crate) fn exponents(of: &[&str], scale: i32, offset: i32, counts: &[u64]) -> ExponentialPoint {
    ExponentialPoint {
        attributes: attributes(of),
        count: counts.iter().sum(),
        scale,
        positive: Buckets { offset, counts: counts.into() },
        ..ExponentialPoint::default()
    }
}

fn numbers(points: &[Point<'_>]) -> Vec<NumberPoint> {
    points.iter().map(|(of, value)| NumberPoint::new(attributes(of), Number::Double(*value))).collect()
}

fn metric(name: &'static str, data: Data) -> Metric {
    let (start, time) = (UNIX_EPOCH, UNIX_EPOCH);
    Metric { name: name.into(), description: "".into(), unit: "".into(), start, time, data }
}
