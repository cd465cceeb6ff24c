use opentelemetry::KeyValue;

use super::Exemplar;

/// A number of one of the two kinds that the data model has.
#[allow(clippy::exhaustive_enums)] // the data model knows these two
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number; what an instrument of `u64` measures beyond `i64::MAX` stays there.
    Int(i64),
    /// A floating point number.
    Double(f64),
}

impl Number {
    /// The value as a floating point number; beyond 2⁵³ a whole number loses its last digits.
    #[must_use]
    #[allow(clippy::cast_precision_loss)] // as documented
    pub const fn as_f64(self) -> f64 {
        match self {
            Self::Int(value) => value as f64,
            Self::Double(value) => value,
        }
    }
}

/// A sum or the last value of one set of attributes.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberPoint {
    /// The attributes, sorted by key, each key once.
    pub attributes: Vec<KeyValue>,
    /// The sum, or the last value.
    pub value: Number,
    /// Measurements that lead to traces.
    pub exemplars: Vec<Exemplar>,
}

impl NumberPoint {
    /// A point without exemplars.
    #[must_use]
    pub const fn new(attributes: Vec<KeyValue>, value: Number) -> Self {
        Self { attributes, value, exemplars: Vec::new() }
    }
}

/// A histogram of one set of attributes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HistogramPoint {
    /// The attributes, sorted by key, each key once.
    pub attributes: Vec<KeyValue>,
    /// How many measurements there were.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// The least of them, if known.
    pub min: Option<f64>,
    /// The greatest of them, if known.
    pub max: Option<f64>,
    /// Upper bounds of the buckets, inclusive, ascending, without the last bucket's infinity.
    pub bounds: Vec<f64>,
    /// Measurements in each bucket; one more than there are bounds.
    pub counts: Vec<u64>,
    /// Measurements that lead to traces, at most one for each bucket.
    pub exemplars: Vec<Exemplar>,
}

/// An [exponential histogram](https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram)
/// of one set of attributes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExponentialPoint {
    /// The attributes, sorted by key, each key once.
    pub attributes: Vec<KeyValue>,
    /// How many measurements there were.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// The least of them, if known.
    pub min: Option<f64>,
    /// The greatest of them, if known.
    pub max: Option<f64>,
    /// The base is `2^(2^-scale)`.
    pub scale: i32,
    /// Measurements whose size is at most `zero_threshold`.
    pub zero_count: u64,
    /// What counts as zero.
    pub zero_threshold: f64,
    /// Measurements above zero.
    pub positive: Buckets,
    /// Measurements below zero, by their absolute value.
    pub negative: Buckets,
    /// Measurements that lead to traces.
    pub exemplars: Vec<Exemplar>,
}

/// Consecutive buckets: the one at index `i` holds the values in `(base^(offset+i), base^(offset+i+1)]`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Buckets {
    /// Index of the first one.
    pub offset: i32,
    /// Measurements in each.
    pub counts: Vec<u64>,
}
