use std::time::Duration;

use opentelemetry_sdk::{
    Resource,
    logs::{
        BatchConfigBuilder, BatchLogProcessor, LogExporter, LogProcessor, LoggerProviderBuilder,
        SdkLoggerProvider,
    },
};

use super::PipelineBuilder;
use crate::{
    BatchSettings,
    counting::CountingLogProcessor,
    exporter::{AttributeLimits, KitLogExporter},
    outlet::Outlet,
};

type Stage = Box<dyn FnOnce(LoggerProviderBuilder, &BatchSettings) -> LoggerProviderBuilder + Send>;

pub(super) struct Logs {
    limits: AttributeLimits,
    batch: BatchSettings,
    processors: Vec<Stage>,
    exporters: Vec<Stage>,
}

impl PipelineBuilder {
    /// Most attributes of a log record; 128 by default, `None` is no limit. Applies to the kit's transports.
    pub fn log_attribute_count(mut self, count: Option<usize>) -> Self {
        self.logs.limits.count = count;
        self
    }

    /// Longest attribute value of log records, in characters (bytes for byte arrays); no limit by default.
    /// Applies to the kit's transports.
    pub fn log_value_length(mut self, length: Option<usize>) -> Self {
        self.logs.limits.value_length = length;
        self
    }

    /// How log records are gathered.
    pub fn log_batch(mut self, batch: BatchSettings) -> Self {
        self.logs.batch = batch;
        self
    }

    /// A processor that comes before the export and may change records.
    pub fn log_processor(mut self, processor: impl LogProcessor + 'static) -> Self {
        let stage: Stage = Box::new(move |builder, _| builder.with_log_processor(processor));
        self.logs.processors.push(stage);
        self
    }

    /// An exporter of the SDK's kind, beside the transport, with an own batch processor.
    pub fn log_exporter(mut self, exporter: impl LogExporter + 'static) -> Self {
        let stage: Stage =
            Box::new(move |builder, batch| builder.with_log_processor(batches(exporter, batch)));
        self.logs.exporters.push(stage);
        self
    }
}

impl Logs {
    /// Size of the queue, and longest time for a request.
    pub(super) fn queue(&self) -> (usize, Option<Duration>) {
        (self.batch.queue, self.batch.timeout)
    }

    pub(super) fn provider(self, resource: Resource, outlet: Option<Outlet>) -> SdkLoggerProvider {
        let Self { limits, batch, processors, exporters } = self;
        let apply = |builder, stage: Stage| stage(builder, &batch);
        let mut builder = SdkLoggerProvider::builder().with_resource(resource);
        builder = processors.into_iter().fold(builder, apply);
        if let Some(outlet) = outlet {
            let exporter = KitLogExporter::new(outlet.clone(), limits);
            let counting = CountingLogProcessor::new(batches(exporter, &batch), outlet);
            builder = builder.with_log_processor(counting);
        }
        exporters.into_iter().fold(builder, apply).build()
    }
}

impl Default for Logs {
    fn default() -> Self {
        Self {
            limits: AttributeLimits { value_length: None, count: Some(128) },
            batch: BatchSettings::logs(),
            processors: Vec::new(),
            exporters: Vec::new(),
        }
    }
}

fn batches(exporter: impl LogExporter + 'static, batch: &BatchSettings) -> BatchLogProcessor {
    // All three are set, so that none comes from the environment.
    let config = BatchConfigBuilder::default()
        .with_scheduled_delay(batch.delay)
        .with_max_queue_size(batch.queue)
        .with_max_export_batch_size(batch.size)
        .build();
    BatchLogProcessor::builder(exporter).with_batch_config(config).build()
}
