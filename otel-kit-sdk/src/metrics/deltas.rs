use std::{collections::HashMap, sync::Arc, time::SystemTime};

use opentelemetry::KeyValue;
use opentelemetry_sdk::metrics::Temporality as Preference;

use otel_kit_core::metrics::{
    Buckets, Data, Exemplar, ExponentialPoint, HistogramPoint, Metric, Number, NumberPoint, ScopeMetrics,
    Snapshot, Temporality,
};

use super::catalogue::Catalogue;

/// Makes increases out of totals, for receivers that
/// [prefer](https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/#additional-configuration) them.
///
/// The aggregation stays cumulative, since there are other readers; what was sent last is subtracted here.
/// Points that have not changed are left out. Increases have no least and greatest value.
pub(crate) struct Deltas {
    preference: Preference,
    catalogue: Arc<Catalogue>,
    sent: Option<Arc<Snapshot>>,
}

impl Deltas {
    pub(crate) fn new(preference: Preference, catalogue: Arc<Catalogue>) -> Self {
        Self { preference, catalogue, sent: None }
    }

    /// What has to be sent, after `snapshot` was the last that was.
    pub(crate) fn since_last(&mut self, snapshot: Arc<Snapshot>) -> Arc<Snapshot> {
        if self.preference == Preference::Cumulative {
            return snapshot;
        }
        let before = self.sent.replace(Arc::clone(&snapshot));
        let scopes = snapshot.scopes.iter().map(|scope| self.scope(scope, before.as_deref()));
        let scopes = scopes.filter(|scope| !scope.metrics.is_empty()).collect();
        let (resource, resource_schema_url) =
            (snapshot.resource.clone(), snapshot.resource_schema_url.clone());
        Arc::new(Snapshot { time: snapshot.time, resource, resource_schema_url, scopes })
    }

    fn scope(&self, now: &ScopeMetrics, before: Option<&Snapshot>) -> ScopeMetrics {
        let before = before.and_then(|before| before.scopes.iter().find(|scope| scope.scope == now.scope));
        let metrics = now.metrics.iter().map(|metric| {
            let before = before.and_then(|before| before.metrics.iter().find(|other| is_same(metric, other)));
            if self.wants_increase(now, metric) { increase(metric, before) } else { metric.clone() }
        });
        let metrics = metrics.filter(|metric| !metric.data.is_empty()).collect();
        ScopeMetrics { scope: now.scope.clone(), metrics }
    }

    fn wants_increase(&self, scope: &ScopeMetrics, metric: &Metric) -> bool {
        match &metric.data {
            Data::Gauge(_) | Data::Sum { is_monotonic: false, .. } => false,
            Data::Sum { .. } if self.preference == Preference::LowMemory => {
                self.catalogue.is_synchronous(&scope.scope, metric)
            }
            Data::Sum { .. } | Data::Histogram { .. } | Data::ExponentialHistogram { .. } => true,
        }
    }
}

/// Whether two metrics of one scope come from one instrument.
fn is_same(one: &Metric, other: &Metric) -> bool {
    one.name == other.name
        && one.unit == other.unit
        && one.description == other.description
        && std::mem::discriminant(&one.data) == std::mem::discriminant(&other.data)
}

fn increase(now: &Metric, before: Option<&Metric>) -> Metric {
    let start = before.map_or(now.start, |before| before.time);
    let data = match (&now.data, before.map(|before| &before.data)) {
        (Data::Sum { points, is_monotonic, .. }, before) => {
            let before = if let Some(Data::Sum { points, .. }) = before { points.as_slice() } else { &[] };
            let points = increases(points, before, start);
            Data::Sum { points, is_monotonic: *is_monotonic, temporality: Temporality::Delta }
        }
        (Data::Histogram { points, .. }, before) => {
            let before =
                if let Some(Data::Histogram { points, .. }) = before { points.as_slice() } else { &[] };
            Data::Histogram { points: increases(points, before, start), temporality: Temporality::Delta }
        }
        (Data::ExponentialHistogram { points, .. }, before) => {
            let before = match before {
                Some(Data::ExponentialHistogram { points, .. }) => points.as_slice(),
                _ => &[],
            };
            let points = increases(points, before, start);
            Data::ExponentialHistogram { points, temporality: Temporality::Delta }
        }
        (Data::Gauge(points), _) => Data::Gauge(points.clone()),
    };
    Metric { start, data, ..now.clone() }
}

