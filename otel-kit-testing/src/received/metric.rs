use std::{fmt, sync::Arc};

use opentelemetry::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::{self as proto, AggregationTemporality, metric::Data};

use super::{DataPoint, Resource, Scope};

/// A metric of one export: its data points with where they came from.
///
/// ```
/// # let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shop.jsonl"));
/// use opentelemetry::KeyValue;
/// use otel_kit_testing::received::{MetricKind, Received, Temporality};
///
/// let received = Received::from_json_lines(shop)?;
/// let metric = received.metric("orders").ok_or("no such metric")?;
/// assert_eq!(metric.kind, MetricKind::Sum { monotonic: true });
/// assert_eq!(metric.temporality, Some(Temporality::Cumulative));
/// assert_eq!(metric.unit, "{order}");
/// let point = metric.point(&[KeyValue::new("paid", true)]).ok_or("no such point")?;
/// assert_eq!(point.value, 3);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ReceivedMetric {
    /// Name.
    pub name: String,
    /// Description; empty if not told.
    pub description: String,
    /// Unit as [UCUM](https://ucum.org/) writes it; empty if not told.
    pub unit: String,
    /// What its points hold.
    pub kind: MetricKind,
    /// Whether its points count from the start or from the last export; none for gauges and summaries.
    pub temporality: Option<Temporality>,
    /// Its data points, one for each attribute set.
    pub points: Vec<DataPoint>,
    /// Where it came from.
    pub resource: Arc<Resource>,
    /// Which library made it.
    pub scope: Arc<Scope>,
}

/// What the data points of a metric hold.
///
/// ```
/// # use otel_kit_testing::received::MetricKind;
/// assert_ne!(MetricKind::Sum { monotonic: true }, MetricKind::Sum { monotonic: false });
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum MetricKind {
    /// Nothing: the message carried no data.
    Empty,
    /// The last value.
    Gauge,
    /// A sum of changes.
    Sum {
        /// Whether it can only grow, as that of a counter.
        monotonic: bool,
    },
    /// A distribution over given buckets.
    Histogram,
    /// A distribution over exponential buckets.
    ExponentialHistogram,
    /// Quantiles.
    Summary,
}

/// The span of time that a data point covers.
///
/// ```
/// # use otel_kit_testing::received::Temporality;
/// assert_eq!(format!("{:?}", Temporality::Delta), "Delta");
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Temporality {
    /// Not told, which OTLP forbids.
    Unspecified,
    /// Since the last export.
    Delta,
    /// Since the start.
    Cumulative,
}

impl ReceivedMetric {
    /// The first point that has these attributes, maybe among others.
    #[must_use]
    pub fn point(&self, attributes: &[KeyValue]) -> Option<&DataPoint> {
        self.points.iter().find(|point| {
            attributes.iter().all(|wanted| *point.attributes.get(wanted.key.as_str()) == wanted.value)
        })
    }

    /// `service.name` of the resource; empty if there is none.
    #[must_use]
    pub fn service(&self) -> &str {
        self.resource.service()
    }

    pub(super) fn from_proto(metric: proto::Metric, resource: &Arc<Resource>, scope: &Arc<Scope>) -> Self {
        let (kind, temporality, points) = data(metric.data);
        Self {
            name: metric.name,
            description: metric.description,
            unit: metric.unit,
            kind,
            temporality,
            points,
            resource: Arc::clone(resource),
            scope: Arc::clone(scope),
        }
    }
}

/// Of the resource and the scope only the names.
impl fmt::Debug for ReceivedMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("ReceivedMetric");
        out.field("name", &self.name).field("unit", &self.unit).field("kind", &self.kind);
        out.field("service", &self.service()).field("scope", &self.scope.name);
        out.field("points", &self.points).finish()
    }
}

fn data(data: Option<Data>) -> (MetricKind, Option<Temporality>, Vec<DataPoint>) {
    match data {
        None => (MetricKind::Empty, None, Vec::new()),
        Some(Data::Gauge(gauge)) => (MetricKind::Gauge, None, points(gauge.data_points, DataPoint::number)),
        Some(Data::Sum(sum)) => (
            MetricKind::Sum { monotonic: sum.is_monotonic },
            Some(temporality(sum.aggregation_temporality())),
            points(sum.data_points, DataPoint::number),
        ),
        Some(Data::Histogram(histogram)) => (
            MetricKind::Histogram,
            Some(temporality(histogram.aggregation_temporality())),
            points(histogram.data_points, DataPoint::histogram),
        ),
        Some(Data::ExponentialHistogram(histogram)) => (
            MetricKind::ExponentialHistogram,
            Some(temporality(histogram.aggregation_temporality())),
            points(histogram.data_points, DataPoint::exponential),
        ),
        Some(Data::Summary(summary)) => {
            (MetricKind::Summary, None, points(summary.data_points, DataPoint::summary))
        }
    }
}

fn points<T>(points: Vec<T>, convert: impl Fn(T) -> DataPoint) -> Vec<DataPoint> {
    points.into_iter().map(convert).collect()
}

fn temporality(temporality: AggregationTemporality) -> Temporality {
    match temporality {
        AggregationTemporality::Unspecified => Temporality::Unspecified,
        AggregationTemporality::Delta => Temporality::Delta,
        AggregationTemporality::Cumulative => Temporality::Cumulative,
    }
}
