use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    metrics::v1::{Metric, metric::Data},
};
use opentelemetry_sdk::metrics::data::ResourceMetrics;
use prost::Message;

use crate::outlet::Outlet;

/// Encodes a snapshot and hands it to the outlet; an empty one is not sent.
pub(crate) fn ship_metrics(snapshot: &ResourceMetrics, outlet: &Outlet) {
    let request = ExportMetricsServiceRequest::from(snapshot);
    let points = points(&request);
    if points > 0 {
        outlet.ship(points, || request.encode_to_vec());
    }
}

fn points(request: &ExportMetricsServiceRequest) -> usize {
    let scopes = request.resource_metrics.iter().flat_map(|resource| &resource.scope_metrics);
    scopes.flat_map(|scope| &scope.metrics).map(points_of).sum()
}

fn points_of(metric: &Metric) -> usize {
    match &metric.data {
        Some(Data::Gauge(gauge)) => gauge.data_points.len(),
        Some(Data::Sum(sum)) => sum.data_points.len(),
        Some(Data::Histogram(histogram)) => histogram.data_points.len(),
        Some(Data::ExponentialHistogram(histogram)) => histogram.data_points.len(),
        Some(Data::Summary(summary)) => summary.data_points.len(),
        None => 0,
    }
}
