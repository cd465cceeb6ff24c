use otel_kit_core::metrics::Snapshot;

use crate::{
    Format,
    family::{self, TARGET},
    labels::{self, Label},
    lines::Lines,
    losses::Losses,
    series,
};

/// Writes a snapshot as text.
///
/// Families are sorted by name, their series by labels. A metric or series that cannot be shown beside another one
/// is left out, with a warning once in a while.
///
/// ```
/// use otel_kit_core::metrics::{Data, Metric, Number, NumberPoint, ScopeMetrics, Snapshot, Temporality};
/// use otel_kit_prometheus::{Encoder, Format};
/// # use std::time::SystemTime;
/// # use opentelemetry::{InstrumentationScope, KeyValue};
///
/// # let now = SystemTime::now();
/// let point = NumberPoint::new(vec![KeyValue::new("shop.country", "de")], Number::Int(3));
/// let data = Data::Sum { points: vec![point], is_monotonic: true, temporality: Temporality::Cumulative };
/// # let (name, unit) = ("shop.orders".into(), "{order}".into());
/// let metric = Metric { name, description: "Orders taken".into(), unit, start: now, time: now, data };
/// # let scope = InstrumentationScope::builder("shop").build();
/// # let scopes = vec![ScopeMetrics { scope, metrics: vec![metric] }];
/// let snapshot = Snapshot { time: now, resource: vec![], resource_schema_url: None, scopes };
///
/// let text = Encoder::new().scope_labels(false).encode(&snapshot, Format::Text);
/// assert!(text.starts_with("# HELP shop_orders_total Orders taken\n# TYPE shop_orders_total counter\n"));
/// assert!(text.ends_with("\nshop_orders_total{shop_country=\"de\"} 3\n"));
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Encoder {
    scope_labels: bool,
    target_info: bool,
    created: bool,
}

impl Encoder {
    /// Writes all that the specification asks for.
    pub const fn new() -> Self {
        Self { scope_labels: true, target_info: true, created: false }
    }

    /// Whether each series names the part of the program that measured it (`otel_scope_name` and so on); on by
    /// default. Without, metrics of two scopes that are otherwise alike cannot both be shown.
    pub const fn scope_labels(mut self, on: bool) -> Self {
        self.scope_labels = on;
        self
    }

    /// Whether the attributes of the service are shown as labels of `target_info`; on by default.
    pub const fn target_info(mut self, on: bool) -> Self {
        self.target_info = on;
        self
    }

    /// Whether OpenMetrics tells in `_created` since when counters and histograms count; off by default.
    pub const fn created(mut self, on: bool) -> Self {
        self.created = on;
        self
    }

    /// The snapshot as text in this format.
    #[must_use]
    pub fn encode(&self, snapshot: &Snapshot, format: Format) -> String {
        let mut out = String::new();
        self.encode_to(&mut out, snapshot, format).warn();
        out
    }

    pub(crate) fn encode_to(&self, out: &mut String, snapshot: &Snapshot, format: Format) -> Losses {
        let mut losses = Losses::default();
        if self.target_info && !snapshot.resource.is_empty() {
            write_target(out, snapshot, format);
        }
        for (name, family) in &family::gather(snapshot, &mut losses) {
            series::write(out, (name, family), (self, format), &mut losses);
        }
        if format == Format::OpenMetrics {
            out.push_str("# EOF\n");
        }
        losses
    }

    pub(crate) const fn has_scope_labels(&self) -> bool {
        self.scope_labels
    }

    pub(crate) const fn has_created(&self) -> bool {
        self.created
    }
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

/// The resource: an info in OpenMetrics, a gauge for those that know no infos.
fn write_target(out: &mut String, snapshot: &Snapshot, format: Format) {
    let mut labels = String::new();
    labels::write(&mut labels, &labels::merged(snapshot.resource.iter().map(Label::new).collect()));
    let [family, _] = TARGET;
    let mut lines = Lines::new(out, family, format);
    let kind = if format == Format::OpenMetrics { "info" } else { "gauge" };
    lines.head(INFO, kind, "Target metadata", None);
    lines.sample(INFO, &labels, |out| out.push('1'));
}

const INFO: &str = "_info";

#[cfg(test)]
mod tests;
