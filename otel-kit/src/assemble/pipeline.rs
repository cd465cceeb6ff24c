//! The SDK's half of the configuration.

use std::time::Duration;

use opentelemetry::{Key, trace::TracerProvider};
use otel_kit_sdk::{
    BatchSettings, Pipeline, PipelineBuilder, SpanSettings,
    metrics::{ExemplarFilter, Keep, View, ViewBuckets},
    sdk::{
        Resource,
        metrics::Temporality,
        trace::{Sampler, SpanLimits},
    },
    span_layer,
};
use tracing::Subscriber;
use tracing_subscriber::{Layer, registry::LookupSpan};

use crate::config::{self, Config, Exporter, HistogramAggregation};

/// On a console, a trace is shown as soon as it is over.
const CONSOLE_DELAY: Duration = Duration::from_millis(100);

/// Name of the scope of `tracing` spans.
const SCOPE: &str = "tracing";

pub(super) fn builder(config: &Config, resource: Resource) -> PipelineBuilder {
    let (traces, metrics, logs) = (&config.traces, &config.metrics, &config.logs);
    with_views(Pipeline::builder(), &metrics.views)
        .resource(resource)
        .sampler(sampler(config))
        .span_limits(span_limits(&traces.limits))
        .span_value_length(traces.limits.value_length.map(widen))
        .span_batch(span_batch(config))
        .metric_interval(metrics.interval)
        .metric_timeout(metrics.timeout)
        .temporality(temporality(metrics.temporality))
        .exponential_histograms(metrics.histogram_aggregation == HistogramAggregation::Base2Exponential)
        .self_metrics(true)
        .exemplars(exemplars(metrics.exemplars))
        .cardinality_limit(widen(metrics.cardinality_limit))
        .share_snapshots(metrics.prometheus.enabled && !config.disabled)
        .log_attribute_count(Some(widen(logs.limits.attributes)))
        .log_value_length(logs.limits.value_length.map(widen))
        .log_batch(batch(&logs.batch, BatchSettings::logs()))
}

/// The layer that makes spans of `tracing` spans.
pub(super) fn spans<S>(config: &Config, pipeline: &Pipeline) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
{
    let filter = if config.disabled {
        tracing_subscriber::filter::Targets::new()
    } else {
        config.traces.filter.clone()
    };
    let settings = SpanSettings::default()
        .events(config.traces.events)
        .error_status(config.traces.error_status)
        .source_location(config.traces.source_location)
        .threads(config.traces.threads);
    span_layer(pipeline.tracer_provider().tracer(SCOPE), filter, settings).boxed()
}

fn sampler(config: &Config) -> Sampler {
    let config::Sampler { ratio, parent_based, .. } = config.traces.sampler;
    let root = if config.disabled || ratio <= 0.0 {
        Sampler::AlwaysOff
    } else if ratio >= 1.0 {
        Sampler::AlwaysOn
    } else {
        Sampler::TraceIdRatioBased(ratio)
    };
    if parent_based { Sampler::ParentBased(Box::new(root)) } else { root }
}

fn span_limits(limits: &config::SpanLimits) -> SpanLimits {
    SpanLimits {
        max_attributes_per_span: limits.attributes,
        max_events_per_span: limits.events,
        max_links_per_span: limits.links,
        max_attributes_per_event: limits.event_attributes,
        max_attributes_per_link: limits.link_attributes,
    }
}

fn span_batch(config: &Config) -> BatchSettings {
    let batch = batch(&config.traces.batch, BatchSettings::spans());
    let is_console = matches!(config.export.traces, Exporter::Console);
    if is_console { batch.delay(config.traces.batch.delay.min(CONSOLE_DELAY)) } else { batch }
}

fn batch(batch: &config::Batch, settings: BatchSettings) -> BatchSettings {
    settings.delay(batch.delay).size(widen(batch.size)).queue(widen(batch.queue)).timeout(batch.timeout)
}

/// The builder with the views of the configuration.
fn with_views(builder: PipelineBuilder, views: &[config::View]) -> PipelineBuilder {
    views.iter().map(view).fold(builder, PipelineBuilder::view)
}

fn view(view: &config::View) -> View {
    let changed = View::of(view.instrument.clone());
    if view.drop {
        return changed.dropped();
    }
    let keys = |names: &[String]| names.iter().cloned().map(Key::from).collect();
    let keep = match &view.attributes {
        Some(kept) => Keep::Only(keys(kept)),
        None if view.drop_attributes.is_empty() => Keep::All,
        None => Keep::Except(keys(&view.drop_attributes)),
    };
    let changed = view.name.iter().fold(changed.attributes(keep), View::name);
    match &view.buckets {
        Some(bounds) => changed.buckets(ViewBuckets::Explicit(bounds.clone())),
        None if view.exponential => changed.buckets(ViewBuckets::Exponential),
        None => changed,
    }
}

const fn exemplars(exemplars: config::Exemplars) -> ExemplarFilter {
    match exemplars {
        config::Exemplars::TraceBased => ExemplarFilter::TraceBased,
        config::Exemplars::AlwaysOn => ExemplarFilter::AlwaysOn,
        config::Exemplars::AlwaysOff => ExemplarFilter::AlwaysOff,
    }
}

const fn temporality(temporality: config::Temporality) -> Temporality {
    match temporality {
        config::Temporality::Cumulative => Temporality::Cumulative,
        config::Temporality::Delta => Temporality::Delta,
        config::Temporality::LowMemory => Temporality::LowMemory,
    }
}

fn widen(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
