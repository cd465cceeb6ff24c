//! A runtime whose time passes when it is told to.

use std::time::{Duration, SystemTime};

use otel_kit_core::{
    Clock,
    runtime::{Runtime, Task},
};

/// Tokio's, with its time stopped, and a clock that goes along.
#[derive(Debug)]
pub(crate) struct ByHand {
    clock: Clock,
}

impl ByHand {
    pub(crate) fn new(start: SystemTime) -> Self {
        Self { clock: Clock::manual(start) }
    }

    /// Lets time pass, and what is due happen.
    pub(crate) async fn pass(&self, time: Duration) {
        self.clock.advance(time);
        tokio::time::advance(time).await;
        for _ in 0..TURNS {
            tokio::task::yield_now().await;
        }
    }
}

impl Runtime for ByHand {
    fn spawn(&self, task: Task) {
        tokio::spawn(task);
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        work();
    }

    fn sleep(&self, duration: Duration) -> Task {
        Box::pin(async move { tokio::time::sleep(duration).await })
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }
}

/// Enough for each task to come to rest.
const TURNS: usize = 32;
