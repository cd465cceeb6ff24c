use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Received, WaitError};

/// What came in, shared between who receives and who waits.
pub(crate) struct Inbox {
    received: Mutex<Received>,
    changed: Condvar,
}

impl Inbox {
    /// Keeps at most the last `limit` items of each sort.
    pub(crate) fn new(limit: usize) -> Self {
        Self { received: Mutex::new(Received::keeping(limit)), changed: Condvar::new() }
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut Received)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&Received) -> T) -> T {
        look(&self.lock())
    }

    /// Waits until `ready` answers something, at most for `limit`. `ready` is called under the lock.
    pub(crate) fn wait_for<T>(
        &self,
        expected: &str,
        limit: Duration,
        ready: impl Fn(&Received) -> Option<T>,
    ) -> Result<T, WaitError> {
        let mut found = None;
        let (received, _) = self
            .changed
            .wait_timeout_while(self.lock(), limit, |received| {
                found = ready(received);
                found.is_none()
            })
            .unwrap_or_else(PoisonError::into_inner);
        found.ok_or_else(|| WaitError::new(expected, limit, &received))
    }

    fn lock(&self) -> MutexGuard<'_, Received> {
        // A predicate of a test that panicked leaves nothing half done.
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
