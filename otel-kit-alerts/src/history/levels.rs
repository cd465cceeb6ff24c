use std::collections::VecDeque;

use super::Millis;

/// Samples of one series, the older the fewer: each level keeps every second one of the level before it. So the
/// edge of a window of any length is as exact as a 64th of it, or as the time between evaluations.
#[derive(Debug)]
pub(crate) struct Levels<S> {
    levels: Vec<VecDeque<S>>,
    depth: usize,
    keep: Millis,
}

/// One sample.
pub(crate) trait Slot {
    /// When it was taken.
    fn time(&self) -> Millis;

    /// This sample and the next one as one, with the time of the next one.
    fn joined_by(self, later: Self) -> Self;
}

impl<S: Slot> Levels<S> {
    /// Keeps samples for as long as `keep`, on `depth` levels at the most.
    pub(crate) const fn new(keep: Millis, depth: usize) -> Self {
        Self { levels: Vec::new(), depth, keep }
    }

    /// Adds a sample, unless there is one of that time or a later one.
    pub(crate) fn push(&mut self, sample: S) {
        let now = sample.time();
        if self.newest().is_some_and(|newest| newest.time() >= now) {
            return;
        }
        self.push_at(0, sample);
        self.forget_before(now.saturating_sub(self.keep));
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.levels.clear();
    }

    /// The last sample.
    pub(crate) fn newest(&self) -> Option<&S> {
        self.levels.first()?.back()
    }

    /// The last sample that is not younger than `time`.
    pub(crate) fn at(&self, time: Millis) -> Option<&S> {
        let is_old = |sample: &S| sample.time() <= time;
        let level = self.levels.iter().find(|level| level.front().is_some_and(is_old))?;
        level.get(level.partition_point(is_old).checked_sub(1)?)
    }

    /// What a difference over the window that ends with `end` begins with: the sample that is nearest to its
    /// beginning, or the oldest one there is.
    pub(crate) fn base(&self, end: &S, window: Millis) -> Option<&S> {
        let begin = end.time().saturating_sub(window);
        let before = self.at(begin);
        let after = self.after(begin).filter(|after| after.time() < end.time());
        match (before, after) {
            (Some(before), Some(after)) if begin - before.time() > after.time() - begin => Some(after),
            (Some(before), _) => Some(before),
            (None, after) => after,
        }
    }

    /// The samples of the window that ends at `end`, the newest first.
    pub(crate) fn within(&self, end: Millis, window: Millis) -> impl Iterator<Item = &S> {
        let begin = end.saturating_sub(window);
        let newest_first = self.levels.iter().flat_map(|level| level.iter().rev());
        newest_first
            .skip_while(move |sample| sample.time() > end)
            .take_while(move |sample| sample.time() > begin)
    }

    /// The first sample that is younger than `time`.
    fn after(&self, time: Millis) -> Option<&S> {
        let is_old = |sample: &S| sample.time() <= time;
        let oldest_first = self.levels.iter().rev();
        let mut found = oldest_first.filter_map(|level| level.get(level.partition_point(is_old)));
        found.next()
    }

    fn push_at(&mut self, index: usize, sample: S) {
        if index == self.levels.len() {
            self.levels.push(VecDeque::new());
        }
        let Some(level) = self.levels.get_mut(index) else { return };
        level.push_back(sample);
        if level.len() <= LEVEL_SLOTS {
            return;
        }
        let oldest = level.pop_front();
        if index + 1 == self.depth {
            return;
        }
        if let (Some(first), Some(second)) = (oldest, level.pop_front()) {
            self.push_at(index + 1, first.joined_by(second));
        }
    }

    /// Keeps one sample that is older, to take differences from.
    fn forget_before(&mut self, time: Millis) {
        while let Some(last) = self.levels.last_mut() {
            let is_old = |sample: &S| sample.time() <= time;
            let old = last.partition_point(is_old);
            let has_younger = old < last.len();
            last.drain(..old.saturating_sub(1));
            if has_younger || self.levels.len() == 1 {
                return;
            }
            // All of this level is old: what is kept of it is needed only if the next level has none that old.
            let next = self.levels.len() - 2;
            let next_has_old = self.levels.get(next).and_then(VecDeque::front).is_some_and(is_old);
            if !next_has_old {
                return;
            }
            self.levels.pop();
        }
    }
}

