//! Samples of single numbers.

use super::{Millis, levels::Slot};

/// A value and those before it that this sample stands for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Values {
    pub(crate) time: Millis,
    pub(crate) last: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    pub(crate) sum: f64,
    pub(crate) count: f64,
}

/// How many there were until then, and their sum, as if the counting had never started anew.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Total {
    pub(crate) time: Millis,
    pub(crate) count: f64,
    pub(crate) sum: f64,
}

impl Values {
    pub(crate) const fn one(time: Millis, value: f64) -> Self {
        Self { time, last: value, min: value, max: value, sum: value, count: 1.0 }
    }

    /// All values of both, the last one being that of `later`.
    pub(crate) fn and(self, later: Self) -> Self {
        Self {
            time: later.time,
            last: later.last,
            min: self.min.min(later.min),
            max: self.max.max(later.max),
            sum: self.sum + later.sum,
            count: self.count + later.count,
        }
    }
}

impl Slot for Values {
    fn time(&self) -> Millis {
        self.time
    }

    fn joined_by(self, later: Self) -> Self {
        self.and(later)
    }
}

impl Slot for Total {
    fn time(&self) -> Millis {
        self.time
    }

    fn joined_by(self, later: Self) -> Self {
        later
    }
}

/// Makes of counts that may start anew such that do not: after a drop, the count before it is added.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Unbroken {
    last: Total,
    lost: Total,
}

impl Unbroken {
    /// The total with what was lost, and whether the counting has started anew since the last one.
    pub(crate) fn next(&mut self, raw: Total) -> (Total, bool) {
        let is_reset = raw.count < self.last.count;
        if is_reset {
            self.lost.count += self.last.count;
            self.lost.sum += self.last.sum;
        }
        self.last = raw;
        let total =
            Total { time: raw.time, count: raw.count + self.lost.count, sum: raw.sum + self.lost.sum };
        (total, is_reset)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_that_are_joined_keep_the_least_the_greatest_and_the_mean() {
        let joined =
            [3.0, 1.0, 2.0].map(|value| Values::one(0, value)).into_iter().reduce(Values::joined_by).unwrap();
        assert_eq!((joined.min, joined.max, joined.last, joined.sum / joined.count), (1.0, 3.0, 2.0, 2.0));
    }

    proptest! {
        #[test]
        fn however_often_counting_starts_anew_the_total_never_falls(raw in prop::collection::vec(0_u32..100, 1..50)) {
            let mut unbroken = Unbroken::default();
            let mut expected = 0.0;
            let mut before: Option<f64> = None;
            for count in raw.into_iter().map(f64::from) {
                let (total, _) = unbroken.next(Total { time: 0, count, sum: count });
                expected += match before {
                    Some(before) if count >= before => count - before,
                    _ => count,
                };
                prop_assert_eq!((total.count, total.sum), (expected, expected));
                before = Some(count);
            }
        }
    }
}
