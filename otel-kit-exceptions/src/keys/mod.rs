//! What is known by the cheap key of an exception: its group once it was found out, before that how many wait.

use std::{
    collections::HashMap,
    hint,
    sync::{
        Arc, PoisonError, RwLock, TryLockError,
        atomic::{AtomicU64, Ordering},
    },
};

use rustc_hash::FxBuildHasher;

use crate::{budget::Budget, groups::Tally};

/// A bounded table; the key that was used least lately makes room. Requests never wait for it.
#[derive(Debug)]
pub(crate) struct Keys {
    shards: Box<[RwLock<Shard>]>,
    /// Most keys of a shard.
    room: usize,
    budget: Budget,
    /// Exceptions that were held back for a group that was never found out.
    forgotten: AtomicU64,
}

/// What becomes of an exception.
#[derive(Debug)]
pub(crate) enum Admission {
    /// A rule leaves it out.
    Ignored,
    /// It was counted, and that is all.
    Suppressed,
    /// The same, and nobody has noted the operation yet.
    NewOperation(Arc<Tally>),
    /// To be exported, in this group.
    Paid(Arc<Tally>),
    /// To be exported if its group, which is still to be found out, has the budget.
    Unpaid,
}

type Shard = HashMap<u64, Entry, FxBuildHasher>;

#[derive(Debug)]
struct Entry {
    state: State,
    used: AtomicU64,
}

#[derive(Debug)]
enum State {
    New(Waiting),
    Known(Arc<Tally>),
    Ignored,
}

/// Exceptions whose group is not known yet.
#[derive(Debug, Default)]
struct Waiting {
    sent: AtomicU64,
    held_back: AtomicU64,
}

impl Keys {
    pub(crate) fn new(most: usize, budget: Budget) -> Self {
        let shards = (0..SHARDS).map(|_| RwLock::default()).collect();
        Self { shards, room: most.div_ceil(SHARDS).max(1), budget, forgotten: AtomicU64::new(0) }
    }

    /// Counts an exception at `now`, in nanoseconds, that hit the operation of this tag.
    pub(crate) fn admit(&self, key: u64, now: u64, operation: u32) -> Admission {
        let Some(lock) = self.shard(key) else { return Admission::Unpaid };
        // Where the lock is not to be had, the exception is taken for a new one: the worker finds out.
        let Some(shard) = spin(|| lock.try_read()) else { return Admission::Unpaid };
        if let Some(entry) = shard.get(&key) {
            entry.used.store(now, Ordering::Relaxed);
            return entry.admit(self.budget, now, operation);
        }
        drop(shard);
        if let Some(mut shard) = spin(|| lock.try_write()) {
            self.make_room(&mut shard, key);
            let new = || Entry::new(State::New(Waiting::default()), now);
            return shard.entry(key).or_insert_with(new).admit(self.budget, now, operation);
        }
        Admission::Unpaid
    }

    /// One that was admitted unpaid never got to the worker.
    pub(crate) fn give_back(&self, key: u64) {
        if let Some(shard) = self.shard(key).and_then(|lock| spin(|| lock.try_read()))
            && let Some(Entry { state: State::New(waiting), .. }) = shard.get(&key)
        {
            let _none_left =
                waiting.sent.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |sent| sent.checked_sub(1));
        }
    }

    /// The key's group has been found out. Those that were held back meanwhile are counted in it.
    pub(crate) fn link(&self, key: u64, tally: &Arc<Tally>, now: u64) {
        let before = self.replace(key, State::Known(Arc::clone(tally)), now);
        if let Some(State::New(waiting)) = before {
            tally.add_suppressed(waiting.held_back.into_inner(), now);
        }
    }

    /// A rule leaves all exceptions with this key out.
    pub(crate) fn ignore(&self, key: u64, now: u64) {
        self.replace(key, State::Ignored, now);
    }

    /// How many were held back and then forgotten, since this was asked last.
    pub(crate) fn take_forgotten(&self) -> u64 {
        self.forgotten.swap(0, Ordering::Relaxed)
    }

    /// Number of keys.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.shards.iter().map(|lock| lock.read().unwrap_or_else(PoisonError::into_inner).len()).sum()
    }

    fn replace(&self, key: u64, state: State, now: u64) -> Option<State> {
        let lock = self.shard(key)?;
        let mut shard = lock.write().unwrap_or_else(PoisonError::into_inner);
        self.make_room(&mut shard, key);
        shard.insert(key, Entry::new(state, now)).map(|entry| entry.state)
    }

    fn make_room(&self, shard: &mut Shard, key: u64) {
        if shard.len() < self.room || shard.contains_key(&key) {
            return;
        }
        let oldest = shard.iter().min_by_key(|(_, entry)| entry.used.load(Ordering::Relaxed));
        if let Some(oldest) = oldest.map(|(key, _)| *key)
            && let Some(Entry { state: State::New(waiting), .. }) = shard.remove(&oldest)
        {
            self.forgotten.fetch_add(waiting.held_back.into_inner(), Ordering::Relaxed);
        }
    }

    fn shard(&self, key: u64) -> Option<&RwLock<Shard>> {
        // The map uses the lower bits.
        self.shards.get(usize::try_from(key >> 48).unwrap_or_default() % SHARDS)
    }
}

