use std::{fmt, time::Duration};

use serde::Deserialize;

use super::{
    ConfigError,
    choice::{Choice, name_of},
    env,
    env::Env,
    layers::Layers,
    print::Printer,
    prometheus::{PartialPrometheus, Prometheus},
    read,
    read::duration_text,
    values::{at_least_one, period, time_limit},
    views::{PartialView, View, views},
};

/// Section `metrics`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialMetrics {
    /// Time from one export to the next; default `60s`.
    #[serde(deserialize_with = "read::duration")]
    pub interval: Option<Duration>,
    /// Time that one export may take, retries included; 0 is no limit; default `30s`.
    #[serde(deserialize_with = "read::duration")]
    pub timeout: Option<Duration>,
    /// Whether counters are sent as totals or as increases; default `cumulative`.
    #[serde(deserialize_with = "read::choice")]
    pub temporality: Option<Temporality>,
    /// How histograms without buckets of their own are sent; default `explicit_bucket_histogram`.
    #[serde(deserialize_with = "read::choice")]
    pub histogram_aggregation: Option<HistogramAggregation>,
    /// Which measurements become exemplars; default `trace_based`.
    #[serde(deserialize_with = "read::choice")]
    pub exemplars: Option<Exemplars>,
    /// Most attribute sets of an instrument that are told apart; default 2,000.
    pub cardinality_limit: Option<u32>,
    /// How certain instruments are aggregated; the first view that applies holds.
    pub views: Option<Vec<PartialView>>,
    /// Whether there are metrics of the process, its container and its Tokio runtimes; default `true`.
    pub runtime: Option<bool>,
    /// Whether `process.cpu.utilization` is one of them; default `false`.
    pub cpu_utilization: Option<bool>,
    /// How Prometheus reads metrics.
    pub prometheus: PartialPrometheus,
}

/// How metrics are sent.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Metrics {
    /// Time from one export to the next.
    pub interval: Duration,
    /// Time that one export may take; `None` is no limit.
    pub timeout: Option<Duration>,
    /// Whether counters are sent as totals or as increases.
    pub temporality: Temporality,
    /// How histograms without buckets of their own are sent.
    pub histogram_aggregation: HistogramAggregation,
    /// Which measurements become exemplars.
    pub exemplars: Exemplars,
    /// Most attribute sets of an instrument that are told apart.
    pub cardinality_limit: u32,
    /// How certain instruments are aggregated.
    pub views: Vec<View>,
    /// Whether there are metrics of the process, its container and its Tokio runtimes.
    pub runtime: bool,
    /// Whether `process.cpu.utilization` is one of them.
    pub cpu_utilization: bool,
    /// How Prometheus reads metrics.
    pub prometheus: Prometheus,
}

/// Whether data points are totals or increases
/// ([preference](https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Temporality {
    /// Totals since the start.
    Cumulative,
    /// Increases since the last export, for all but up-down counters.
    Delta,
    /// Increases for synchronous counters and histograms, totals for the rest.
    LowMemory,
}

/// How a histogram without buckets of its own is aggregated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum HistogramAggregation {
    /// The specification's fixed buckets.
    ExplicitBucket,
    /// Exponential buckets that adapt to the values.
    Base2Exponential,
}

/// Which measurements become [exemplars](https://opentelemetry.io/docs/specs/otel/metrics/sdk/#exemplarfilter).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Exemplars {
    /// Those in sampled spans.
    TraceBased,
    /// All.
    AlwaysOn,
    /// None.
    AlwaysOff,
}

impl Metrics {
    pub(super) fn resolve(layers: &mut Layers) -> Result<Self, ConfigError> {
        let interval = layers.pick("metrics.interval", |p| p.metrics.interval, period)?;
        let timeout = layers.pick("metrics.timeout", |p| p.metrics.timeout, time_limit)?;
        let limit =
            layers.pick("metrics.cardinality_limit", |p| p.metrics.cardinality_limit, at_least_one)?;
        let views = layers.pick("metrics.views", |p| p.metrics.views.clone(), views)?;
        Ok(Self {
            interval: interval.unwrap_or(Duration::from_secs(60)),
            timeout: timeout.unwrap_or(Some(Duration::from_secs(30))),
            temporality: layers.take(|p| p.metrics.temporality).unwrap_or(Temporality::Cumulative),
            histogram_aggregation: layers
                .take(|p| p.metrics.histogram_aggregation)
                .unwrap_or(HistogramAggregation::ExplicitBucket),
            exemplars: layers.take(|p| p.metrics.exemplars).unwrap_or(Exemplars::TraceBased),
            cardinality_limit: limit.unwrap_or(2_000),
            views: views.unwrap_or_default(),
            runtime: layers.take(|p| p.metrics.runtime).unwrap_or(true),
            cpu_utilization: layers.take(|p| p.metrics.cpu_utilization).unwrap_or(false),
            prometheus: Prometheus::resolve(layers)?,
        })
    }

    pub(super) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.line("interval", duration_text(self.interval))?;
        out.line("timeout", duration_text(self.timeout.unwrap_or_default()))?;
        out.line("temporality", name_of(self.temporality))?;
        out.line("histogram_aggregation", name_of(self.histogram_aggregation))?;
        out.line("exemplars", name_of(self.exemplars))?;
        out.line("cardinality_limit", self.cardinality_limit)?;
        out.list("views", &self.views)?;
        out.line("runtime", self.runtime)?;
        out.line("cpu_utilization", self.cpu_utilization)?;
        out.section("prometheus", |out| self.prometheus.print(out))
    }
}

impl PartialMetrics {
    pub(super) fn from_env(env: &mut Env<'_>) -> Self {
        Self {
            interval: env.value("metrics.interval", "OTEL_METRIC_EXPORT_INTERVAL", env::millis),
            timeout: env.value("metrics.timeout", "OTEL_METRIC_EXPORT_TIMEOUT", env::millis),
            temporality: env.value(
                "metrics.temporality",
                "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
                env::choice,
            ),
            histogram_aggregation: env.value(
                "metrics.histogram_aggregation",
                "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
                env::choice,
            ),
            exemplars: env.value("metrics.exemplars", "OTEL_METRICS_EXEMPLAR_FILTER", env::choice),
            prometheus: PartialPrometheus::from_env(env),
            ..Self::default()
        }
    }
}

impl Choice for Temporality {
    const NAMES: &'static [(&'static str, Self)] =
        &[("cumulative", Self::Cumulative), ("delta", Self::Delta), ("lowmemory", Self::LowMemory)];
}

impl Choice for Exemplars {
    const NAMES: &'static [(&'static str, Self)] =
        &[("trace_based", Self::TraceBased), ("always_on", Self::AlwaysOn), ("always_off", Self::AlwaysOff)];
}

impl Choice for HistogramAggregation {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("explicit_bucket_histogram", Self::ExplicitBucket),
        ("base2_exponential_bucket_histogram", Self::Base2Exponential),
    ];
}
