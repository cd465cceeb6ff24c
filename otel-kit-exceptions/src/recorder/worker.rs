use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    housekeeping::Housekeeping, inside::become_own, job::Job, losses::Loss, processing::Processing,
    shared::Shared,
};
use crate::groups::Tally;

/// What the worker is told.
#[derive(Debug)]
pub(crate) enum Message {
    Job(Box<Job>),
    /// A group has hit one more operation, which is called so.
    Operation(Arc<Tally>, String),
    /// All before it has been dealt with once the answer comes.
    Flush(SyncSender<()>, Option<AfterFlush>),
    /// The same, and it is the last.
    End(SyncSender<()>),
}

/// What is done when all has been handed over, within the time that is left, before the answer.
#[derive(Clone)]
pub(crate) struct AfterFlush {
    pub(crate) flush: Arc<dyn Fn(Duration) + Send + Sync>,
    pub(crate) until: Instant,
}

impl fmt::Debug for AfterFlush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AfterFlush").field("until", &self.until).finish_non_exhaustive()
    }
}

/// Starts the thread; `None` if the system has none to spare.
pub(crate) fn start(shared: &Arc<Shared>) -> Option<SyncSender<Message>> {
    let (inbox, messages) = sync_channel(QUEUE);
    let worker = Worker::new(Arc::clone(shared));
    thread::Builder::new().name(THREAD.to_owned()).spawn(move || worker.run(&messages)).ok().map(|_| inbox)
}

struct Worker {
    shared: Arc<Shared>,
    processing: Processing,
    housekeeping: Housekeeping,
    /// When something came or was counted last.
    busy: Instant,
    /// When the house was kept last.
    kept: Instant,
}

impl Worker {
    fn new(shared: Arc<Shared>) -> Self {
        Self {
            processing: Processing::new(Arc::clone(&shared)),
            housekeeping: Housekeeping::new(Arc::clone(&shared)),
            shared,
            busy: Instant::now(),
            kept: Instant::now(),
        }
    }

    /// Until the last sender is gone, or somebody says so.
    fn run(mut self, messages: &Receiver<Message>) {
        become_own();
        loop {
            match messages.recv_timeout(self.tick()) {
                Ok(Message::Job(job)) => self.process(*job),
                Ok(Message::Operation(tally, name)) => {
                    self.shared.groups().add_operation(tally.fingerprint(), Some(name));
                }
                Ok(Message::Flush(done, after)) => self.flush(&done, after),
                Ok(Message::End(done)) => {
                    self.keep_house(true);
                    let _nobody_waits = done.try_send(());
                    return;
                }
                Err(RecvTimeoutError::Timeout) => self.keep_house(false),
                Err(RecvTimeoutError::Disconnected) => return self.keep_house(true),
            }
            if self.kept.elapsed() >= TICK {
                self.keep_house(false);
            }
        }
    }

    fn process(&mut self, job: Job) {
        self.busy = Instant::now();
        if catch_unwind(AssertUnwindSafe(|| self.processing.process(job))).is_err() {
            self.shared.losses.add(Loss::Failed, 1);
        }
    }

    fn flush(&mut self, done: &SyncSender<()>, after: Option<AfterFlush>) {
        self.keep_house(false);
        if let Some(AfterFlush { flush, until }) = after {
            let _panicked = catch_unwind(AssertUnwindSafe(|| {
                flush(until.saturating_duration_since(Instant::now()));
            }));
        }
        let _nobody_waits = done.try_send(());
    }

    fn keep_house(&mut self, is_last: bool) {
        self.kept = Instant::now();
        let kept = catch_unwind(AssertUnwindSafe(|| self.housekeeping.run(is_last)));
        if kept.unwrap_or_default() {
            self.busy = self.kept;
        }
        self.processing.forget_if_idle(self.kept);
    }

    /// Requests count without a word to the worker, so it has to look by itself: not often where nothing happens.
    fn tick(&self) -> Duration {
        if self.busy.elapsed() < BUSY { TICK } else { IDLE_TICK }
    }
}

const THREAD: &str = "otel-kit-except";
const QUEUE: usize = 512;
const TICK: Duration = Duration::from_secs(1);
const IDLE_TICK: Duration = Duration::from_secs(30);
const BUSY: Duration = Duration::from_secs(120);
