use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use opentelemetry_sdk::metrics::{data::ResourceMetrics, reader::MetricReader};

use otel_kit_core::{
    diag::{TARGET, Throttle},
    metrics::{Snapshot, SnapshotError},
};

use super::KitReader;
use crate::{
    metrics::{Catalogue, snapshot},
    self_metrics::Collections,
};

/// Takes snapshots of the aggregation, on the worker's thread.
pub(crate) struct Collector {
    reader: KitReader,
    catalogue: Arc<Catalogue>,
    /// What the SDK collects into: it reuses the memory.
    collected: ResourceMetrics,
    latest: Latest,
    failed: Throttle,
    durations: Option<Collections>,
}

impl Collector {
    pub(crate) fn new(reader: KitReader, catalogue: Arc<Catalogue>) -> Self {
        let (collected, latest) = (ResourceMetrics::default(), Latest::default());
        Self { reader, catalogue, collected, latest, failed: Throttle::new(SILENCE), durations: None }
    }

    /// Measures the collections from now on.
    pub(crate) fn measure(&mut self, durations: Collections) {
        self.durations = Some(durations);
    }

    /// Where others find the latest snapshot.
    pub(super) fn latest(&self) -> Latest {
        self.latest.clone()
    }

    /// A snapshot that is at most `max_age` old. A failure is said here, once in a while.
    pub(super) fn take(&mut self, max_age: Duration) -> Result<Arc<Snapshot>, SnapshotError> {
        if let Some(snapshot) = self.latest.younger_than(max_age) {
            return Ok(snapshot);
        }
        let asked = Instant::now();
        let collected = self.collect();
        if let Some(durations) = &self.durations {
            durations.record(asked.elapsed(), collected.is_ok());
        }
        match collected {
            Ok(snapshot) => {
                let snapshot = Arc::new(snapshot);
                self.latest.set(asked, Arc::clone(&snapshot));
                Ok(snapshot)
            }
            Err(reason) => {
                if self.failed.pass().is_some() {
                    tracing::warn!(target: TARGET, reason, "metrics cannot be collected");
                }
                Err(SnapshotError::Failed(reason))
            }
        }
    }

    fn collect(&mut self) -> Result<Snapshot, String> {
        catch_unwind(AssertUnwindSafe(|| {
            self.reader.collect(&mut self.collected).map_err(|error| error.to_string())?;
            Ok(snapshot(&self.collected, &self.catalogue))
        }))
        .unwrap_or_else(|_| Err("the SDK panicked".to_owned()))
    }
}

/// The latest snapshot, and when it was asked for.
#[derive(Clone, Default)]
pub(super) struct Latest(Arc<Mutex<Option<Taken>>>);

type Taken = (Instant, Arc<Snapshot>);

impl Latest {
    pub(super) fn younger_than(&self, max_age: Duration) -> Option<Arc<Snapshot>> {
        let latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let young = latest.as_ref().filter(|(taken, _)| taken.elapsed() < max_age);
        young.map(|(_, snapshot)| Arc::clone(snapshot))
    }

    fn set(&self, taken: Instant, snapshot: Arc<Snapshot>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((taken, snapshot));
    }
}

impl fmt::Debug for Latest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Latest").finish_non_exhaustive()
    }
}

/// A failure is mostly for good, so once an hour is enough.
const SILENCE: Duration = Duration::from_secs(3_600);
