use std::{fmt, time::Duration};

use serde::Deserialize;

use super::{
    ConfigError,
    choice::{Choice, name_of},
    env,
    env::Env,
    layers::Layers,
    print::Printer,
    read,
    read::duration_text,
    values::{period, time_limit},
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

impl Metrics {
    pub(super) fn resolve(layers: &mut Layers) -> Result<Self, ConfigError> {
        let interval = layers.pick("metrics.interval", |p| p.metrics.interval, period)?;
        let timeout = layers.pick("metrics.timeout", |p| p.metrics.timeout, time_limit)?;
        Ok(Self {
            interval: interval.unwrap_or(Duration::from_secs(60)),
            timeout: timeout.unwrap_or(Some(Duration::from_secs(30))),
            temporality: layers.take(|p| p.metrics.temporality).unwrap_or(Temporality::Cumulative),
            histogram_aggregation: layers
                .take(|p| p.metrics.histogram_aggregation)
                .unwrap_or(HistogramAggregation::ExplicitBucket),
        })
    }

    pub(super) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.line("interval", duration_text(self.interval))?;
        out.line("timeout", duration_text(self.timeout.unwrap_or_default()))?;
        out.line("temporality", name_of(self.temporality))?;
        out.line("histogram_aggregation", name_of(self.histogram_aggregation))
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
        }
    }
}

impl Choice for Temporality {
    const NAMES: &'static [(&'static str, Self)] =
        &[("cumulative", Self::Cumulative), ("delta", Self::Delta), ("lowmemory", Self::LowMemory)];
}

impl Choice for HistogramAggregation {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("explicit_bucket_histogram", Self::ExplicitBucket),
        ("base2_exponential_bucket_histogram", Self::Base2Exponential),
    ];
}
