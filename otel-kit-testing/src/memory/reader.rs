use std::{
    future::ready,
    sync::{Arc, Weak},
    time::Duration,
};

use opentelemetry_sdk::{
    error::{OTelSdkError, OTelSdkResult},
    metrics::{
        InstrumentKind, ManualReader, Pipeline, Temporality, data::ResourceMetrics, reader::MetricReader,
    },
};

use otel_kit_core::metrics::{Snapshot, SnapshotError, SnapshotSource, Taking};
use otel_kit_sdk::metrics::KitMeterProvider;

/// Takes snapshots of what a provider's instruments have measured, each a fresh one.
pub(super) struct Collected {
    reader: SharedReader,
    meters: KitMeterProvider,
}

impl Collected {
    pub(super) const fn new(reader: SharedReader, meters: KitMeterProvider) -> Self {
        Self { reader, meters }
    }

    pub(super) fn take(&self) -> Result<Snapshot, SnapshotError> {
        let mut collected = ResourceMetrics::default();
        let failed = |error: OTelSdkError| SnapshotError::Failed(error.to_string());
        self.reader.collect(&mut collected).map_err(failed)?;
        Ok(self.meters.snapshot(&collected))
    }
}

impl SnapshotSource for Collected {
    fn snapshot(&self, _: Duration) -> Taking {
        Box::pin(ready(self.take().map(Arc::new)))
    }
}

/// A manual reader that two own: the provider and the test.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedReader(Arc<ManualReader>);

impl MetricReader for SharedReader {
    fn register_pipeline(&self, pipeline: Weak<Pipeline>) {
        self.0.register_pipeline(pipeline);
    }

    fn collect(&self, metrics: &mut ResourceMetrics) -> OTelSdkResult {
        self.0.collect(metrics)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn temporality(&self, kind: InstrumentKind) -> Temporality {
        self.0.temporality(kind)
    }
}
