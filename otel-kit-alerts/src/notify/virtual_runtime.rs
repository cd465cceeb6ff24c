use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use otel_kit_core::{
    Clock,
    runtime::{Runtime, Task},
};
use tokio::time::Instant;

/// Tasks on the test's runtime; its clock goes with the time of tokio, which stands still or jumps while nothing
/// happens if the test has paused it.
#[derive(Debug)]
pub(crate) struct VirtualRuntime {
    clock: Clock,
    start: Instant,
    passed: Mutex<Duration>,
}

impl VirtualRuntime {
    pub(crate) fn new() -> Self {
        let clock = Clock::manual(UNIX_EPOCH + Duration::from_secs(1_767_323_045));
        Self { clock, start: Instant::now(), passed: Mutex::default() }
    }
}

impl Runtime for VirtualRuntime {
    fn spawn(&self, task: Task) {
        drop(tokio::spawn(task));
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        drop(tokio::task::spawn_blocking(work));
    }

    fn sleep(&self, duration: Duration) -> Task {
        Box::pin(tokio::time::sleep(duration))
    }

    fn clock(&self) -> &Clock {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.start.elapsed();
        self.clock.advance(now - *passed);
        *passed = now;
        &self.clock
    }
}
