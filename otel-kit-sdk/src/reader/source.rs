use std::{
    future::ready,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::oneshot;

use otel_kit_core::metrics::{SnapshotError, SnapshotSource, Taking};

use super::{
    collector::{Collector, Latest},
    worker::{Answer, Worker},
};

/// Snapshots for whoever asks: the latest one if it is young enough, else a new one by the worker.
#[derive(Clone, Debug)]
pub(crate) struct Snapshots {
    worker: Worker,
    latest: Latest,
    waiting: Arc<AtomicUsize>,
}

impl Snapshots {
    pub(crate) fn new(worker: Worker, collector: &Collector) -> Self {
        Self { worker, latest: collector.latest(), waiting: Arc::default() }
    }
}

impl SnapshotSource for Snapshots {
    fn snapshot(&self, max_age: Duration) -> Taking {
        if let Some(snapshot) = self.latest.younger_than(max_age) {
            return Box::pin(ready(Ok(snapshot)));
        }
        // A callback that waits for the collection that it is part of would wait for ever.
        let Some(place) = Place::take(&self.waiting).filter(|_| !self.worker.is_current()) else {
            return Box::pin(ready(Err(SnapshotError::Busy)));
        };
        let (answer, snapshot) = oneshot::channel();
        if !self.worker.snapshot(max_age, Answer { answer, _place: place }) {
            return Box::pin(ready(Err(SnapshotError::Ended)));
        }
        Box::pin(async move { snapshot.await.unwrap_or(Err(SnapshotError::Ended)) })
    }
}

/// A place among those who wait; dropping it makes room.
pub(super) struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>) -> Option<Self> {
        let place = Self(Arc::clone(waiting));
        (waiting.fetch_add(1, Ordering::Relaxed) < MOST_WAITING).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// While a callback hangs, those who wait for a snapshot must not grow without bound.
const MOST_WAITING: usize = 64;
