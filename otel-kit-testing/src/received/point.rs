use opentelemetry_proto::tonic::metrics::v1::{
    self as proto, exemplar, exponential_histogram_data_point, number_data_point,
};

use super::{Attributes, Value, value::hex};

/// A data point of any kind of metric; what the kind does not have is empty.
///
/// ```
/// # let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shop.jsonl"));
/// # use otel_kit_testing::received::Received;
/// let received = Received::from_json_lines(shop)?;
/// let metric = received.metric("http.server.request.duration").ok_or("no such metric")?;
/// let point = metric.points.first().ok_or("no point")?;
/// assert_eq!(point.attr("http.route"), "/orders/{id}");
/// assert_eq!((point.count, point.sum), (2, Some(0.06)));
/// assert_eq!(point.bounds, [0.01, 0.1]);
/// assert_eq!(point.bucket_counts, [0, 2, 0]);
/// assert!(point.value.is_absent());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DataPoint {
    /// Attributes.
    pub attributes: Attributes,
    /// Start of what it covers, nanoseconds since 1970; 0 if not told.
    pub start_nanos: u64,
    /// When it was taken, nanoseconds since 1970.
    pub time_nanos: u64,
    /// The number of a sum or a gauge, integer or floating point; absent for other kinds.
    pub value: Value,
    /// Number of measurements of a histogram or a summary.
    pub count: u64,
    /// Their sum, if told.
    pub sum: Option<f64>,
    /// The smallest, if told.
    pub min: Option<f64>,
    /// The largest, if told.
    pub max: Option<f64>,
    /// Upper bounds of a histogram's buckets, inclusive, without the last, which is infinity.
    pub bounds: Vec<f64>,
    /// Measurements in each bucket: one more than bounds.
    pub bucket_counts: Vec<u64>,
    /// Buckets of an exponential histogram.
    pub exponential: Option<ExponentialBuckets>,
    /// Quantiles (0 to 1) and values of a summary.
    pub quantiles: Vec<(f64, f64)>,
    /// Examples of what was measured.
    pub exemplars: Vec<Exemplar>,
    /// Bit 0 says that there is no recorded value.
    pub flags: u32,
}

/// Buckets of an [exponential histogram](https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram).
///
/// ```
/// # use otel_kit_testing::received::Received;
/// let received = Received::from_json_lines(
///     r#"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"size","exponentialHistogram":{
///     "aggregationTemporality":2,"dataPoints":[{"count":"3","scale":1,"zeroCount":"1",
///     "positive":{"offset":4,"bucketCounts":["2"]}}]}}]}]}]}"#.replace('\n', " ").as_str(),
/// )?;
/// let point = received.metric("size").and_then(|metric| metric.points.first()).ok_or("no point")?;
/// let buckets = point.exponential.as_ref().ok_or("not exponential")?;
/// assert_eq!((buckets.scale, buckets.zero_count), (1, 1));
/// assert_eq!(buckets.positive, (4, vec![2]));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ExponentialBuckets {
    /// Resolution: the base of the bounds is `2^(2^-scale)`.
    pub scale: i32,
    /// Measurements that count as zero.
    pub zero_count: u64,
    /// Measurements up to this size count as zero.
    pub zero_threshold: f64,
    /// Index of the first bucket and the counts, for measurements above zero.
    pub positive: (i32, Vec<u64>),
    /// Index of the first bucket and the counts, for measurements below zero.
    pub negative: (i32, Vec<u64>),
}

/// A single measurement with the span it was made in.
///
/// ```
/// # let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shop.jsonl"));
/// # use otel_kit_testing::received::Received;
/// let received = Received::from_json_lines(shop)?;
/// let metric = received.metric("http.server.request.duration").ok_or("no such metric")?;
/// let exemplar = metric.points.first().and_then(|point| point.exemplars.first()).ok_or("no exemplar")?;
/// assert_eq!(exemplar.value, 0.04);
/// assert_eq!(Some(&exemplar.trace_id), received.span("GET").map(|span| &span.trace_id));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exemplar {
    /// What was measured.
    pub value: Value,
    /// When, nanoseconds since 1970.
    pub time_nanos: u64,
    /// Id of the trace, 32 lower-case hex digits; empty if none.
    pub trace_id: String,
    /// Id of the span, 16 lower-case hex digits; empty if none.
    pub span_id: String,
    /// Recorded attributes that the data point does not have.
    pub attributes: Attributes,
}

