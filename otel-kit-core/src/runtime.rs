//! Time and tasks for parts of the kit that need them.

use std::{fmt, future::Future, pin::Pin, time::Duration};

use crate::Clock;

/// What runs on a [`Runtime`].
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Time and tasks for parts of the kit that need them, such as the evaluation of alert rules: they run on the
/// kit's own thread, never on the application's runtime. Tests put a clock of their own behind it.
///
/// Tasks must not block: what does goes through [`spawn_blocking`](Self::spawn_blocking).
pub trait Runtime: fmt::Debug + Send + Sync {
    /// Runs a task until it is over, or until the kit ends.
    fn spawn(&self, task: Task);

    /// Runs what blocks, on another thread.
    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>);

    /// Is ready when `duration` has passed.
    fn sleep(&self, duration: Duration) -> Task;

    /// The clock that [`sleep`](Self::sleep) goes by.
    fn clock(&self) -> &Clock;
}
