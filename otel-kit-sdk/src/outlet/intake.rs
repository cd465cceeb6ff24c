use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

/// Counts what waits in the queue of the SDK's batch processor, which cannot be asked.
///
/// Items enter before they are given to the processor, so its own queue of the same size never overflows.
#[derive(Debug)]
pub(crate) struct Intake {
    capacity: usize,
    waiting: AtomicUsize,
    dropped: AtomicU64,
    late: AtomicU64,
    closed: AtomicBool,
}

impl Intake {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            waiting: AtomicUsize::new(0),
            dropped: AtomicU64::new(0),
            late: AtomicU64::new(0),
            closed: AtomicBool::new(false),
        }
    }

    /// One item more, if there is room; else it is counted as lost.
    pub(crate) fn enter(&self) -> bool {
        if self.closed.load(Ordering::Relaxed) {
            self.late.fetch_add(1, Ordering::Relaxed);
            return false;
        }
        let room = |waiting| (waiting < self.capacity).then_some(waiting + 1);
        let entered = self.waiting.fetch_update(Ordering::AcqRel, Ordering::Relaxed, room).is_ok();
        if !entered {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        entered
    }

    /// A batch has left the queue.
    pub(super) fn leave(&self, items: usize) {
        let rest = |waiting: usize| Some(waiting.saturating_sub(items));
        let _ = self.waiting.fetch_update(Ordering::AcqRel, Ordering::Relaxed, rest);
    }

    /// From now on nothing enters.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// Most items that wait.
    pub(super) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Items that wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Acquire)
    }

    /// Items for which there was no room.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Items that came after the end.
    pub(super) fn late(&self) -> u64 {
        self.late.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted_and_what_leaves_makes_room() {
        let intake = Intake::new(2);
        assert_eq!([intake.enter(), intake.enter(), intake.enter()], [true, true, false]);
        assert_eq!((intake.waiting(), intake.dropped()), (2, 1));
        intake.leave(2);
        assert!(intake.enter());
        assert_eq!(intake.waiting(), 1);
    }

    #[test]
    fn what_comes_after_the_end_is_counted_apart() {
        let intake = Intake::new(2);
        intake.close();
        assert!(!intake.enter());
        assert_eq!((intake.waiting(), intake.dropped(), intake.late()), (0, 0, 1));
    }

    #[test]
    fn threads_together_never_exceed_the_room() {
        let intake = Intake::new(1_000);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1_000).for_each(|_| _ = intake.enter()));
            }
        });
        assert_eq!((intake.waiting(), intake.dropped()), (1_000, 3_000));
    }
}
