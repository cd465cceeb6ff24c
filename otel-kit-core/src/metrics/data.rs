use std::{borrow::Cow, time::SystemTime};

use opentelemetry::{InstrumentationScope, KeyValue};

use super::{ExponentialPoint, HistogramPoint, NumberPoint};

/// All that was measured until one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// When it was taken.
    pub time: SystemTime,
    /// Attributes of the service.
    pub resource: Vec<KeyValue>,
    /// Where the names of those attributes are described.
    pub resource_schema_url: Option<Cow<'static, str>>,
    /// The metrics, by the part of the program that made their instruments.
    pub scopes: Vec<ScopeMetrics>,
}

impl Snapshot {
    /// Number of data points.
    #[must_use]
    pub fn points(&self) -> usize {
        self.scopes.iter().flat_map(|scope| &scope.metrics).map(|metric| metric.data.len()).sum()
    }
}

/// The metrics of one [scope](https://opentelemetry.io/docs/specs/otel/common/instrumentation-scope/).
#[derive(Clone, Debug, PartialEq)]
pub struct ScopeMetrics {
    /// Who made the instruments.
    pub scope: InstrumentationScope,
    /// What they measured.
    pub metrics: Vec<Metric>,
}

/// What one instrument has measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Name of the stream: the instrument's, if no view renames it.
    pub name: Cow<'static, str>,
    /// What it is, for people; may be empty.
    pub description: Cow<'static, str>,
    /// Unit, in [UCUM](https://ucum.org/ucum)'s notation; may be empty.
    pub unit: Cow<'static, str>,
    /// Since when sums and histograms count.
    pub start: SystemTime,
    /// When the points were taken.
    pub time: SystemTime,
    /// The points.
    pub data: Data,
}

/// Data points, one for each set of attributes.
#[allow(clippy::exhaustive_enums)] // a further kind would change every reader on purpose
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// The last value.
    Gauge(Vec<NumberPoint>),
    /// The sum of what was added.
    Sum {
        /// The points.
        points: Vec<NumberPoint>,
        /// True for counters, whose sum only grows.
        is_monotonic: bool,
        /// What the sums count from.
        temporality: Temporality,
    },
    /// Counts in buckets with fixed bounds.
    Histogram {
        /// The points.
        points: Vec<HistogramPoint>,
        /// What the counts count from.
        temporality: Temporality,
    },
    /// Counts in buckets whose bounds are powers of a base that follows the values.
    ExponentialHistogram {
        /// The points.
        points: Vec<ExponentialPoint>,
        /// What the counts count from.
        temporality: Temporality,
    },
}

impl Data {
    /// Number of points.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Gauge(points) | Self::Sum { points, .. } => points.len(),
            Self::Histogram { points, .. } => points.len(),
            Self::ExponentialHistogram { points, .. } => points.len(),
        }
    }

    /// True if nothing was measured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What sums and counts [count from](https://opentelemetry.io/docs/specs/otel/metrics/data-model/#temporality).
#[allow(clippy::exhaustive_enums)] // the data model knows these two
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Temporality {
    /// From the start of the process: what a [`SnapshotSource`](super::SnapshotSource) gives.
    Cumulative,
    /// From the last time that they were sent.
    Delta,
}
