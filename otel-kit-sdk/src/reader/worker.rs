use std::{
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, OnceLock,
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use opentelemetry_sdk::metrics::{data::ResourceMetrics, reader::MetricReader};

use otel_kit_core::diag::{TARGET, Throttle};

use super::KitReader;
use crate::{
    exporter::ship_metrics,
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

enum Job {
    Push(mpsc::SyncSender<()>),
    Stop(mpsc::SyncSender<()>),
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
    /// Starts the thread, which pushes what `reader` collects every `interval`.
    ///
    /// # Errors
    /// The system gives no thread.
    pub(crate) fn start(self, reader: KitReader, outlet: Outlet, interval: Duration) -> io::Result<()> {
        let Self { jobs, thread: id } = self;
        let interval = interval.max(SHORTEST);
        let thread = thread::Builder::new().name(NAME.to_owned()).spawn(move || {
            suppress_this_thread();
            let mut pushing = Pushing {
                reader,
                outlet,
                snapshot: ResourceMetrics::default(),
                failed: Throttle::new(SILENCE),
            };
            work(&jobs, interval, || pushing.push());
        })?;
        let _ = id.set(thread.thread().id());
        Ok(())
    }
}

fn work(jobs: &mpsc::Receiver<Job>, interval: Duration, mut push: impl FnMut()) {
    let mut next = after(interval);
    loop {
        let job = jobs.recv_timeout(left(next));
        match job {
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => next = following(next, interval),
            Ok(_) => {}
        }
        push();
        if let Ok(Job::Push(done) | Job::Stop(done)) = &job {
            let _ = done.send(());
        }
        if matches!(job, Ok(Job::Stop(_))) {
            return;
        }
    }
}

/// The next beat; those that were missed are left out.
fn following(last: Instant, interval: Duration) -> Instant {
    last.checked_add(interval).filter(|next| *next > Instant::now()).unwrap_or_else(|| after(interval))
}

struct Pushing {
    reader: KitReader,
    outlet: Outlet,
    snapshot: ResourceMetrics,
    failed: Throttle,
}

impl Pushing {
    fn push(&mut self) {
        let pushed = catch_unwind(AssertUnwindSafe(|| {
            self.reader.collect(&mut self.snapshot)?;
            ship_metrics(&self.snapshot, &self.outlet);
            Ok::<_, opentelemetry_sdk::error::OTelSdkError>(())
        }));
        let reason = match pushed {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "a callback panicked".to_owned(),
        };
        if self.failed.pass().is_some() {
            tracing::warn!(target: TARGET, reason, "metrics cannot be collected");
        }
    }
}

const NAME: &str = "otel-kit-work";
const SHORTEST: Duration = Duration::from_millis(1);
/// A failure is mostly for good, so once an hour is enough.
const SILENCE: Duration = Duration::from_secs(3_600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_pushes_at_each_beat_on_demand_and_a_last_time_at_the_end() {
        let (worker, inbox) = Worker::new();
        let (pushed, pushes) = mpsc::channel();
        let thread = thread::spawn(move || {
            work(&inbox.jobs, Duration::from_millis(5), || pushed.send(()).unwrap());
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
            work(&inbox.jobs, Duration::from_secs(3_600), || _ = held.recv());
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
