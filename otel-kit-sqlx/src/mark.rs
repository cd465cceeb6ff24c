//! What tells a thread that the statement on it has a span already.
//!
//! It is of the thread, as sqlx logs a statement in the poll or drop that ends it: a value in the OpenTelemetry context
//! would be out of sight there whenever sqlx enters a `tracing` span that carries another one.

use std::{cell::Cell, marker::PhantomData};

/// This thread runs a statement that has a span, as long as this lives.
#[derive(Debug)]
#[must_use = "the mark is gone when this is dropped"]
pub(crate) struct Mark {
    /// It stays on its thread.
    _thread: PhantomData<*const ()>,
}

impl Mark {
    pub(crate) fn set() -> Self {
        add(1);
        Self { _thread: PhantomData }
    }

    /// True if the statement that runs on this thread has a span.
    pub(crate) fn is_set() -> bool {
        DEPTH.try_with(|depth| depth.get() > 0).unwrap_or(false)
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        add(-1);
    }
}

/// Does nothing while the thread ends.
fn add(more: isize) {
    let _ending = DEPTH.try_with(|depth| depth.set(depth.get().saturating_add(more)));
}

thread_local! {
    static DEPTH: Cell<isize> = const { Cell::new(0) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_set_until_the_outermost_is_gone_and_on_its_thread_alone() {
        assert!(!Mark::is_set());
        let outer = Mark::set();
        drop(Mark::set());
        assert!(Mark::is_set());
        assert!(!std::thread::spawn(Mark::is_set).join().unwrap());
        drop(outer);
        assert!(!Mark::is_set());
    }
}
