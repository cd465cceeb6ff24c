use std::{sync::Arc, time::Duration};

use opentelemetry_sdk::{
    Resource,
    metrics::{MeterProviderBuilder, Temporality, reader::MetricReader},
};

use super::PipelineBuilder;
use crate::{
    metrics::{Catalogue, ExemplarFilter, KitMeterProvider, Settings, View},
    reader::KitReader,
};

type Stage = Box<dyn FnOnce(MeterProviderBuilder) -> MeterProviderBuilder + Send>;

pub(super) struct Metrics {
    interval: Duration,
    timeout: Option<Duration>,
    temporality: Temporality,
    settings: Settings,
    is_shared: bool,
    about_itself: bool,
    readers: Vec<Stage>,
}

impl PipelineBuilder {
    /// How often metrics are collected and sent; 60 s by default.
    pub fn metric_interval(mut self, interval: Duration) -> Self {
        self.metrics.interval = interval;
        self
    }

    /// Longest time for one try to send metrics, if the transport's own limit is not shorter; 30 s by
    /// default, `None` is no limit.
    pub fn metric_timeout(mut self, timeout: Option<Duration>) -> Self {
        self.metrics.timeout = timeout;
        self
    }

    /// Totals since the start (the default), or what came since the last collection; `LowMemory` is the
    /// latter for synchronous counters and histograms only
    /// ([preference](https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/#additional-configuration)).
    /// Applies to the kit's transports: the aggregation itself, and what others read of it, has totals.
    pub fn temporality(mut self, temporality: Temporality) -> Self {
        self.metrics.temporality = temporality;
        self
    }

    /// Makes histograms exponential where no [`view`](Self::view) says otherwise: at most 160 buckets, at
    /// the finest scale that holds the values. Buckets that instruments ask for are not used then. Off by
    /// default.
    pub fn exponential_histograms(mut self, exponential: bool) -> Self {
        self.metrics.settings.exponential = exponential;
        self
    }

    /// Changes how the measurements of some instruments are aggregated. The first one that applies counts.
    pub fn view(mut self, view: View) -> Self {
        self.metrics.settings.views.push(view);
        self
    }

    /// Which measurements may become exemplars; those in sampled spans by default.
    pub fn exemplars(mut self, filter: ExemplarFilter) -> Self {
        self.metrics.settings.filter = filter;
        self
    }

    /// Most attribute sets that an instrument tells apart, at least 1; 2,000 by default. What is measured
    /// with others goes into one data point with the attribute `otel.metric.overflow`, and one warning
    /// names the instrument.
    pub fn cardinality_limit(mut self, limit: usize) -> Self {
        self.metrics.settings.cardinality_limit = limit.clamp(1, MOST);
        self
    }

    /// Aggregates metrics even if no transport takes them: for readers of
    /// [`Pipeline::snapshots`](crate::Pipeline::snapshots). Off by default.
    pub fn share_snapshots(mut self, share: bool) -> Self {
        self.metrics.is_shared = share;
        self
    }

    /// Adds metrics of the pipeline itself, `otel.sdk.*` by the
    /// [conventions](https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/), if metrics are aggregated.
    /// Off by default.
    pub fn self_metrics(mut self, on: bool) -> Self {
        self.metrics.about_itself = on;
        self
    }

    /// A reader of the SDK's kind, beside the kit's.
    pub fn metric_reader(mut self, reader: impl MetricReader) -> Self {
        self.metrics.readers.push(Box::new(move |builder| builder.with_reader(reader)));
        self
    }
}

impl Metrics {
    pub(super) fn interval(&self) -> Duration {
        self.interval
    }

    pub(super) fn timeout(&self) -> Option<Duration> {
        self.timeout
    }

    pub(super) fn temporality(&self) -> Temporality {
        self.temporality
    }

    pub(super) fn has_readers(&self) -> bool {
        !self.readers.is_empty()
    }

    pub(super) fn is_about_itself(&self) -> bool {
        self.about_itself
    }

    /// Whether snapshots are wanted without any transport.
    pub(super) fn is_shared(&self) -> bool {
        self.is_shared
    }

    pub(super) fn catalogue(&self) -> Arc<Catalogue> {
        Arc::new(Catalogue::new(self.settings.clone()))
    }

    pub(super) fn provider(
        self,
        resource: Resource,
        reader: Option<KitReader>,
        catalogue: &Arc<Catalogue>,
    ) -> KitMeterProvider {
        let mut builder = catalogue.provider(resource);
        let is_read = reader.is_some() || self.has_readers();
        if let Some(reader) = reader {
            builder = builder.with_reader(reader);
        }
        let sdk = self.readers.into_iter().fold(builder, |builder, stage| stage(builder)).build();
        KitMeterProvider::new(sdk, is_read.then(|| Arc::clone(catalogue)))
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(60),
            timeout: Some(Duration::from_secs(30)),
            temporality: Temporality::Cumulative,
            settings: Settings::default(),
            is_shared: false,
            about_itself: false,
            readers: Vec::new(),
        }
    }
}

/// The SDK makes room for one more.
const MOST: usize = usize::MAX - 1;