/// How many samples a history of this length takes, and on how many levels.
pub(crate) fn extent(keep: Millis, interval: Millis) -> (usize, usize) {
    // Two more: the one before the window, and the one after which the first is dropped.
    let mut wanted = usize::try_from(keep.div_ceil(interval.max(1))).unwrap_or(usize::MAX).saturating_add(2);
    let (mut slots, mut depth) = (0, 0);
    while wanted > 0 && depth < MAX_DEPTH {
        slots += wanted.min(LEVEL_SLOTS);
        wanted = wanted.saturating_sub(LEVEL_SLOTS).div_ceil(2);
        depth += 1;
    }
    (slots, depth)
}

/// Samples on one level.
const LEVEL_SLOTS: usize = 64;
/// More is beyond any window.
const MAX_DEPTH: usize = 24;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Copy, Debug, Eq, PartialEq)]
    struct Tick(Millis);

    impl Slot for Tick {
        fn time(&self) -> Millis {
            self.0
        }
        fn joined_by(self, later: Self) -> Self {
            later
        }
    }

    fn every(interval: Millis, count: Millis, keep: Millis) -> Levels<Tick> {
        let (_, depth) = extent(keep, interval);
        let mut levels = Levels::new(keep, depth);
        (0..count).for_each(|index| levels.push(Tick(index * interval)));
        levels
    }

    fn times(levels: &Levels<Tick>) -> Vec<Millis> {
        levels.levels.iter().flat_map(|level| level.iter().rev()).map(|tick| tick.0).collect()
    }

    #[test]
    fn a_short_history_keeps_every_sample_and_one_before_the_window() {
        let levels = every(10, 100, 50);
        assert_eq!(times(&levels), [990, 980, 970, 960, 950, 940]);
        assert_eq!(levels.base(&Tick(990), 50), Some(&Tick(940)));
        assert_eq!(levels.base(&Tick(990), 20), Some(&Tick(970)));
        assert_eq!(levels.at(975), Some(&Tick(970)));
        assert_eq!(levels.at(100), None);
        assert_eq!(levels.within(990, 20).count(), 2);
        assert_eq!(levels.within(985, 20).map(|tick| tick.0).collect::<Vec<_>>(), [980, 970]);
    }

    #[test]
    fn the_nearest_sample_begins_a_window() {
        let mut levels = Levels::new(1_000, 1);
        [0, 100, 199, 302].into_iter().for_each(|time| levels.push(Tick(time)));
        let base = |window| levels.base(&Tick(302), window).map(|tick| tick.0);
        assert_eq!(
            [base(100), base(200), base(250), base(260), base(9_000)].map(Option::unwrap),
            [199, 100, 100, 0, 0]
        );
    }

    #[test]
    fn one_sample_is_no_window() {
        let mut levels = Levels::new(1_000, 1);
        levels.push(Tick(5));
        levels.push(Tick(5));
        levels.push(Tick(4));
        assert_eq!(times(&levels), [5]);
        assert_eq!(levels.base(&Tick(5), 100), None);
    }

    #[test]
    fn six_hours_of_quarter_minutes_take_fewer_than_three_hundred_samples() {
        let (keep, interval) = (6 * 3_600_000, 15_000);
        let levels = every(interval, 4_000, keep);
        let (slots, depth) = extent(keep, interval);
        let kept = times(&levels);
        assert!(kept.len() <= slots && slots < 300, "{} of {slots}", kept.len());
        assert!(levels.levels.len() <= depth);
        assert!(kept.is_sorted_by(|a, b| a > b));
        assert!(kept.last().unwrap() <= &(3_999 * interval - keep));
    }

    proptest! {
        #[test]
        fn the_edge_of_a_window_is_as_exact_as_a_64th_of_it(
            interval in 1_u64..100_000,
            count in 2_u64..3_000,
            share in 1_u64..1_000,
        ) {
            let keep = interval * 1_000;
            let levels = every(interval, count, keep);
            let end = Tick((count - 1) * interval);
            let window = keep * share / 1_000;
            let base = levels.base(&end, window).unwrap().0;
            let begin = end.0.saturating_sub(window);
            prop_assert!(base.abs_diff(begin) <= (window / 64).max(interval), "{base} for {begin}");
            prop_assert!(base < end.0);
        }

        #[test]
        fn a_history_never_grows_beyond_its_extent(
            keep in 0_u64..1_000_000,
            interval in 1_u64..10_000,
            faster in 1_u64..5,
        ) {
            let (slots, depth) = extent(keep, interval);
            let mut levels = Levels::new(keep, depth);
            let step = (interval / faster).max(1);
            (0..600).for_each(|index| levels.push(Tick(index * step)));
            prop_assert!(times(&levels).len() <= slots.next_multiple_of(LEVEL_SLOTS));
        }
    }
}
