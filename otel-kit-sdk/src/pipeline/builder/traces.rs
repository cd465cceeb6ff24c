use std::{sync::Arc, time::Duration};

use opentelemetry::trace::{SpanId, TraceId};
use opentelemetry_sdk::{
    Resource,
    trace::{
        BatchConfigBuilder, BatchSpanProcessor, IdGenerator, Sampler, SdkTracerProvider, ShouldSample,
        SpanExporter, SpanLimits, SpanProcessor, TracerProviderBuilder,
    },
};

use super::PipelineBuilder;
use crate::{
    BatchSettings, counting::CountingSpanProcessor, exporter::KitSpanExporter, outlet::Outlet,
    self_metrics::SpanCounts,
};

type Stage = Box<dyn FnOnce(TracerProviderBuilder, &BatchSettings) -> TracerProviderBuilder + Send>;

pub(super) struct Traces {
    sampler: Box<dyn ShouldSample>,
    limits: SpanLimits,
    ids: Option<Ids>,
    batch: BatchSettings,
    value_length: Option<usize>,
    processors: Vec<Stage>,
    exporters: Vec<Stage>,
}

impl PipelineBuilder {
    /// Which traces are recorded; all that their parent does not exclude by default.
    pub fn sampler(mut self, sampler: impl Into<Box<dyn ShouldSample>>) -> Self {
        self.traces.sampler = sampler.into();
        self
    }

    /// How many attributes, events and links a span keeps; 128 of each by default.
    pub fn span_limits(mut self, limits: SpanLimits) -> Self {
        self.traces.limits = limits;
        self
    }

    /// Longest attribute value of spans, events and links, in characters (bytes for byte arrays); no limit
    /// by default. Applies to the kit's transports.
    pub fn span_value_length(mut self, length: Option<usize>) -> Self {
        self.traces.value_length = length;
        self
    }

    /// How spans are gathered.
    pub fn span_batch(mut self, batch: BatchSettings) -> Self {
        self.traces.batch = batch;
        self
    }

    /// Where ids come from; random by default. For tests.
    pub fn id_generator(mut self, ids: impl IdGenerator + 'static) -> Self {
        self.traces.ids = Some(Ids(Box::new(ids)));
        self
    }

    /// A processor that comes before the export.
    pub fn span_processor(mut self, processor: impl SpanProcessor + 'static) -> Self {
        let stage: Stage = Box::new(move |builder, _| builder.with_span_processor(processor));
        self.traces.processors.push(stage);
        self
    }

    /// An exporter of the SDK's kind, beside the transport, with an own batch processor.
    pub fn span_exporter(mut self, exporter: impl SpanExporter + 'static) -> Self {
        let stage: Stage =
            Box::new(move |builder, batch| builder.with_span_processor(batches(exporter, batch)));
        self.traces.exporters.push(stage);
        self
    }
}

impl Traces {
    /// Size of the queue, and longest time for a request.
    pub(super) fn queue(&self) -> (usize, Option<Duration>) {
        (self.batch.queue, self.batch.timeout)
    }

    pub(super) fn provider(
        self,
        resource: Resource,
        outlet: Option<Outlet>,
        counts: &Arc<SpanCounts>,
    ) -> SdkTracerProvider {
        let Self { sampler, limits, ids, batch, value_length, processors, exporters } = self;
        let apply = |builder, stage: Stage| stage(builder, &batch);
        let mut builder = SdkTracerProvider::builder()
            .with_resource(resource)
            .with_sampler(sampler)
            .with_span_limits(limits);
        if let Some(ids) = ids {
            builder = builder.with_id_generator(ids);
        }
        builder = processors.into_iter().fold(builder, apply);
        if let Some(outlet) = outlet {
            let exporter = KitSpanExporter::new(outlet.clone(), value_length);
            let counting = CountingSpanProcessor::new(batches(exporter, &batch), outlet, Arc::clone(counts));
            builder = builder.with_span_processor(counting);
        }
        exporters.into_iter().fold(builder, apply).build()
    }
}

impl Default for Traces {
    fn default() -> Self {
        Self {
            sampler: Box::new(Sampler::ParentBased(Box::new(Sampler::AlwaysOn))),
            limits: SpanLimits::default(),
            ids: None,
            batch: BatchSettings::spans(),
            value_length: None,
            processors: Vec::new(),
            exporters: Vec::new(),
        }
    }
}

fn batches(exporter: impl SpanExporter + 'static, batch: &BatchSettings) -> BatchSpanProcessor {
    // All three are set, so that none comes from the environment.
    let config = BatchConfigBuilder::default()
        .with_scheduled_delay(batch.delay)
        .with_max_queue_size(batch.queue)
        .with_max_export_batch_size(batch.size)
        .build();
    BatchSpanProcessor::new(exporter, config)
}

#[derive(Debug)]
struct Ids(Box<dyn IdGenerator>);

impl IdGenerator for Ids {
    fn new_trace_id(&self) -> TraceId {
        self.0.new_trace_id()
    }

    fn new_span_id(&self) -> SpanId {
        self.0.new_span_id()
    }
}
