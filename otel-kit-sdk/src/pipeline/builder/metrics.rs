use std::{sync::Arc, time::Duration};

use opentelemetry_sdk::{
    Resource,
    metrics::{
        Aggregation, Instrument, InstrumentKind, MeterProviderBuilder, SdkMeterProvider, Stream, Temporality,
        reader::MetricReader,
    },
};

use super::PipelineBuilder;
use crate::reader::KitReader;

type View = Arc<dyn Fn(&Instrument) -> Option<Stream> + Send + Sync>;
type Stage = Box<dyn FnOnce(MeterProviderBuilder) -> MeterProviderBuilder + Send>;
type Hook = Box<dyn FnOnce(&SdkMeterProvider) + Send>;

pub(super) struct Metrics {
    interval: Duration,
    timeout: Option<Duration>,
    temporality: Temporality,
    exponential: bool,
    views: Vec<View>,
    readers: Vec<Stage>,
    hook: Option<Hook>,
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
    /// Applies to the kit's transports.
    pub fn temporality(mut self, temporality: Temporality) -> Self {
        self.metrics.temporality = temporality;
        self
    }

    /// Makes histograms exponential where no [`view`](Self::view) says otherwise: at most 160 buckets, at
    /// the finest scale that holds the values. Buckets that instruments ask for are not used then. Off by
    /// default.
    pub fn exponential_histograms(mut self, exponential: bool) -> Self {
        self.metrics.exponential = exponential;
        self
    }

    /// Changes how the measurements of some instruments are aggregated: `Some` where it applies.
    pub fn view(mut self, view: impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static) -> Self {
        self.metrics.views.push(Arc::new(view));
        self
    }

    /// A reader of the SDK's kind, beside the kit's.
    pub fn metric_reader(mut self, reader: impl MetricReader) -> Self {
        self.metrics.readers.push(Box::new(move |builder| builder.with_reader(reader)));
        self
    }

    /// Called once with the meter provider, before spans and log records can be made: the SDK takes the
    /// counters about itself from the global meter provider of that moment.
    pub fn on_meter_provider(mut self, hook: impl FnOnce(&SdkMeterProvider) + Send + 'static) -> Self {
        self.metrics.hook = Some(Box::new(hook));
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

    pub(super) fn take_hook(&mut self) -> Hook {
        self.hook.take().unwrap_or_else(|| Box::new(|_| ()))
    }

    pub(super) fn provider(self, resource: Resource, reader: Option<KitReader>) -> SdkMeterProvider {
        let Self { exponential, views, readers, .. } = self;
        let mut builder = SdkMeterProvider::builder().with_resource(resource);
        for view in views.clone() {
            builder = builder.with_view(move |instrument| view(instrument));
        }
        if exponential {
            builder = builder.with_view(move |instrument| exponential_unless(&views, instrument));
        }
        if let Some(reader) = reader {
            builder = builder.with_reader(reader);
        }
        readers.into_iter().fold(builder, |builder, stage| stage(builder)).build()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(60),
            timeout: Some(Duration::from_secs(30)),
            temporality: Temporality::Cumulative,
            exponential: false,
            views: Vec::new(),
            readers: Vec::new(),
            hook: None,
        }
    }
}

/// Each view that applies makes a stream of its own, so this one must not apply beside others.
fn exponential_unless(views: &[View], instrument: &Instrument) -> Option<Stream> {
    if instrument.kind() != InstrumentKind::Histogram || views.iter().any(|view| view(instrument).is_some()) {
        return None;
    }
    let aggregation =
        Aggregation::Base2ExponentialHistogram { max_size: 160, max_scale: 20, record_min_max: true };
    Stream::builder().with_aggregation(aggregation).build().ok()
}
