use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::FutureExt;
use otel_kit_core::{
    Moment,
    diag::{TARGET, Throttle},
    runtime::Runtime,
};
use tokio::sync::{mpsc, watch};

use super::{
    Notification, backoff,
    budget::Budget,
    counts::{Counts, Fate},
    dispatch::{Dispatch, Ticket},
};
use crate::channel::{Answer, Failure, Notify};

/// Tells one channel, one message after the other, and tries again within the time limit of each.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) name: String,
    pub(super) channel: Arc<dyn Notify>,
    /// Of one try.
    pub(super) timeout: Duration,
    pub(super) budget: Budget,
    pub(super) runtime: Arc<dyn Runtime>,
    pub(super) report: Report,
    pub(super) failing: Throttle,
}

/// A message for a channel.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) notification: Notification,
    /// None if nobody has to know that it arrived.
    pub(super) ticket: Option<Ticket>,
    pub(super) taken: Moment,
    /// Counted from then.
    pub(super) limit: Duration,
}

/// Where it is said how a job went.
#[derive(Clone, Debug)]
pub(super) struct Report {
    pub(super) dispatch: Arc<Mutex<Dispatch>>,
    pub(super) counts: Counts,
    /// Jobs that are not over.
    pub(super) open: watch::Sender<usize>,
}

impl Worker {
    pub(super) async fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let start = self.runtime.clock().now();
        while let Some(job) = jobs.recv().await {
            let answer = self.deliver(&job, start).await;
            self.finish(job, answer);
        }
    }

    /// Until it is sent, it is of no use to try again, or the time is over.
    async fn deliver(&mut self, job: &Job, start: Moment) -> Result<(), Failure> {
        let mut failures = 0;
        let mut last = Failure::new("timeout", "its time was over before it was its turn");
        loop {
            let wait = self.budget.take(self.since(&start));
            let left = self.left(job);
            if wait >= left {
                self.budget.give_back();
                let is_crowded = failures == 0 && !left.is_zero();
                return Err(if is_crowded {
                    Failure::new("rate_limited", "there was no place for it in its time")
                } else {
                    last
                });
            }
            self.pause(wait).await;
            let asked = match self.attempt(job).await {
                Answer::Sent => return Ok(()),
                Answer::Failed(failure) => return Err(failure),
                Answer::Retry { after, failure } => {
                    last = failure;
                    after
                }
            };
            failures += 1;
            if let Some(asked) = asked {
                self.budget.pause(self.since(&start), asked.min(LONGEST_ASKED));
            }
            let delay = asked.unwrap_or_else(|| backoff::delay(failures));
            if delay >= self.left(job) {
                return Err(last);
            }
            self.pause(delay).await;
        }
    }

    async fn attempt(&self, job: &Job) -> Answer {
        let telling = async { self.channel.notify(&job.notification).await };
        let telling = AssertUnwindSafe(telling).catch_unwind();
        tokio::select! {
            biased;
            answer = telling => answer.unwrap_or_else(|_| Answer::Failed(Failure::new("panic", "the channel panicked"))),
            () = self.runtime.sleep(self.timeout.min(self.left(job))) => {
                Answer::Retry { after: None, failure: Failure::new("timeout", "there was no answer in time") }
            }
        }
    }

    async fn pause(&self, duration: Duration) {
        if !duration.is_zero() {
            self.runtime.sleep(duration).await;
        }
    }

    fn finish(&self, job: Job, answer: Result<(), Failure>) {
        let is_sent = answer.is_ok();
        match answer {
            Ok(()) => self.report.counts.add(&self.name, Fate::Sent, job.notification.reason.name()),
            Err(failure) => {
                self.warn(&failure);
                self.report.counts.add(&self.name, Fate::Failed, failure.reason());
            }
        }
        self.report.end(job.ticket, is_sent);
    }

    fn warn(&self, failure: &Failure) {
        if let Some(held_back) = self.failing.pass() {
            let (channel, reason, detail) = (&self.name, failure.reason(), failure.detail());
            tracing::warn!(target: TARGET, channel, reason, detail, held_back, "alerts could not be notified");
        }
    }

    fn left(&self, job: &Job) -> Duration {
        job.limit.saturating_sub(self.since(&job.taken))
    }

    fn since(&self, moment: &Moment) -> Duration {
        self.runtime.clock().since(moment)
    }
}

impl Report {
    pub(super) fn dispatch(&self) -> MutexGuard<'_, Dispatch> {
        self.dispatch.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin(&self) {
        self.open.send_modify(|open| *open += 1);
    }

    pub(super) fn end(&self, ticket: Option<Ticket>, is_sent: bool) {
        if let Some(ticket) = ticket {
            self.dispatch().done(ticket, is_sent);
        }
        self.open.send_modify(|open| *open = open.saturating_sub(1));
    }
}

/// A channel may ask for a pause, not for silence.
const LONGEST_ASKED: Duration = Duration::from_secs(60 * 60);
