//! The kit's one metric reader. The only place that uses the SDK's experimental custom readers.

mod collector;
mod source;
mod worker;

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use opentelemetry_sdk::{
    error::{OTelSdkError, OTelSdkResult},
    metrics::{
        InstrumentKind, ManualReader, Pipeline, Temporality, data::ResourceMetrics, reader::MetricReader,
    },
};

pub(crate) use self::{
    collector::Collector,
    source::Snapshots,
    worker::{Push, Worker},
};

/// Collects on demand; the worker does so. Always cumulative: it has several consumers, who would take each
/// other's increases away.
#[derive(Clone, Debug)]
pub(crate) struct KitReader {
    manual: Arc<ManualReader>,
    worker: Worker,
}

impl KitReader {
    pub(crate) fn new(worker: Worker) -> Self {
        let manual = ManualReader::builder().with_temporality(Temporality::Cumulative).build();
        Self { manual: Arc::new(manual), worker }
    }
}

impl MetricReader for KitReader {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.manual.register_pipeline(pipeline);
    }

    fn collect(&self, snapshot: &mut ResourceMetrics) -> OTelSdkResult {
        self.manual.collect(snapshot)
    }

    fn force_flush(&self) -> OTelSdkResult {
        if self.worker.push(FLUSH) { Ok(()) } else { Err(OTelSdkError::Timeout(FLUSH)) }
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        if !self.worker.stop(timeout) {
            // A callback hangs in a collection, and the manual reader would wait for it for ever.
            return Err(OTelSdkError::Timeout(timeout));
        }
        self.manual.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.manual.temporality(kind)
    }
}

/// How long a flush through the SDK's meter provider may take, as its other providers have it.
const FLUSH: Duration = Duration::from_secs(5);
