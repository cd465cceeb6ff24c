use opentelemetry::KeyValue;
use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest, metrics::v1 as otlp, resource::v1::Resource,
};
use prost::Message;

use otel_kit_core::metrics::{Data, Metric, ScopeMetrics, Snapshot, Temporality};

use super::points::{Times, exponential_histogram_point, histogram_point, number_point};
use crate::outlet::Outlet;

/// Encodes a snapshot and hands it to the outlet; an empty one is not sent.
pub(crate) fn ship_metrics(snapshot: &Snapshot, outlet: &Outlet) {
    let points = snapshot.points();
    if points > 0 {
        outlet.ship(points, || request(snapshot).encode_to_vec());
    }
}

/// The snapshot as an [OTLP request](https://opentelemetry.io/docs/specs/otlp/).
#[must_use]
pub fn request(snapshot: &Snapshot) -> ExportMetricsServiceRequest {
    let resource = Resource { attributes: attributes(&snapshot.resource), ..Resource::default() };
    let metrics = otlp::ResourceMetrics {
        resource: Some(resource),
        scope_metrics: snapshot.scopes.iter().map(scope).collect(),
        schema_url: snapshot.resource_schema_url.as_deref().unwrap_or_default().to_owned(),
    };
    ExportMetricsServiceRequest { resource_metrics: vec![metrics] }
}

fn scope(metrics: &ScopeMetrics) -> otlp::ScopeMetrics {
    otlp::ScopeMetrics {
        scope: Some((&metrics.scope, None).into()),
        metrics: metrics.metrics.iter().map(metric).collect(),
        schema_url: metrics.scope.schema_url().unwrap_or_default().to_owned(),
    }
}

fn metric(metric: &Metric) -> otlp::Metric {
    otlp::Metric {
        name: metric.name.clone().into_owned(),
        description: metric.description.clone().into_owned(),
        unit: metric.unit.clone().into_owned(),
        metadata: Vec::new(),
        data: Some(data(&metric.data, Times::of(metric))),
    }
}

fn data(data: &Data, times: Times) -> otlp::metric::Data {
    match data {
        Data::Gauge(points) => otlp::metric::Data::Gauge(otlp::Gauge {
            data_points: points.iter().map(|point| number_point(point, times)).collect(),
        }),
        Data::Sum { points, is_monotonic, temporality } => otlp::metric::Data::Sum(otlp::Sum {
            data_points: points.iter().map(|point| number_point(point, times)).collect(),
            aggregation_temporality: aggregation(*temporality),
            is_monotonic: *is_monotonic,
        }),
        Data::Histogram { points, temporality } => otlp::metric::Data::Histogram(otlp::Histogram {
            data_points: points.iter().map(|point| histogram_point(point, times)).collect(),
            aggregation_temporality: aggregation(*temporality),
        }),
        Data::ExponentialHistogram { points, temporality } => {
            otlp::metric::Data::ExponentialHistogram(otlp::ExponentialHistogram {
                data_points: points.iter().map(|point| exponential_histogram_point(point, times)).collect(),
                aggregation_temporality: aggregation(*temporality),
            })
        }
    }
}

fn aggregation(temporality: Temporality) -> i32 {
    match temporality {
        Temporality::Cumulative => otlp::AggregationTemporality::Cumulative.into(),
        Temporality::Delta => otlp::AggregationTemporality::Delta.into(),
    }
}

pub(super) fn attributes(attributes: &[KeyValue]) -> Vec<opentelemetry_proto::tonic::common::v1::KeyValue> {
    attributes.iter().map(Into::into).collect()
}
