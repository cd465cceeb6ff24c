use super::Matcher;

/// Which measurements: those of one metric, with certain attributes.
///
/// ```
/// use otel_kit_alerts::rule::{Matcher, Selector};
///
/// let german = Selector::new("shop.orders").matching(Matcher::equal("shop.country", "de")).by(["shop.kind"]);
/// assert_eq!(german.metric, "shop.orders");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Selector {
    /// Name of the metric, such as `http.server.request.duration`.
    pub metric: String,
    /// What its attributes have to be; all of them hold.
    pub matchers: Vec<Matcher>,
    /// Attributes that tell alerts apart: series that agree in them are added up. `None`, the default, keeps all
    /// attributes, and for ratios none, since their attributes tell failures from the rest; an empty list makes
    /// one of all.
    ///
    /// In labels of alerts an attribute has the name that Prometheus gives it: `http_route` for `http.route`.
    pub by: Option<Vec<String>>,
    /// Most series that are kept for it: 2,000 by default. Where there are more the rule fails, since what it says
    /// of a part would be wrong.
    pub max_series: usize,
    /// Unit of the metric, such as `s`. Only a rule file for Prometheus needs it, for metrics that are not the
    /// kit's own.
    pub unit: String,
    /// Its instrument; as with the unit.
    pub instrument: Option<Instrument>,
}

/// What a metric is measured with.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Instrument {
    /// A sum that only grows.
    Counter,
    /// A value, or a sum that also shrinks.
    Gauge,
    /// Counts in buckets.
    Histogram,
}

impl Selector {
    /// All measurements of a metric.
    #[must_use]
    pub fn new(metric: impl Into<String>) -> Self {
        Self {
            metric: metric.into(),
            matchers: Vec::new(),
            by: None,
            max_series: MAX_SERIES,
            unit: String::new(),
            instrument: None,
        }
    }

    /// Only those whose attributes match this too.
    #[must_use]
    pub fn matching(mut self, matcher: Matcher) -> Self {
        self.matchers.push(matcher);
        self
    }

    /// Attributes that tell alerts apart.
    #[must_use]
    pub fn by<L: Into<String>>(mut self, labels: impl IntoIterator<Item = L>) -> Self {
        self.by = Some(labels.into_iter().map(Into::into).collect());
        self
    }

    /// Most series that are kept for it.
    #[must_use]
    pub const fn max_series(mut self, most: usize) -> Self {
        self.max_series = most;
        self
    }

    /// What a rule file for Prometheus needs to know to name the metric.
    #[must_use]
    pub fn measured_with(mut self, instrument: Instrument, unit: impl Into<String>) -> Self {
        self.instrument = Some(instrument);
        self.unit = unit.into();
        self
    }
}

impl From<&str> for Selector {
    fn from(metric: &str) -> Self {
        Self::new(metric)
    }
}

/// As many as the SDK keeps of a metric by default.
const MAX_SERIES: usize = 2_000;
