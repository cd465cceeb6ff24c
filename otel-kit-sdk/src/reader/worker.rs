use std::{
    fmt, io,
    sync::{
        Arc, OnceLock,
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use otel_kit_core::metrics::{Snapshot, SnapshotError};

use super::{collector::Collector, source::Place};
use crate::{
    exporter::ship_metrics,
    metrics::Deltas,
    outlet::Outlet,
    suppress::suppress_this_thread,
    time::{after, left},
};

/// The thread `otel-kit-work`. Users' callbacks run on it when metrics are collected: on the kit's own
/// thread a slow one would stop all export.
#[derive(Clone)]
pub(crate) struct Worker {
    jobs: mpsc::Sender<Job>,
    thread: Arc<OnceLock<ThreadId>>,
}

/// The worker's other end, before the thread is started.
pub(crate) struct Inbox {
    jobs: mpsc::Receiver<Job>,
    thread: Arc<OnceLock<ThreadId>>,
}

/// What is pushed where, and how often.
pub(crate) struct Push {
    pub(crate) outlet: Outlet,
    pub(crate) deltas: Deltas,
    pub(crate) interval: Duration,
}

enum Job {
    Push(mpsc::SyncSender<()>),
    Stop(mpsc::SyncSender<()>),
    Snapshot(Duration, Answer),
}

/// Who waits for a snapshot.
pub(super) struct Answer {
    pub(super) answer: oneshot::Sender<Result<Arc<Snapshot>, SnapshotError>>,
    pub(super) _place: Place,
}

impl Worker {
    /// A worker that works as soon as its inbox has a thread.
    pub(crate) fn new() -> (Self, Inbox) {
        let (sender, jobs) = mpsc::channel();
        let thread = Arc::new(OnceLock::new());
        (Self { jobs: sender, thread: Arc::clone(&thread) }, Inbox { jobs, thread })
    }

    /// Collects and pushes now; false if that is not done within `timeout`.
    pub(crate) fn push(&self, timeout: Duration) -> bool {
        // A callback that asks for it runs in a push, and must not call for the next one.
        !self.is_current() && self.ask(Job::Push, timeout).unwrap_or(false)
    }

    /// Collects and pushes a last time and ends the thread; false if that is not done within `timeout`.
    pub(crate) fn stop(&self, timeout: Duration) -> bool {
        let timeout = if self.is_current() { Duration::ZERO } else { timeout };
        self.ask(Job::Stop, timeout).unwrap_or(true)
    }

    /// Asks for a snapshot; false if there is no thread.
    pub(super) fn snapshot(&self, max_age: Duration, answer: Answer) -> bool {
        self.jobs.send(Job::Snapshot(max_age, answer)).is_ok()
    }

    /// Whether the job was done in time; `None` if there is no thread.
    fn ask(&self, job: fn(mpsc::SyncSender<()>) -> Job, timeout: Duration) -> Option<bool> {
        let (done, answer) = mpsc::sync_channel(1);
        self.jobs.send(job(done)).ok()?;
        match answer.recv_timeout(timeout) {
            Ok(()) => Some(true),
            Err(RecvTimeoutError::Timeout) => Some(false),
            Err(RecvTimeoutError::Disconnected) => None,
        }
    }

    /// True on the worker's own thread, that is, in a callback.
    pub(crate) fn is_current(&self) -> bool {
        self.thread.get() == Some(&thread::current().id())
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}

impl Inbox {
    /// Starts the thread, which takes snapshots on demand and pushes one at each interval.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(crate) fn start(self, collector: Collector, push: Option<Push>) -> io::Result<()> {
        let Self { jobs, thread: id } = self;
        let interval = push.as_ref().map(|push| push.interval.max(SHORTEST));
        let mut work = Work { collector, push };
        let thread = thread::Builder::new().name(NAME.to_owned()).spawn(move || {
            suppress_this_thread();
            run(&jobs, interval.unwrap_or(Duration::MAX), &mut work);
        })?;
        let _ = id.set(thread.thread().id());
        Ok(())
    }
}

/// What the thread can do.
trait Tasks {
    fn push(&mut self, max_age: Duration);

    fn answer(&mut self, max_age: Duration, answer: Answer);
}

struct Work {
    collector: Collector,
    push: Option<Push>,
}

impl Tasks for Work {
    fn push(&mut self, max_age: Duration) {
        let Some(push) = &mut self.push else { return };
        if let Ok(snapshot) = self.collector.take(max_age) {
            ship_metrics(&push.deltas.since_last(snapshot), &push.outlet);
        }
    }

    fn answer(&mut self, max_age: Duration, Answer { answer, .. }: Answer) {
        if !answer.is_closed() {
            let _ = answer.send(self.collector.take(max_age));
        }
    }
}

fn run(jobs: &mpsc::Receiver<Job>, interval: Duration, work: &mut impl Tasks) {
    let mut next = after(interval);
    loop {
        match jobs.recv_timeout(left(next)) {
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                next = following(next, interval);
                work.push(SHARED);
            }
            Ok(Job::Snapshot(max_age, answer)) => work.answer(max_age, answer),
            Ok(Job::Push(done)) => {
                work.push(Duration::ZERO);
                let _ = done.send(());
            }
            Ok(Job::Stop(done)) => {
                work.push(Duration::ZERO);
                let _ = done.send(());
                return;
            }
        }
    }
}

/// The next beat; those that were missed are left out.
fn following(last: Instant, interval: Duration) -> Instant {
    last.checked_add(interval).filter(|next| *next > Instant::now()).unwrap_or_else(|| after(interval))
}

const NAME: &str = "otel-kit-work";
const SHORTEST: Duration = Duration::from_millis(1);
/// A regular push takes the snapshot that another reader has just taken, so that callbacks run once for both.
const SHARED: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    /// Does something at each push.
    struct Pushes<F>(F);

    impl<F: FnMut()> Tasks for Pushes<F> {
        fn push(&mut self, _: Duration) {
            (self.0)();
        }

        fn answer(&mut self, _: Duration, _: Answer) {}
    }

    #[test]
    fn it_pushes_at_each_beat_on_demand_and_a_last_time_at_the_end() {
        let (worker, inbox) = Worker::new();
        let (pushed, pushes) = mpsc::channel();
        let thread = thread::spawn(move || {
            run(&inbox.jobs, Duration::from_millis(5), &mut Pushes(|| pushed.send(()).unwrap()));
        });
        for _ in 0..3 {
            pushes.recv_timeout(Duration::from_secs(10)).unwrap();
        }
        assert!(worker.push(Duration::from_secs(10)));
        while pushes.try_recv().is_ok() {}
        assert!(worker.stop(Duration::from_secs(10)));
        thread.join().unwrap();
        assert!(pushes.try_recv().is_ok());
        assert!(worker.stop(Duration::from_secs(10))); // it is stopped
        assert!(!worker.push(Duration::from_secs(10)));
    }

    #[test]
    fn a_push_that_hangs_is_not_waited_for_beyond_the_time() {
        let (worker, inbox) = Worker::new();
        let (release, held) = mpsc::channel::<()>();
        let thread = thread::spawn(move || {
            run(&inbox.jobs, Duration::from_secs(3_600), &mut Pushes(|| _ = held.recv()));
        });
        assert!(!worker.stop(Duration::from_millis(20)));
        drop(release);
        thread.join().unwrap();
    }

    #[test]
    fn beats_that_were_missed_are_left_out() {
        let interval = Duration::from_secs(1);
        let now = Instant::now();
        assert_eq!(following(now, interval), now + interval);
        let late = following(now - Duration::from_secs(10), interval);
        assert!(late > Instant::now());
        assert!(following(now, Duration::MAX) > now);
    }
}
