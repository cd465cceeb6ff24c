//! Tokio's runtimes.

mod metrics;

use std::{
    future::pending,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use opentelemetry::KeyValue;
use tokio::{
    runtime::{Handle, Id, RuntimeMetrics},
    task::AbortHandle,
};

use otel_kit_core::semconv::attribute::TOKIO_RUNTIME_NAME;

pub(super) use self::metrics::register;

/// The runtimes that are observed, as long as they live.
#[derive(Debug, Default)]
pub(super) struct Runtimes(Mutex<Vec<Observed>>);

#[derive(Debug)]
struct Observed {
    name: String,
    runtime: Handle,
    watch: Option<AbortHandle>,
}

/// Is dropped with its runtime: a handle does not tell that its runtime is gone, and keeps its memory.
struct Watch {
    runtime: Id,
    runtimes: Weak<Runtimes>,
}

impl Runtimes {
    pub(super) fn add(self: &Arc<Self>, runtime: &Handle, name: &str) {
        if !self.insert(runtime, name) {
            return;
        }
        let watch = Watch { runtime: runtime.id(), runtimes: Arc::downgrade(self) };
        let task = runtime.spawn(async move {
            let _watch = watch;
            pending::<()>().await;
        });
        if let Some(observed) = self.lock().iter_mut().find(|observed| observed.runtime.id() == runtime.id())
        {
            observed.watch = Some(task.abort_handle());
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.lock().iter().map(|observed| observed.name.clone()).collect()
    }

    /// Those that live, with their names as attributes.
    fn living(&self) -> Vec<(KeyValue, RuntimeMetrics)> {
        let attributes = |observed: &Observed| {
            (KeyValue::new(TOKIO_RUNTIME_NAME, observed.name.clone()), observed.runtime.metrics())
        };
        self.lock().iter().map(attributes).collect()
    }

    /// False if it was there already.
    fn insert(&self, runtime: &Handle, name: &str) -> bool {
        let mut all = self.lock();
        let known = all.iter().position(|observed| observed.runtime.id() == runtime.id());
        let known = known.map(|index| all.swap_remove(index));
        let name = unused(name, &all);
        let is_new = known.is_none();
        all.push(match known {
            Some(known) => Observed { name, ..known },
            None => Observed { name, runtime: runtime.clone(), watch: None },
        });
        is_new
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Observed>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Runtimes {
    fn drop(&mut self) {
        for watch in self.lock().drain(..).filter_map(|observed| observed.watch) {
            watch.abort();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Some(runtimes) = self.runtimes.upgrade() else { return };
        let gone = {
            let mut all = runtimes.lock();
            let index = all.iter().position(|observed| observed.runtime.id() == self.runtime);
            index.map(|index| all.swap_remove(index))
        };
        drop(gone);
    }
}

/// The name, with a number from 2 on if it is taken.
fn unused(name: &str, all: &[Observed]) -> String {
    let is_free = |name: &String| all.iter().all(|observed| observed.name != *name);
    let numbered = (2..).map(|number: u32| format!("{name}-{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or_else(|| name.to_owned())
}
