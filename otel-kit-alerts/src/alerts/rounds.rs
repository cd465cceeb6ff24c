//! One evaluation after the other.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, SystemTime},
};

use otel_kit_core::{
    Kit,
    diag::TARGET,
    metrics::{Snapshot, SnapshotError},
    runtime::Runtime,
};
use tokio::sync::oneshot;

use super::{Alerts, Running, events};
use crate::{
    engine::Evaluation,
    persist::{State, StateFile},
};

/// What evaluates the rules, again and again.
pub(super) struct Rounds {
    alerts: Alerts,
    kit: Kit,
    /// Rules that failed at the last evaluation.
    failing: BTreeSet<String>,
    /// What was written last.
    kept: Option<State>,
}

impl Rounds {
    pub(super) const fn new(alerts: Alerts, kit: Kit) -> Self {
        Self { alerts, kit, failing: BTreeSet::new(), kept: None }
    }

    /// Until it is over.
    pub(super) async fn run(mut self) {
        let alerts = self.alerts.clone();
        let Some(running) = alerts.inner.running.get() else { return };
        let mut over = alerts.inner.over.subscribe();
        self.restore(running).await;
        while !*over.borrow_and_update() {
            let clock = running.runtime.clock();
            let began = clock.now();
            self.round(running).await;
            let pause = alerts.inner.interval.saturating_sub(clock.since(&began));
            tokio::select! {
                () = running.runtime.sleep(pause) => {}
                _ = over.changed() => {}
            }
        }
    }

    async fn restore(&self, running: &Running) {
        let Some(file) = self.alerts.inner.file.clone() else { return };
        let Some(state) = aside(&*running.runtime, move || file.load()).await else { return };
        let now = running.runtime.clock().now().wall();
        running.notifier.restore(state.notified);
        let mut engine = self.alerts.inner.engine();
        engine.restore(now, state.alerts, state.exceptions);
    }

    async fn round(&mut self, running: &Running) {
        let metrics = metrics(&self.kit, &*running.runtime, self.alerts.inner.interval).await;
        let groups = self.kit.exception_groups().map(|source| source.groups()).unwrap_or_default();
        let now = running.runtime.clock().now().wall();
        let evaluation = {
            let mut engine = self.alerts.inner.engine();
            let evaluation = engine.evaluate(now, metrics.as_deref().map_err(String::as_str), &groups);
            self.alerts.inner.publish(engine.alerts());
            evaluation
        };
        self.tell(running, evaluation, now);
        self.keep(running, now);
    }

    /// While nothing alerts the disk is left alone.
    fn keep(&mut self, running: &Running, now: SystemTime) {
        let Some(file) = &self.alerts.inner.file else { return };
        let state = state(&self.alerts, running, now);
        if !state.alerts.is_empty() || self.kept.as_ref() != Some(&state) {
            self.kept = Some(state.clone());
            file.save(state, &*running.runtime);
        }
    }

    fn tell(&mut self, running: &Running, evaluation: Evaluation, now: SystemTime) {
        let Evaluation { to_send, changed, failed } = evaluation;
        let valid_for = self.alerts.inner.interval.max(RESEND_DELAY).saturating_mul(4);
        running.notifier.receive(&to_send, now.checked_add(valid_for).unwrap_or(now));
        running.notifier.tick(now);
        for alert in &changed {
            self.kit.emit(events::event(alert, now));
        }
        let before = std::mem::take(&mut self.failing);
        for (rule, error) in failed {
            if !before.contains(&rule) && !self.failing.contains(&rule) {
                tracing::warn!(target: TARGET, %rule, %error, "an alert rule fails");
            }
            self.failing.insert(rule);
        }
    }
}

/// Keeps the state, and is ready when it is kept, or when the time is over.
pub(super) async fn save(alerts: &Alerts, running: &Running, file: &StateFile, limit: Duration) {
    let state = state(alerts, running, running.runtime.clock().now().wall());
    let file = file.clone();
    tokio::select! {
        result = aside(&*running.runtime, move || file.save_now(&state)) => {
            if let Some(Err(error)) = result {
                tracing::warn!(target: TARGET, %error, "the alerts' state cannot be written");
            }
        }
        () = running.runtime.sleep(limit) => {}
    }
}

fn state(alerts: &Alerts, running: &Running, now: SystemTime) -> State {
    let notified = running.notifier.snapshot();
    let engine = alerts.inner.engine();
    let mut state = State::new(engine.saved(now), notified);
    state.exceptions = engine.known_exceptions();
    state
}

/// The metrics, or why there are none: after three attempts, or when the time is over.
async fn metrics(kit: &Kit, runtime: &dyn Runtime, interval: Duration) -> Result<Arc<Snapshot>, String> {
    let source = kit.snapshots().ok_or("metrics are switched off")?;
    let over = runtime.sleep(LONGEST.min(interval));
    let attempts = async {
        let mut error = SnapshotError::Busy;
        for attempt in 1..=ATTEMPTS {
            match source.snapshot(FRESH).await {
                Ok(snapshot) => return Ok(snapshot),
                Err(SnapshotError::Ended) => return Err(SnapshotError::Ended.to_string()),
                Err(failed) => error = failed,
            }
            if attempt < ATTEMPTS {
                runtime.sleep(BETWEEN).await;
            }
        }
        Err(error.to_string())
    };
    tokio::select! {
        result = attempts => result,
        () = over => Err("the metrics were not there in time".to_owned()),
    }
}

/// What `work` makes on another thread; nothing if there is none.
async fn aside<T: Send + 'static>(
    runtime: &dyn Runtime,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (tell, told) = oneshot::channel();
    runtime.spawn_blocking(Box::new(move || drop(tell.send(work()))));
    told.await.ok()
}

/// Others may have asked for a snapshot just before.
const FRESH: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);
const ATTEMPTS: usize = 3;
const BETWEEN: Duration = Duration::from_millis(500);
/// What is sent is valid for four times this, or four intervals: then it is over by itself.
const RESEND_DELAY: Duration = Duration::from_secs(60);
