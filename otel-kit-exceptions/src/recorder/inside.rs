use std::cell::Cell;

/// What this thread is doing, so that recording never comes back to itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Doing {
    /// Nothing of ours.
    Other,
    /// Recording an exception.
    Recording,
    /// The worker's own business.
    Own,
}

thread_local! {
    // Nothing to be dropped: it is there as long as the thread.
    static DOING: Cell<Doing> = const { Cell::new(Doing::Other) };
}

/// As long as it lives, this thread records.
#[derive(Debug)]
pub(crate) struct Recording(());

impl Recording {
    /// `None` if the thread is at it already, or is the worker.
    pub(crate) fn enter() -> Option<Self> {
        (doing() == Doing::Other).then(|| {
            DOING.set(Doing::Recording);
            Self(())
        })
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        DOING.set(Doing::Other);
    }
}

pub(crate) fn doing() -> Doing {
    DOING.get()
}

/// From now on this thread is the worker's.
pub(crate) fn become_own() {
    DOING.set(Doing::Own);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_records_does_not_begin_again() {
        let recording = Recording::enter();
        assert!(recording.is_some() && Recording::enter().is_none());
        drop(recording);
        assert!(Recording::enter().is_some());
    }
}
