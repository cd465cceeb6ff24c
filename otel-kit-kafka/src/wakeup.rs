use std::{
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Wake, Waker},
};

use otel_kit_core::{Clock, Moment};

/// Stands between a future and its task: passes the wake on, and notes when it came.
#[derive(Debug)]
pub(crate) struct Wakeup {
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    task: Option<Waker>,
    woken: Option<Moment>,
}

impl Wakeup {
    pub(crate) fn new(clock: &Clock) -> Arc<Self> {
        Arc::new(Self { clock: clock.clone(), state: Mutex::default() })
    }

    /// What to poll with, instead of the task's own waker.
    pub(crate) fn waker_for(self: &Arc<Self>, task: &Context<'_>) -> Waker {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut state.task {
            Some(waker) => waker.clone_from(task.waker()),
            none => *none = Some(task.waker().clone()),
        }
        Waker::from(Arc::clone(self))
    }

    /// When the first wake came that nobody has taken yet.
    pub(crate) fn take(&self) -> Option<Moment> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).woken.take()
    }
}

impl Wake for Wakeup {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let task = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.woken.get_or_insert_with(|| self.clock.now());
            state.task.take()
        };
        if let Some(task) = task {
            task.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::{Duration, SystemTime},
    };

    use super::*;

    struct Task(AtomicUsize);

    impl Wake for Task {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn the_first_wake_is_noted_and_passed_on() {
        let clock = Clock::manual(SystemTime::UNIX_EPOCH);
        let wakeup = Wakeup::new(&clock);
        let task = Arc::new(Task(AtomicUsize::new(0)));
        let waker = wakeup.waker_for(&Context::from_waker(&Waker::from(Arc::clone(&task))));
        assert!(wakeup.take().is_none());
        clock.advance(Duration::from_secs(1));
        waker.wake_by_ref();
        clock.advance(Duration::from_secs(1));
        waker.wake();
        assert_eq!(task.0.load(Ordering::Relaxed), 1, "it asks again");
        let woken = wakeup.take().map(|woken| clock.since(&woken));
        assert_eq!((woken, wakeup.take().is_some()), (Some(Duration::from_secs(1)), false));
    }
}
