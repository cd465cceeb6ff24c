//! The rules of a service at work: the thin shell around what evaluates and what notifies.

mod builder;
mod error;
mod events;
mod gauges;
mod rounds;

use std::{
    fmt,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use otel_kit_core::{
    Kit,
    alert::{Alert, AlertSource},
    runtime::Runtime,
};
use tokio::sync::watch;

pub use self::{builder::AlertsBuilder, error::AlertsError};
use self::{gauges::Gauges, rounds::Rounds};
use crate::{
    engine::Engine,
    notify::{Notifier, NotifySettings},
    persist::StateFile,
};

/// The alert rules of a service, evaluated at an interval over its own metrics and exceptions.
///
/// [`run`](Self::run) begins; clones are the same. See the [crate's example](crate).
#[derive(Clone)]
pub struct Alerts {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Mutex<Engine>,
    published: Mutex<Arc<[Alert]>>,
    interval: Duration,
    notify: NotifySettings,
    file: Option<StateFile>,
    running: OnceLock<Running>,
    /// True when it is over.
    over: watch::Sender<bool>,
}

/// What it has once it runs.
struct Running {
    notifier: Notifier,
    runtime: Arc<dyn Runtime>,
}

impl Alerts {
    /// Without rules.
    pub fn builder() -> AlertsBuilder {
        AlertsBuilder::default()
    }

    /// Begins to evaluate the rules over the metrics and exceptions of this kit, and tells the kit of the alerts.
    /// Everything runs on `runtime`.
    ///
    /// # Errors
    /// What is wrong with the settings of channels, routes or silences; that it runs already.
    pub fn run(&self, runtime: Arc<dyn Runtime>, kit: Kit) -> Result<(), AlertsError> {
        let notifier = Notifier::new(&self.inner.notify, Arc::clone(&runtime), &kit)?;
        let running = Running { notifier, runtime: Arc::clone(&runtime) };
        self.inner.running.set(running).map_err(|_| AlertsError::Running)?;
        // Another source of alerts stays: these are evaluated and notified all the same.
        kit.set_alerts(Arc::new(self.clone())).ok();
        kit.part(|| Gauges::new(&kit, &self.inner));
        runtime.spawn(Box::pin(Rounds::new(self.clone(), kit).run()));
        runtime.spawn(Box::pin(self.clone().tick()));
        Ok(())
    }

    /// Sends what is due, and is ready when all channels have taken everything, which is `true`, or when the time is
    /// over.
    pub fn flush(&self, limit: Duration) -> impl Future<Output = bool> + Send + 'static + use<> {
        let flushing = self.inner.running.get().map(|running| running.notifier.flush(limit));
        async move {
            match flushing {
                Some(flushing) => flushing.await,
                None => true,
            }
        }
    }

    /// Ends the evaluations, keeps the state if there is a file for it, and [flushes](Self::flush).
    pub fn shutdown(&self, limit: Duration) -> impl Future<Output = bool> + Send + 'static + use<> {
        let flushed = self.flush(limit);
        let this = self.clone();
        async move {
            this.inner.over.send_replace(true);
            let all_sent = flushed.await;
            if let (Some(running), Some(file)) = (this.inner.running.get(), &this.inner.file) {
                rounds::save(&this, running, file, limit).await;
            }
            all_sent
        }
    }

    /// Has the notifier send what is due.
    async fn tick(self) {
        let mut over = self.inner.over.subscribe();
        let Some(running) = self.inner.running.get() else { return };
        while !*over.borrow_and_update() {
            running.notifier.tick(running.runtime.clock().now().wall());
            tokio::select! {
                () = running.runtime.sleep(TICK) => {}
                _ = over.changed() => {}
            }
        }
    }
}

impl AlertSource for Alerts {
    fn alerts(&self) -> Vec<Alert> {
        self.inner.published().to_vec()
    }
}

impl fmt::Debug for Alerts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alerts").field("interval", &self.inner.interval).finish_non_exhaustive()
    }
}

impl Inner {
    fn published(&self) -> Arc<[Alert]> {
        self.published.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn publish(&self, alerts: Vec<Alert>) {
        *self.published.lock().unwrap_or_else(PoisonError::into_inner) = alerts.into();
    }

    fn engine(&self) -> MutexGuard<'_, Engine> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How exact the timers of notifications are.
const TICK: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests;
