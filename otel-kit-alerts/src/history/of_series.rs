use std::sync::Arc;

use otel_kit_core::metrics::{ExponentialPoint, HistogramPoint};

use super::{
    Counts, Distribution, Levels, Millis, Total, Unbroken, Values,
    buckets::{self, UnbrokenCounts},
    extent,
    levels::Slot,
};

/// The history of one series.
#[derive(Debug)]
pub(crate) struct History {
    values: Option<Levels<Values>>,
    totals: Option<Levels<Total>>,
    distributions: Option<Levels<Distribution>>,
    unbroken: Unbroken,
    unbroken_counts: UnbrokenCounts,
    last: Option<(Millis, f64)>,
    is_count: bool,
    is_histogram: bool,
}

/// What rules need to know of a metric's past, and for how long.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Needs {
    /// All values, for the least, the greatest, the mean, or one of the past.
    pub(crate) values: Option<Millis>,
    /// How many, and their sum.
    pub(crate) totals: Option<Millis>,
    /// How many in each bucket.
    pub(crate) buckets: Option<Millis>,
    /// Whether the series was there.
    pub(crate) presence: Option<Millis>,
}

/// What a data point says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reading<'a> {
    Value(f64),
    Count(f64),
    Histogram(&'a HistogramPoint),
    Exponential(&'a ExponentialPoint),
}

impl Needs {
    /// All that is needed by either.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            values: self.values.max(other.values),
            totals: self.totals.max(other.totals),
            buckets: self.buckets.max(other.buckets),
            presence: self.presence.max(other.presence),
        }
    }

    /// The longest time for which anything is needed.
    pub(crate) fn longest(self) -> Millis {
        let Self { values, totals, buckets, presence } = self;
        values.max(totals).max(buckets).max(presence).unwrap_or_default()
    }

    /// About how much memory the history of one series takes when it is full, in bytes.
    pub(crate) fn bytes(self, interval: Millis, buckets: usize) -> usize {
        let of = |keep: Option<Millis>, size: usize| {
            keep.map_or(0, |keep| extent(keep, interval).0.saturating_mul(size))
        };
        let distribution = size_of::<Distribution>() + ALLOCATION + buckets * size_of::<u64>();
        [
            SERIES_BYTES,
            of(self.values, size_of::<Values>()),
            of(self.totals, size_of::<Total>()),
            of(self.buckets, distribution),
        ]
        .into_iter()
        .fold(0, usize::saturating_add)
    }
}

impl History {
    pub(crate) fn new(needs: Needs, interval: Millis) -> Self {
        Self {
            values: needs.values.map(|keep| levels(keep, interval)),
            totals: needs.totals.map(|keep| levels(keep, interval)),
            distributions: needs.buckets.map(|keep| levels(keep, interval)),
            unbroken: Unbroken::default(),
            unbroken_counts: UnbrokenCounts::default(),
            last: None,
            is_count: false,
            is_histogram: false,
        }
    }

    /// Takes what was read at `time`. A series that was not there at `absent_at` had counted nothing by then.
    pub(crate) fn take(&mut self, time: Millis, reading: Reading<'_>, absent_at: Option<Millis>) {
        let absent_at = absent_at.filter(|_| self.last.is_none());
        self.is_histogram = matches!(reading, Reading::Histogram(_) | Reading::Exponential(_));
        let total = |count: f64, sum: f64| Total { time, count, sum };
        match reading {
            Reading::Value(value) if value.is_finite() => self.take_value(time, value),
            Reading::Count(count) if count.is_finite() => {
                self.take_value(time, count);
                self.take_total(total(count, count), absent_at);
            }
            Reading::Histogram(point) => {
                let is_reset = self.take_total(total(to_f64(point.count), point.sum), absent_at);
                let counts = |bounds: Option<&Arc<[f64]>>| buckets::explicit(point, bounds);
                self.take_counts(time, counts, is_reset, absent_at);
            }
            Reading::Exponential(point) => {
                let is_reset = self.take_total(total(to_f64(point.count), point.sum), absent_at);
                self.take_counts(time, |_| buckets::exponential(point), is_reset, absent_at);
            }
            Reading::Value(_) | Reading::Count(_) => {}
        }
    }

    /// The last value, of a gauge or sum, and when it was read.
    pub(crate) const fn last(&self) -> Option<(Millis, f64)> {
        self.last
    }

    /// True if it counts something.
    pub(crate) const fn is_count(&self) -> bool {
        self.is_count
    }

    /// True if it counts by bucket.
    pub(crate) const fn is_histogram(&self) -> bool {
        self.is_histogram
    }

    /// All values, if they are needed.
    pub(crate) const fn values(&self) -> Option<&Levels<Values>> {
        self.values.as_ref()
    }

    /// What came in the window that ends at `end`: count and sum; nothing with fewer than two samples.
    pub(crate) fn increase(&self, end: Millis, window: Millis) -> Option<Total> {
        let totals = self.totals.as_ref()?;
        let newest = totals.at(end).filter(|newest| newest.time > end.saturating_sub(window))?;
        let base = totals.base(newest, window)?;
        let (count, sum) = (newest.count - base.count, newest.sum - base.sum);
        Some(Total { time: newest.time, count: count.max(0.0), sum })
    }

    /// As [`increase`](Self::increase), by bucket.
    pub(crate) fn distribution(&self, end: Millis, window: Millis) -> Option<Counts> {
        let distributions = self.distributions.as_ref()?;
        let newest = distributions.at(end).filter(|newest| newest.time > end.saturating_sub(window))?;
        newest.counts.since(&distributions.base(newest, window)?.counts)
    }

    fn take_value(&mut self, time: Millis, value: f64) {
        self.last = Some((time, value));
        if let Some(values) = &mut self.values {
            values.push(Values::one(time, value));
        }
    }

