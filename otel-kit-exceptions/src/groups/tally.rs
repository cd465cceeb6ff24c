use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use crate::budget::Budget;

/// What requests count of a group, without a lock.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    fingerprint: Box<str>,
    count: AtomicU64,
    suppressed: AtomicU64,
    /// Suppressed and not told of yet.
    untold: AtomicU64,
    /// When the first of those was.
    untold_since: AtomicU64,
    last_seen: AtomicU64,
    spent_until: AtomicU64,
    is_forgotten: AtomicBool,
    /// Tags of operations that it hit, and 0 where none is yet.
    operations: [AtomicU32; MOST_OPERATIONS],
}

impl Tally {
    pub(crate) fn new(fingerprint: &str) -> Self {
        Self { fingerprint: fingerprint.into(), ..Self::default() }
    }

    /// The group's.
    pub(crate) fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Counts one at `now`, in nanoseconds; true if it may be exported.
    pub(crate) fn admit(&self, budget: Budget, now: u64) -> bool {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.last_seen.store(now, Ordering::Relaxed);
        let is_paid = budget.take(&self.spent_until, now);
        if !is_paid {
            self.suppress(1, now);
        }
        is_paid
    }

    /// True for the first one in the operation of this tag, as long as there is room for more.
    pub(crate) fn is_new_operation(&self, tag: u32) -> bool {
        for slot in &self.operations {
            let known = slot.load(Ordering::Relaxed);
            if known == tag {
                return false;
            }
            if known == 0 {
                return slot.compare_exchange(0, tag, Ordering::Relaxed, Ordering::Relaxed).is_ok();
            }
        }
        false
    }

    /// One that was counted here belongs to another group.
    pub(crate) fn take_back(&self) {
        let less_one = |count: u64| count.checked_sub(1);
        let _none_left = self.count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less_one);
    }

    /// Counts those that were held back before the group was known.
    pub(crate) fn add_suppressed(&self, count: u64, now: u64) {
        if count > 0 {
            self.count.fetch_add(count, Ordering::Relaxed);
            self.last_seen.fetch_max(now, Ordering::Relaxed);
            self.suppress(count, now);
        }
    }

    /// One that was admitted is not exported after all.
    pub(crate) fn suppress(&self, count: u64, now: u64) {
        self.suppressed.fetch_add(count, Ordering::Relaxed);
        if self.untold.fetch_add(count, Ordering::Relaxed) == 0 {
            self.untold_since.store(now, Ordering::Relaxed);
        }
    }

    /// How many were suppressed since this was asked last.
    pub(crate) fn tell(&self) -> u64 {
        self.untold.swap(0, Ordering::Relaxed)
    }

    /// Whether there are some to tell of that were suppressed before `then`.
    pub(crate) fn has_untold_since(&self, then: u64) -> bool {
        self.untold.load(Ordering::Relaxed) > 0 && self.untold_since.load(Ordering::Relaxed) <= then
    }

    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    pub(crate) fn suppressed(&self) -> u64 {
        self.suppressed.load(Ordering::Relaxed)
    }

    pub(crate) fn last_seen(&self) -> u64 {
        self.last_seen.load(Ordering::Relaxed)
    }

    /// The group made room for another one: what is counted here is seen by nobody.
    pub(crate) fn forget(&self) {
        self.is_forgotten.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_forgotten(&self) -> bool {
        self.is_forgotten.load(Ordering::Relaxed)
    }
}

/// Most operations that a group lists.
pub(super) const MOST_OPERATIONS: usize = 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_beyond_the_budget_is_counted_and_told_once() {
        let (tally, budget) = (Tally::default(), Budget::new(2, 0));
        let admitted = (0..5).filter(|now| tally.admit(budget, *now)).count();
        assert_eq!((admitted, tally.count(), tally.suppressed(), tally.last_seen()), (2, 5, 3, 4));
        assert!(!tally.has_untold_since(1) && tally.has_untold_since(2));
        assert_eq!((tally.tell(), tally.tell(), tally.suppressed()), (3, 0, 3));
        assert!(!tally.has_untold_since(100));
    }

    #[test]
    fn an_operation_is_new_once_and_only_as_long_as_there_is_room() {
        let tally = Tally::default();
        assert!(!tally.is_new_operation(0), "it has no name");
        let new = [7, 8, 7, 8].map(|tag| tally.is_new_operation(tag));
        assert_eq!(new, [true, true, false, false]);
        let more = (100..200).filter(|tag| tally.is_new_operation(*tag)).count();
        assert_eq!(more, MOST_OPERATIONS - 2);
    }
}
