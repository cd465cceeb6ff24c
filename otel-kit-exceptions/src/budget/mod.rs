//! How many exceptions of a group are exported: a token bucket in one number.

use std::sync::atomic::{AtomicU64, Ordering};

/// So many at once, and one more for each interval.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Budget {
    /// Nanoseconds until a spent token is back.
    interval: u64,
    burst: u64,
}

impl Budget {
    pub(crate) fn new(burst: u32, per_minute: u32) -> Self {
        let burst = u64::from(if per_minute > 0 { burst.max(1) } else { burst });
        // Without any rate, what is spent comes back in centuries.
        let interval = MINUTE.checked_div(u64::from(per_minute)).unwrap_or(u64::MAX / 4 / burst.max(1));
        Self { interval, burst }
    }

    /// How many there are at once.
    pub(crate) const fn burst(self) -> u64 {
        self.burst
    }

    /// Takes a token at `now`, in nanoseconds, if there is one. `spent_until` is when all of them are back.
    pub(crate) fn take(self, spent_until: &AtomicU64, now: u64) -> bool {
        let limit = now.saturating_add(self.interval.saturating_mul(self.burst));
        let mut until = spent_until.load(Ordering::Relaxed);
        loop {
            let next = until.max(now).saturating_add(self.interval);
            if next > limit {
                return false;
            }
            match spent_until.compare_exchange_weak(until, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(newer) => until = newer,
            }
        }
    }
}

/// In nanoseconds.
const MINUTE: u64 = 60_000_000_000;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SECOND: u64 = 1_000_000_000;

    fn taken(budget: Budget, state: &AtomicU64, now: u64) -> usize {
        (0..1_000).take_while(|_| budget.take(state, now)).count()
    }

    #[test]
    fn a_burst_is_let_through_and_then_so_many_a_minute() {
        let (budget, state) = (Budget::new(20, 10), AtomicU64::new(0));
        assert_eq!(taken(budget, &state, 0), 20);
        assert_eq!(taken(budget, &state, 5 * SECOND), 0);
        assert_eq!(taken(budget, &state, 6 * SECOND), 1);
        assert_eq!(taken(budget, &state, 66 * SECOND), 10);
        assert_eq!(taken(budget, &state, 1_000_000 * SECOND), 20);
    }

    #[test]
    fn a_rate_of_none_leaves_the_burst_alone_and_a_burst_of_none_leaves_the_rate() {
        let state = AtomicU64::new(0);
        assert_eq!(taken(Budget::new(3, 0), &state, 0), 3);
        assert_eq!(taken(Budget::new(3, 0), &state, 1_000_000 * SECOND), 0);
        assert_eq!(taken(Budget::new(0, 0), &AtomicU64::new(0), 0), 0);
        assert_eq!(taken(Budget::new(0, 10), &AtomicU64::new(0), 0), 1);
    }

    proptest! {
        #[test]
        fn no_span_of_time_lets_more_through_than_burst_and_rate(
            steps in prop::collection::vec(0..10_u64, 1..300), burst in 1..30_u32, rate in 1..100_u32,
        ) {
            let (budget, state) = (Budget::new(burst, rate), AtomicU64::new(0));
            let (mut now, mut taken) = (0, 0_u64);
            for step in steps {
                now += step * SECOND / 4;
                taken += u64::from(budget.take(&state, now));
            }
            prop_assert!(taken <= u64::from(burst) + now / (MINUTE / u64::from(rate)));
        }
    }
}
