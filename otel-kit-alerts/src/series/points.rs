//! The points of a metric, of whatever kind.

use opentelemetry::KeyValue;
use otel_kit_core::metrics::{Data, Exemplar, Temporality};

use crate::history::Reading;

/// Shows each point of cumulative data; differences of what is one already would be wrong, and snapshots have none.
pub(crate) fn each<'a>(data: &'a Data, mut show: impl FnMut(&'a [KeyValue], Reading<'a>, &'a [Exemplar])) {
    match data {
        Data::Gauge(points)
        | Data::Sum { points, is_monotonic: false, temporality: Temporality::Cumulative } => {
            for point in points {
                show(&point.attributes, Reading::Value(point.value.as_f64()), &point.exemplars);
            }
        }
        Data::Sum { points, is_monotonic: true, temporality: Temporality::Cumulative } => {
            for point in points {
                show(&point.attributes, Reading::Count(point.value.as_f64()), &point.exemplars);
            }
        }
        Data::Histogram { points, temporality: Temporality::Cumulative } => {
            for point in points {
                show(&point.attributes, Reading::Histogram(point), &point.exemplars);
            }
        }
        Data::ExponentialHistogram { points, temporality: Temporality::Cumulative } => {
            for point in points {
                show(&point.attributes, Reading::Exponential(point), &point.exemplars);
            }
        }
        Data::Sum { .. } | Data::Histogram { .. } | Data::ExponentialHistogram { .. } => {}
    }
}