    fn take_total(&mut self, raw: Total, absent_at: Option<Millis>) -> bool {
        self.is_count = true;
        self.last = Some((raw.time, raw.count));
        let (total, is_reset) = self.unbroken.next(raw);
        if let Some(totals) = &mut self.totals {
            if let Some(time) = absent_at {
                totals.push(Total { time, ..Total::default() });
            }
            totals.push(total);
        }
        is_reset
    }

    fn take_counts(
        &mut self,
        time: Millis,
        raw: impl FnOnce(Option<&Arc<[f64]>>) -> Counts,
        is_reset: bool,
        absent_at: Option<Millis>,
    ) {
        let Some(distributions) = &mut self.distributions else { return };
        let bounds = distributions.newest().and_then(|newest| match &newest.counts {
            Counts::Explicit { bounds, .. } => Some(bounds),
            Counts::Exponential(_) => None,
        });
        let raw = raw(bounds);
        if let Some(time) = absent_at {
            distributions.push(Distribution { time, counts: raw.empty() });
        }
        let is_comparable = distributions.newest().is_none_or(|newest| newest.counts.is_like(&raw));
        match self.unbroken_counts.next(raw, is_reset) {
            Some(counts) if is_comparable => distributions.push(Distribution { time, counts }),
            _ => {
                // Other buckets than before: there is nothing to take a difference from.
                self.unbroken_counts = UnbrokenCounts::default();
                distributions.clear();
            }
        }
    }
}

fn levels<S: Slot>(keep: Millis, interval: Millis) -> Levels<S> {
    Levels::new(keep, extent(keep, interval).1)
}

#[allow(clippy::cast_precision_loss)] // beyond 2⁵³ measurements the last digits do not matter
const fn to_f64(count: u64) -> f64 {
    count as f64
}

/// What an allocation costs beside what it holds.
const ALLOCATION: usize = 16;
/// A series without samples: attributes, labels, and what finds them.
const SERIES_BYTES: usize = 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDS: Needs = Needs { values: Some(300), totals: Some(300), buckets: Some(300), presence: None };

    fn history() -> History {
        History::new(NEEDS, 10)
    }

    fn histogram(counts: [u64; 3]) -> HistogramPoint {
        let count = counts.iter().sum();
        HistogramPoint {
            count,
            sum: to_f64(count) * 2.0,
            bounds: vec![1.0, 5.0],
            counts: counts.into(),
            ..HistogramPoint::default()
        }
    }

    fn counted(history: &History, end: Millis, window: Millis) -> Option<f64> {
        history.increase(end, window).map(|total| total.count)
    }

    #[test]
    fn a_counter_that_starts_anew_within_the_window_counts_what_it_had_before() {
        let mut history = history();
        for (time, count) in [(0, 10.0), (10, 15.0), (20, 3.0), (30, 4.0), (40, 1.0)] {
            history.take(time, Reading::Count(count), None);
        }
        assert_eq!(counted(&history, 40, 40), Some(5.0 + 3.0 + 1.0 + 1.0));
        assert_eq!(counted(&history, 40, 10), Some(1.0));
        assert_eq!(counted(&history, 20, 20), Some(8.0));
    }

    #[test]
    fn one_sample_is_no_increase_unless_the_series_was_known_not_to_be_there() {
        let mut old = history();
        old.take(10, Reading::Count(7.0), None);
        assert_eq!(counted(&old, 10, 100), None);
        let mut new = history();
        new.take(10, Reading::Count(7.0), Some(5));
        assert_eq!(counted(&new, 10, 100), Some(7.0));
        new.take(20, Reading::Count(8.0), Some(15));
        assert_eq!(counted(&new, 20, 100), Some(8.0));
    }

    #[test]
    fn a_series_that_is_gone_has_no_increase_after_the_window() {
        let mut history = history();
        history.take(10, Reading::Count(7.0), Some(5));
        assert_eq!(counted(&history, 100, 95), Some(7.0));
        assert_eq!(counted(&history, 110, 95), None);
    }

    #[test]
    fn a_histogram_that_starts_anew_counts_in_each_bucket_what_it_had_before() {
        let mut history = history();
        for (time, counts) in [(0, [1, 1, 1]), (10, [4, 1, 1]), (20, [1, 0, 2]), (30, [2, 0, 2])] {
            history.take(time, Reading::Histogram(&histogram(counts)), None);
        }
        let Some(Counts::Explicit { counts, .. }) = history.distribution(30, 30) else { panic!("no counts") };
        assert_eq!(*counts, [3 + 2, 0, 2]);
        assert_eq!(history.increase(30, 30).map(|total| (total.count, total.sum)), Some((7.0, 14.0)));
    }

    #[test]
    fn with_other_buckets_a_histogram_begins_anew() {
        let mut history = history();
        history.take(0, Reading::Histogram(&histogram([1, 1, 1])), None);
        let mut other = histogram([1, 1, 2]);
        other.bounds = vec![1.0, 6.0];
        for time in [10, 20] {
            history.take(time, Reading::Histogram(&other), None);
            assert_eq!(history.distribution(time, 20), None);
        }
        other.counts = vec![1, 1, 4];
        history.take(30, Reading::Histogram(&other), None);
        let Some(Counts::Explicit { counts, .. }) = history.distribution(30, 30) else { panic!("no counts") };
        assert_eq!(*counts, [0, 0, 2]);
    }

    #[test]
    fn values_that_are_no_numbers_are_not_taken() {
        let mut history = history();
        for value in [1.0, f64::NAN, f64::INFINITY] {
            history.take(10, Reading::Value(value), None);
        }
        assert_eq!(history.last(), Some((10, 1.0)));
        assert!(!history.is_count());
    }
}
