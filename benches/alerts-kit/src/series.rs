//! Histograms that grow.

use std::{
    future,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use opentelemetry::{InstrumentationScope, KeyValue};
use otel_kit_core::metrics::{
    Data, HistogramPoint, Metric, ScopeMetrics, Snapshot, SnapshotError, SnapshotSource, Taking, Temporality,
};

/// Snapshots that were made before they are asked for, one for each round.
pub(crate) struct Recorded {
    snapshots: Vec<Arc<Snapshot>>,
    taken: AtomicUsize,
}

impl Recorded {
    pub(crate) fn new(series: usize, rounds: usize, interval: Duration) -> Self {
        let rounds = 0..u32::try_from(rounds).unwrap_or(u32::MAX) + 2;
        let at = |round| Arc::new(snapshot(series, u64::from(round) + 1, start() + interval * round));
        Self { snapshots: rounds.map(at).collect(), taken: AtomicUsize::new(0) }
    }

    /// How often one was asked for.
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }
}

impl SnapshotSource for Recorded {
    fn snapshot(&self, _max_age: Duration) -> Taking {
        let next = self.snapshots.get(self.taken.fetch_add(1, Ordering::Relaxed)).cloned();
        Box::pin(future::ready(next.ok_or(SnapshotError::Ended)))
    }
}

/// Name of a metric.
pub(crate) fn metric(number: usize) -> String {
    format!("shop.work{number}.duration")
}

pub(crate) fn start() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600)
}

/// Series of one metric, which are the instances of a rule.
pub(crate) const INSTANCES: usize = 10;

fn snapshot(series: usize, round: u64, time: SystemTime) -> Snapshot {
    let metrics = (0..(series / INSTANCES).max(1)).map(|number| Metric {
        name: metric(number).into(),
        description: "".into(),
        unit: "s".into(),
        start: start(),
        time,
        data: Data::Histogram {
            points: (0..INSTANCES).map(|country| point(country, round)).collect(),
            temporality: Temporality::Cumulative,
        },
    });
    let scope = InstrumentationScope::builder("shop").build();
    let scopes = vec![ScopeMetrics { scope, metrics: metrics.collect() }];
    Snapshot { time, resource: Vec::new(), resource_schema_url: None, scopes }
}

fn point(country: usize, round: u64) -> HistogramPoint {
    let bounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
    let mut point = HistogramPoint::default();
    point.attributes = vec![KeyValue::new("shop.country", format!("country {country}"))];
    point.counts = (0..=bounds.len() as u64).map(|bucket| round * (15 - bucket)).collect();
    point.count = point.counts.iter().sum();
    point.sum = 0.2 * point.count as f64;
    point.bounds = bounds.into();
    point
}
