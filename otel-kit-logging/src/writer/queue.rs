use std::{
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant},
};

use super::{
    Notice,
    batch::Batch,
    losses::{Counters, LogLosses},
};

/// The logging side of the queue; its last word closes it.
pub(super) struct Queue(pub(super) Arc<Shared>);

impl Queue {
    /// Never waits for more than another thread's copying of a line.
    pub(super) fn push(&self, line: &[u8]) {
        let mut state = self.0.lock();
        if state.closed {
            return self.0.losses.shut_down.add(1);
        }
        if state.is_full(line, &self.0.limits) {
            state.unreported += 1;
            self.0.losses.queue_full.add(1);
        } else {
            state.pending.push(line);
            state.accepted += 1;
        }
        let wake = mem::take(&mut state.asleep) || state.is_urgent(&self.0.limits);
        drop(state);
        if wake {
            self.0.work.notify_one();
        }
    }

    pub(super) fn flush(&self, timeout: Duration) -> bool {
        let accepted = {
            let mut state = self.0.lock();
            state.wanted = state.accepted;
            state.accepted
        };
        self.0.work.notify_one();
        self.0.wait(timeout, |state| state.settled >= accepted || state.finished)
    }

    pub(super) fn shutdown(&self, timeout: Duration) -> bool {
        self.close();
        self.0.wait(timeout, |state| state.finished)
    }

    pub(super) fn losses(&self) -> LogLosses {
        self.0.losses.read()
    }

    pub(super) fn notice_with(&self, notice: Notice) {
        let _first_is_kept = self.0.notice.set(notice);
    }

    fn close(&self) {
        self.0.lock().closed = true;
        self.0.work.notify_one();
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.shutdown(AT_DROP);
    }
}

/// How much may wait, including what is being written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) lines: usize,
    pub(super) bytes: usize,
}

/// What the logging threads and the writing thread share.
pub(super) struct Shared {
    state: Mutex<State>,
    /// There is something to write, or to end.
    work: Condvar,
    /// Something was written, or the thread ended.
    progress: Condvar,
    limits: Limits,
    pub(super) losses: Counters,
    pub(super) notice: OnceLock<Notice>,
}

#[derive(Default)]
struct State {
    pending: Batch,
    /// Lines and bytes that the thread is writing.
    under_way: (usize, usize),
    /// Lines ever taken, and those of them that were written or lost.
    accepted: u64,
    settled: u64,
    /// Up to here somebody waits for them.
    wanted: u64,
    /// Lines lost since the last notice.
    unreported: u64,
    /// The output failed last time: a notice waits for the next line.
    failing: bool,
    asleep: bool,
    /// The thread has just written: it lets lines gather before it writes again.
    has_written: bool,
    closed: bool,
    finished: bool,
}

impl Shared {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            state: Mutex::default(),
            work: Condvar::new(),
            progress: Condvar::new(),
            limits,
            losses: Counters::default(),
            notice: OnceLock::new(),
        }
    }

    /// Waits for work, a while for more of it if lines come one after the other: fills the empty `batch` and tells how many lines were lost before it was taken.
    /// `None` when the queue is closed and empty.
    pub(super) fn take(&self, batch: &mut Batch) -> Option<u64> {
        let mut state = self.lock();
        if mem::take(&mut state.has_written) {
            let waits = |state: &mut State| !state.is_urgent(&self.limits);
            let paused = self.work.wait_timeout_while(state, PAUSE, waits);
            state = paused.unwrap_or_else(PoisonError::into_inner).0;
        }
        while state.is_idle() {
            if state.closed {
                return None;
            }
            state.asleep = true;
            state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.asleep = false;
        mem::swap(&mut state.pending, batch);
        state.under_way = (batch.lines(), batch.bytes().len());
        Some(mem::take(&mut state.unreported))
    }

    /// What was taken is written; `untold` lines are lost and not yet told of.
    pub(super) fn settle(&self, untold: u64, failing: bool) {
        let mut state = self.lock();
        state.settled += u64::try_from(state.under_way.0).unwrap_or(u64::MAX);
        state.under_way = (0, 0);
        state.unreported += untold;
        state.failing = failing;
        state.has_written = true;
        drop(state);
        self.progress.notify_all();
    }

    /// The thread has ended.
    pub(super) fn finish(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.finished = true;
        drop(state);
        self.progress.notify_all();
    }

    fn wait(&self, timeout: Duration, done: impl Fn(&State) -> bool) -> bool {
        let start = Instant::now();
        let mut state = self.lock();
        loop {
            if done(&state) {
                return true;
            }
            let left = timeout.saturating_sub(start.elapsed());
            if left.is_zero() {
                return false;
            }
            state = self.progress.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    const fn is_idle(&self) -> bool {
        self.pending.is_empty() && (self.unreported == 0 || self.failing)
    }

    /// Whether the thread writes at once what there is: much has gathered, or somebody waits for it.
    fn is_urgent(&self, limits: &Limits) -> bool {
        self.closed
            || self.wanted > self.settled
            || self.pending.lines() >= limits.lines / 2
            || self.pending.bytes().len() >= limits.bytes / 2
    }

    fn is_full(&self, line: &[u8], limits: &Limits) -> bool {
        let (lines, bytes) = self.under_way;
        lines + self.pending.lines() >= limits.lines
            || bytes + self.pending.bytes().len() + line.len() > limits.bytes
    }
}

/// How long lines gather once one has been written. The first line after a silence is written at once; a service
/// that logs a hundred lines in a second is spared most of the wake-ups, which cost more than the lines.
const PAUSE: Duration = Duration::from_millis(25);

/// How long the last clone of a writer waits for its thread.
const AT_DROP: Duration = Duration::from_secs(1);