impl Entry {
    const fn new(state: State, now: u64) -> Self {
        Self { state, used: AtomicU64::new(now) }
    }

    fn admit(&self, budget: Budget, now: u64, operation: u32) -> Admission {
        match &self.state {
            State::Ignored => Admission::Ignored,
            State::Known(tally) if tally.is_forgotten() => Admission::Unpaid,
            State::Known(tally) if tally.admit(budget, now) => Admission::Paid(Arc::clone(tally)),
            State::Known(tally) if tally.is_new_operation(operation) => {
                Admission::NewOperation(Arc::clone(tally))
            }
            State::Known(_) => Admission::Suppressed,
            State::New(waiting) => {
                if waiting.sent.fetch_add(1, Ordering::Relaxed) < budget.burst() {
                    return Admission::Unpaid;
                }
                waiting.sent.fetch_sub(1, Ordering::Relaxed);
                waiting.held_back.fetch_add(1, Ordering::Relaxed);
                Admission::Suppressed
            }
        }
    }
}

/// Tries for as long as another thread may need for a look.
fn spin<T>(attempt: impl Fn() -> Result<T, TryLockError<T>>) -> Option<T> {
    for _ in 0..SPINS {
        match attempt() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => hint::spin_loop(),
        }
    }
    None
}

const SHARDS: usize = 16;
const SPINS: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(most: usize) -> Keys {
        Keys::new(most, Budget::new(3, 0))
    }

    #[test]
    fn until_its_group_is_known_no_more_than_a_burst_of_a_key_waits() {
        let keys = keys(100);
        let waiting = (0..10).filter(|now| matches!(keys.admit(7, *now, 0), Admission::Unpaid)).count();
        assert_eq!(waiting, 3);
        let tally = Arc::new(Tally::default());
        keys.link(7, &tally, 10);
        assert_eq!((tally.count(), tally.suppressed()), (7, 7));
        assert!(matches!(keys.admit(7, 11, 0), Admission::Paid(_)));
        assert_eq!(tally.count(), 8);
    }

    #[test]
    fn one_that_got_lost_on_the_way_leaves_its_place_to_the_next() {
        let keys = keys(100);
        assert_eq!((0..4).filter(|_| matches!(keys.admit(7, 0, 0), Admission::Unpaid)).count(), 3);
        keys.give_back(7);
        assert!(matches!(keys.admit(7, 0, 0), Admission::Unpaid));
        assert!(matches!(keys.admit(7, 0, 0), Admission::Suppressed));
    }

    #[test]
    fn a_key_is_ignored_once_a_rule_says_so() {
        let keys = keys(100);
        keys.admit(7, 0, 0);
        keys.ignore(7, 1);
        assert!(matches!(keys.admit(7, 2, 0), Admission::Ignored));
    }

    #[test]
    fn a_group_that_was_forgotten_has_to_be_found_again() {
        let (keys, tally) = (keys(100), Arc::new(Tally::default()));
        keys.link(7, &tally, 0);
        tally.forget();
        assert!(matches!(keys.admit(7, 1, 0), Admission::Unpaid));
    }

    #[test]
    fn the_table_stays_within_its_bounds_and_keeps_what_is_used() {
        let keys = keys(SHARDS * 4);
        let shard = |n: u64| n << 52; // one shard
        keys.link(shard(1), &Arc::default(), 0);
        for n in 2..1000 {
            keys.admit(shard(n), n, 0);
            assert!(matches!(keys.admit(shard(1), n, 0), Admission::Paid(_) | Admission::Suppressed));
        }
        assert!(keys.len() <= SHARDS * 4, "{}", keys.len());
    }

    #[test]
    fn what_was_held_back_and_forgotten_is_counted() {
        let keys = keys(SHARDS);
        (0..5).for_each(|now| _ = keys.admit(1 << 52, now, 0));
        keys.admit(2 << 52, 6, 0);
        assert_eq!((keys.take_forgotten(), keys.take_forgotten()), (2, 0));
    }
}