impl DataPoint {
    /// An attribute's value, [`Value::Absent`] if there is none.
    #[must_use]
    pub fn attr(&self, key: &str) -> &Value {
        self.attributes.get(key)
    }

    pub(super) fn number(point: proto::NumberDataPoint) -> Self {
        Self {
            start_nanos: point.start_time_unix_nano,
            time_nanos: point.time_unix_nano,
            value: match point.value {
                Some(number_data_point::Value::AsInt(number)) => Value::Int(number),
                Some(number_data_point::Value::AsDouble(number)) => Value::Double(number),
                None => Value::Absent,
            },
            exemplars: point.exemplars.into_iter().map(Exemplar::from_proto).collect(),
            flags: point.flags,
            ..Self::with(Attributes::from_proto(point.attributes))
        }
    }

    pub(super) fn histogram(point: proto::HistogramDataPoint) -> Self {
        Self {
            start_nanos: point.start_time_unix_nano,
            time_nanos: point.time_unix_nano,
            count: point.count,
            sum: point.sum,
            min: point.min,
            max: point.max,
            bounds: point.explicit_bounds,
            bucket_counts: point.bucket_counts,
            exemplars: point.exemplars.into_iter().map(Exemplar::from_proto).collect(),
            flags: point.flags,
            ..Self::with(Attributes::from_proto(point.attributes))
        }
    }

    pub(super) fn exponential(point: proto::ExponentialHistogramDataPoint) -> Self {
        Self {
            start_nanos: point.start_time_unix_nano,
            time_nanos: point.time_unix_nano,
            count: point.count,
            sum: point.sum,
            min: point.min,
            max: point.max,
            exponential: Some(ExponentialBuckets {
                scale: point.scale,
                zero_count: point.zero_count,
                zero_threshold: point.zero_threshold,
                positive: buckets(point.positive),
                negative: buckets(point.negative),
            }),
            exemplars: point.exemplars.into_iter().map(Exemplar::from_proto).collect(),
            flags: point.flags,
            ..Self::with(Attributes::from_proto(point.attributes))
        }
    }

    pub(super) fn summary(point: proto::SummaryDataPoint) -> Self {
        Self {
            start_nanos: point.start_time_unix_nano,
            time_nanos: point.time_unix_nano,
            count: point.count,
            sum: Some(point.sum),
            quantiles: point.quantile_values.iter().map(|value| (value.quantile, value.value)).collect(),
            flags: point.flags,
            ..Self::with(Attributes::from_proto(point.attributes))
        }
    }

    fn with(attributes: Attributes) -> Self {
        Self {
            attributes,
            start_nanos: 0,
            time_nanos: 0,
            value: Value::Absent,
            count: 0,
            sum: None,
            min: None,
            max: None,
            bounds: Vec::new(),
            bucket_counts: Vec::new(),
            exponential: None,
            quantiles: Vec::new(),
            exemplars: Vec::new(),
            flags: 0,
        }
    }
}

impl Exemplar {
    fn from_proto(exemplar: proto::Exemplar) -> Self {
        Self {
            value: match exemplar.value {
                Some(exemplar::Value::AsInt(number)) => Value::Int(number),
                Some(exemplar::Value::AsDouble(number)) => Value::Double(number),
                None => Value::Absent,
            },
            time_nanos: exemplar.time_unix_nano,
            trace_id: hex(&exemplar.trace_id),
            span_id: hex(&exemplar.span_id),
            attributes: Attributes::from_proto(exemplar.filtered_attributes),
        }
    }
}

fn buckets(buckets: Option<exponential_histogram_data_point::Buckets>) -> (i32, Vec<u64>) {
    buckets.map(|buckets| (buckets.offset, buckets.bucket_counts)).unwrap_or_default()
}
