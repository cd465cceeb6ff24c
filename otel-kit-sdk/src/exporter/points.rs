use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry_proto::tonic::metrics::v1::{
    self as otlp, exemplar, exponential_histogram_data_point, number_data_point,
};

use otel_kit_core::metrics::{
    Buckets, Exemplar, ExponentialPoint, HistogramPoint, Metric, Number, NumberPoint,
};

use super::metrics::attributes;

/// Start and end of what a metric's points count, in nanoseconds since 1970.
#[derive(Clone, Copy)]
pub(super) struct Times {
    start: u64,
    end: u64,
}

impl Times {
    pub(super) fn of(metric: &Metric) -> Self {
        Self { start: nanos(metric.start), end: nanos(metric.time) }
    }
}

pub(super) fn number_point(point: &NumberPoint, times: Times) -> otlp::NumberDataPoint {
    otlp::NumberDataPoint {
        attributes: attributes(&point.attributes),
        start_time_unix_nano: times.start,
        time_unix_nano: times.end,
        exemplars: exemplars(&point.exemplars),
        flags: NO_FLAGS,
        value: Some(match point.value {
            Number::Int(value) => number_data_point::Value::AsInt(value),
            Number::Double(value) => number_data_point::Value::AsDouble(value),
        }),
    }
}

pub(super) fn histogram_point(point: &HistogramPoint, times: Times) -> otlp::HistogramDataPoint {
    otlp::HistogramDataPoint {
        attributes: attributes(&point.attributes),
        start_time_unix_nano: times.start,
        time_unix_nano: times.end,
        count: point.count,
        sum: Some(point.sum),
        bucket_counts: point.counts.clone(),
        explicit_bounds: point.bounds.clone(),
        exemplars: exemplars(&point.exemplars),
        flags: NO_FLAGS,
        min: point.min,
        max: point.max,
    }
}

pub(super) fn exponential_histogram_point(
    point: &ExponentialPoint,
    times: Times,
) -> otlp::ExponentialHistogramDataPoint {
    otlp::ExponentialHistogramDataPoint {
        attributes: attributes(&point.attributes),
        start_time_unix_nano: times.start,
        time_unix_nano: times.end,
        count: point.count,
        sum: Some(point.sum),
        scale: point.scale,
        zero_count: point.zero_count,
        positive: Some(buckets(&point.positive)),
        negative: Some(buckets(&point.negative)),
        flags: NO_FLAGS,
        exemplars: exemplars(&point.exemplars),
        min: point.min,
        max: point.max,
        zero_threshold: point.zero_threshold,
    }
}

fn buckets(buckets: &Buckets) -> exponential_histogram_data_point::Buckets {
    exponential_histogram_data_point::Buckets {
        offset: buckets.offset,
        bucket_counts: buckets.counts.clone(),
    }
}

fn exemplars(exemplars: &[Exemplar]) -> Vec<otlp::Exemplar> {
    exemplars.iter().map(exemplar).collect()
}

fn exemplar(exemplar: &Exemplar) -> otlp::Exemplar {
    // One from outside of any trace has no ids, rather than ids of zeros.
    let is_traced = exemplar.trace_id != opentelemetry::TraceId::INVALID;
    let ids =
        is_traced.then(|| (exemplar.trace_id.to_bytes().to_vec(), exemplar.span_id.to_bytes().to_vec()));
    let (trace_id, span_id) = ids.unwrap_or_default();
    otlp::Exemplar {
        filtered_attributes: attributes(&exemplar.filtered_attributes),
        time_unix_nano: nanos(exemplar.time),
        span_id,
        trace_id,
        value: Some(match exemplar.value {
            Number::Int(value) => exemplar::Value::AsInt(value),
            Number::Double(value) => exemplar::Value::AsDouble(value),
        }),
    }
}

fn nanos(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

const NO_FLAGS: u32 = 0;