fn increases<P: Point>(now: &[P], before: &[P], start: SystemTime) -> Vec<P> {
    let before: HashMap<&[KeyValue], &P> = before.iter().map(|point| (point.attributes(), point)).collect();
    let grown = now.iter().filter_map(|point| match before.get(point.attributes()) {
        Some(before) => point.since(before),
        None => Some(point.clone()),
    });
    let with_news = grown.map(|mut point| {
        point.exemplars().retain(|exemplar| exemplar.time >= start);
        point
    });
    with_news.collect()
}

trait Point: Clone {
    fn attributes(&self) -> &[KeyValue];

    fn exemplars(&mut self) -> &mut Vec<Exemplar>;

    /// What has come since; `None` if nothing has.
    fn since(&self, before: &Self) -> Option<Self>;
}

impl Point for NumberPoint {
    fn attributes(&self) -> &[KeyValue] {
        &self.attributes
    }

    fn exemplars(&mut self) -> &mut Vec<Exemplar> {
        &mut self.exemplars
    }

    fn since(&self, before: &Self) -> Option<Self> {
        let value = match (self.value, before.value) {
            (Number::Int(now), Number::Int(before)) => Number::Int(now.saturating_sub(before)),
            (now, before) => Number::Double(now.as_f64() - before.as_f64()),
        };
        (self.value != before.value).then(|| Self { value, ..self.clone() })
    }
}

impl Point for HistogramPoint {
    fn attributes(&self) -> &[KeyValue] {
        &self.attributes
    }

    fn exemplars(&mut self) -> &mut Vec<Exemplar> {
        &mut self.exemplars
    }

    fn since(&self, before: &Self) -> Option<Self> {
        (self.count != before.count).then(|| Self {
            count: self.count.saturating_sub(before.count),
            sum: self.sum - before.sum,
            min: None,
            max: None,
            counts: self
                .counts
                .iter()
                .zip(&before.counts)
                .map(|(now, before)| now.saturating_sub(*before))
                .collect(),
            ..self.clone()
        })
    }
}

impl Point for ExponentialPoint {
    fn attributes(&self) -> &[KeyValue] {
        &self.attributes
    }

    fn exemplars(&mut self) -> &mut Vec<Exemplar> {
        &mut self.exemplars
    }

    fn since(&self, before: &Self) -> Option<Self> {
        // The scale only ever falls, and each step halves the number of buckets.
        let steps = u32::try_from(before.scale.saturating_sub(self.scale)).unwrap_or(0);
        (self.count != before.count).then(|| Self {
            count: self.count.saturating_sub(before.count),
            sum: self.sum - before.sum,
            min: None,
            max: None,
            zero_count: self.zero_count.saturating_sub(before.zero_count),
            positive: less(&self.positive, &before.positive, steps),
            negative: less(&self.negative, &before.negative, steps),
            ..self.clone()
        })
    }
}

/// `now` without what was there `before`, whose buckets are `2^steps` times as fine.
fn less(now: &Buckets, before: &Buckets, steps: u32) -> Buckets {
    let mut rest = now.clone();
    for (index, count) in (before.offset..).zip(&before.counts) {
        let coarse = index.checked_shr(steps).unwrap_or(if index < 0 { -1 } else { 0 });
        let place = usize::try_from(i64::from(coarse) - i64::from(now.offset)).ok();
        if let Some(left) = place.and_then(|place| rest.counts.get_mut(place)) {
            *left = left.saturating_sub(*count);
        }
    }
    rest
}
