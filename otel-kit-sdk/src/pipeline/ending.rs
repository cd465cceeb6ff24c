use std::{
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use otel_kit_core::diag::TARGET;

use super::{
    Inner, Report,
    parallel::{Job, run_aside, run_until},
};
use crate::{
    reader::Worker,
    stats::Losses,
    time::{after, left},
};

/// Sees to it that the end comes once.
#[derive(Default)]
pub(super) struct Ending {
    state: Mutex<State>,
    over: Condvar,
    /// Somebody has waited for another's end, and not long enough.
    waited: AtomicBool,
}

#[derive(Default)]
enum State {
    #[default]
    Alive,
    Ending,
    Over(Box<Report>),
}

impl Ending {
    /// True once everything has ended.
    pub(super) fn is_over(&self) -> bool {
        matches!(*self.state(), State::Over(_))
    }

    /// True if waiting for it once more would be the second time.
    pub(super) fn was_waited_for(&self) -> bool {
        self.waited.load(Ordering::Relaxed)
    }

    /// True for the one caller who has to end it.
    fn begin(&self) -> bool {
        let mut state = self.state();
        let first = matches!(*state, State::Alive);
        if first {
            *state = State::Ending;
        }
        first
    }

    fn finish(&self, report: Report) {
        *self.state() = State::Over(Box::new(report));
        self.over.notify_all();
    }

    /// The report of the one who ends it, if it comes in time.
    fn wait(&self, deadline: Instant) -> Option<Report> {
        let pending = |state: &mut State| !matches!(state, State::Over(_));
        let waited = self.over.wait_timeout_while(self.state(), left(deadline), pending);
        match &*waited.unwrap_or_else(PoisonError::into_inner).0 {
            State::Over(report) => Some(Report::clone(report)),
            State::Alive | State::Ending => None,
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    pub(super) fn shutdown(self: &Arc<Self>, deadline: Instant) -> Report {
        if self.is_kit_thread() {
            // Waiting here would stop the very requests it waits for.
            let inner = Arc::clone(self);
            run_aside(Box::new(move || inner.shutdown(deadline).is_in_time()));
            return self.ending.wait(after(Duration::ZERO)).unwrap_or_else(|| self.unfinished());
        }
        if !self.ending.begin() {
            return self.ending.wait(deadline).unwrap_or_else(|| {
                self.ending.waited.store(true, Ordering::Relaxed);
                self.unfinished()
            });
        }
        let report = self.end(deadline);
        self.ending.finish(report.clone());
        report
    }

    fn end(&self, deadline: Instant) -> Report {
        let before = self.stats();
        if let Some(kit) = &self.kit {
            kit.drain(deadline);
        }
        let in_time = run_until(deadline, self.end_jobs(deadline));
        let in_time = self.wait_settled(deadline) && in_time;
        for (_, outlet) in &self.outlets {
            outlet.ledger().close();
        }
        if let Some(kit) = &self.kit {
            kit.stop(GRACE);
        }
        let report = Report::new(in_time, &before, self.stats());
        if report.losses().next().is_some() {
            let lost = tracing::field::display(Losses(report.during()));
            tracing::warn!(target: TARGET, lost, "telemetry was lost at shutdown");
        }
        report
    }

    /// The providers end side by side; the metrics' last push comes before their provider's end, after
    /// which nothing can be collected.
    fn end_jobs(&self, deadline: Instant) -> Vec<Job> {
        let (tracers, loggers) = (self.tracers.clone(), self.loggers.clone());
        let (worker, meters) = (self.worker.clone(), self.meters.clone());
        let in_callback = worker.as_ref().is_some_and(Worker::is_current);
        vec![
            Box::new(move || {
                let _ = tracers.get_ref().shutdown_with_timeout(left(deadline));
                true
            }),
            Box::new(move || {
                let _ = loggers.shutdown_with_timeout(left(deadline));
                true
            }),
            Box::new(move || {
                if in_callback {
                    return worker.is_none_or(|worker| worker.stop(Duration::ZERO));
                }
                let pushed = worker.is_none_or(|worker| worker.stop(left(deadline)));
                let _ = meters.get_ref().shutdown_with_timeout(left(deadline));
                pushed
            }),
        ]
    }
}

/// For the kit's thread to end after everything on it was cancelled.
const GRACE: Duration = Duration::from_millis(100);
