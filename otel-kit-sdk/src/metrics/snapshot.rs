use std::{any::TypeId, sync::Arc, time::SystemTime};

use opentelemetry::{InstrumentationScope, KeyValue};
use opentelemetry_sdk::metrics::{
    Temporality as SdkTemporality,
    data::{
        AggregatedMetrics, ExponentialBucket, ExponentialHistogramDataPoint, HistogramDataPoint,
        Metric as SdkMetric, MetricData, ResourceMetrics,
    },
};

use otel_kit_core::metrics::{
    Buckets, Data, Exemplar, ExponentialPoint, HistogramPoint, Metric, NumberPoint, ScopeMetrics, Snapshot,
    Temporality,
};

use super::{
    catalogue::Catalogue,
    number::Measured,
    stream::{Identity, Kind, Stream},
    view::sorted,
};

/// What the SDK has collected, with the exemplars, as plain data.
pub(crate) fn snapshot(collected: &ResourceMetrics, catalogue: &Catalogue) -> Snapshot {
    let resource = collected.resource();
    Snapshot {
        time: SystemTime::now(),
        resource: resource.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect(),
        resource_schema_url: resource.schema_url().map(|url| url.to_owned().into()),
        scopes: collected
            .scope_metrics()
            .map(|metrics| scope(metrics.scope(), metrics.metrics(), catalogue))
            .collect(),
    }
}

fn scope<'a>(
    scope: &InstrumentationScope,
    metrics: impl Iterator<Item = &'a SdkMetric>,
    catalogue: &Catalogue,
) -> ScopeMetrics {
    let streams = catalogue.streams(scope);
    let metrics = metrics.map(|metric| match metric.data() {
        AggregatedMetrics::F64(data) => convert(metric, data, &streams),
        AggregatedMetrics::U64(data) => convert(metric, data, &streams),
        AggregatedMetrics::I64(data) => convert(metric, data, &streams),
    });
    ScopeMetrics { scope: scope.clone(), metrics: metrics.collect() }
}

fn convert<T: Measured>(metric: &SdkMetric, data: &MetricData<T>, streams: &[Arc<Stream>]) -> Metric {
    let identity = identity::<T>(metric, kind(data));
    let stream = streams.iter().find(|stream| stream.is(&identity));
    let exemplars = stream.map(|stream| stream.exemplars());
    let exemplars =
        |attributes: &[KeyValue]| exemplars.as_ref().map(|all| all.of(attributes)).unwrap_or_default();
    let (start, time) = times(data);
    Metric {
        name: metric.name().to_owned().into(),
        description: metric.description().to_owned().into(),
        unit: metric.unit().to_owned().into(),
        start,
        time,
        data: points(data, &exemplars),
    }
}

fn identity<T: 'static>(metric: &SdkMetric, kind: Kind) -> Identity {
    Identity {
        name: metric.name().to_ascii_lowercase(),
        description: metric.description().to_owned().into(),
        unit: metric.unit().to_owned().into(),
        kind,
        number: TypeId::of::<T>(),
    }
}

fn kind<T>(data: &MetricData<T>) -> Kind {
    match data {
        MetricData::Gauge(_) => Kind::Gauge,
        MetricData::Sum(sum) if sum.is_monotonic() => Kind::Counter,
        MetricData::Sum(_) => Kind::UpDownCounter,
        MetricData::Histogram(_) | MetricData::ExponentialHistogram(_) => Kind::Histogram,
    }
}

fn times<T>(data: &MetricData<T>) -> (SystemTime, SystemTime) {
    match data {
        MetricData::Gauge(gauge) => (gauge.start_time().unwrap_or_else(|| gauge.time()), gauge.time()),
        MetricData::Sum(sum) => (sum.start_time(), sum.time()),
        MetricData::Histogram(histogram) => (histogram.start_time(), histogram.time()),
        MetricData::ExponentialHistogram(histogram) => (histogram.start_time(), histogram.time()),
    }
}

fn points<T: Measured>(data: &MetricData<T>, exemplars: &dyn Fn(&[KeyValue]) -> Vec<Exemplar>) -> Data {
    match data {
        MetricData::Gauge(gauge) => {
            let points = gauge.data_points();
            Data::Gauge(points.map(|point| number(point.attributes(), point.value(), exemplars)).collect())
        }
        MetricData::Sum(sum) => Data::Sum {
            points: sum
                .data_points()
                .map(|point| number(point.attributes(), point.value(), exemplars))
                .collect(),
            is_monotonic: sum.is_monotonic(),
            temporality: temporality(sum.temporality()),
        },
        MetricData::Histogram(histogram) => Data::Histogram {
            points: histogram.data_points().map(|point| explicit(point, exemplars)).collect(),
            temporality: temporality(histogram.temporality()),
        },
        MetricData::ExponentialHistogram(histogram) => Data::ExponentialHistogram {
            points: histogram.data_points().map(|point| exponential(point, exemplars)).collect(),
            temporality: temporality(histogram.temporality()),
        },
    }
}

fn number<'a, T: Measured>(
    attributes: impl Iterator<Item = &'a KeyValue>,
    value: T,
    exemplars: &dyn Fn(&[KeyValue]) -> Vec<Exemplar>,
) -> NumberPoint {
    let attributes = sorted(attributes.cloned().collect());
    NumberPoint { exemplars: exemplars(&attributes), attributes, value: value.number() }
}

fn explicit<T: Measured>(
    point: &HistogramDataPoint<T>,
    exemplars: &dyn Fn(&[KeyValue]) -> Vec<Exemplar>,
) -> HistogramPoint {
    let attributes = sorted(point.attributes().cloned().collect());
    HistogramPoint {
        exemplars: exemplars(&attributes),
        attributes,
        count: point.count(),
        sum: float(point.sum()),
        min: point.min().map(float),
        max: point.max().map(float),
        bounds: point.bounds().collect(),
        counts: point.bucket_counts().collect(),
    }
}

fn exponential<T: Measured>(
    point: &ExponentialHistogramDataPoint<T>,
    exemplars: &dyn Fn(&[KeyValue]) -> Vec<Exemplar>,
) -> ExponentialPoint {
    let attributes = sorted(point.attributes().cloned().collect());
    ExponentialPoint {
        exemplars: exemplars(&attributes),
        attributes,
        count: u64::try_from(point.count()).unwrap_or(u64::MAX),
        sum: float(point.sum()),
        min: point.min().map(float),
        max: point.max().map(float),
        scale: point.scale().into(),
        zero_count: point.zero_count(),
        zero_threshold: point.zero_threshold(),
        positive: buckets(point.positive_bucket()),
        negative: buckets(point.negative_bucket()),
    }
}

fn buckets(buckets: &ExponentialBucket) -> Buckets {
    Buckets { offset: buckets.offset(), counts: buckets.counts().collect() }
}

fn float<T: Measured>(value: T) -> f64 {
    value.number().as_f64()
}

const fn temporality(temporality: SdkTemporality) -> Temporality {
    match temporality {
        SdkTemporality::Delta => Temporality::Delta,
        _ => Temporality::Cumulative, // all that the kit's reader collects
    }
}
