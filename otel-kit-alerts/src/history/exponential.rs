use otel_kit_core::metrics::{Buckets, ExponentialPoint};

/// Counts of an exponential histogram: the bucket at index `i` holds what is in `(base^i, base^(i+1)]`, the base
/// being `2^(2^-scale)`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Exponential {
    pub(crate) scale: i32,
    pub(crate) zero: u64,
    pub(crate) zero_threshold: f64,
    pub(crate) positive: Buckets,
    pub(crate) negative: Buckets,
}

impl Exponential {
    pub(crate) fn of(point: &ExponentialPoint) -> Self {
        Self {
            scale: point.scale,
            zero: point.zero_count,
            zero_threshold: point.zero_threshold,
            positive: point.positive.clone(),
            negative: point.negative.clone(),
        }
    }

    pub(crate) fn empty(&self) -> Self {
        Self { scale: self.scale, zero_threshold: self.zero_threshold, ..Self::default() }
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        self.with(other, u64::saturating_add)
    }

    pub(crate) fn since(&self, earlier: &Self) -> Self {
        self.with(earlier, u64::saturating_sub)
    }

    /// At the coarser of both scales: buckets of a finer one fit into it exactly.
    fn with(&self, other: &Self, each: impl Fn(u64, u64) -> u64) -> Self {
        let scale = self.scale.min(other.scale);
        let buckets = |of: &Buckets, and: &Buckets| {
            let (of, and) = (coarser(of, self.scale - scale), coarser(and, other.scale - scale));
            joined(&of, &and, &each)
        };
        Self {
            scale,
            zero: each(self.zero, other.zero),
            zero_threshold: self.zero_threshold.max(other.zero_threshold),
            positive: buckets(&self.positive, &other.positive),
            negative: buckets(&self.negative, &other.negative),
        }
    }
}

/// With a base that was squared `by` times.
fn coarser(buckets: &Buckets, by: i32) -> Buckets {
    if by <= 0 || buckets.counts.is_empty() {
        return buckets.clone();
    }
    let by = u32::try_from(by).unwrap_or(u32::MAX).min(31);
    let offset = buckets.offset >> by;
    let mut counts = Vec::new();
    for (index, count) in (i64::from(buckets.offset)..).zip(&buckets.counts) {
        let index = usize::try_from((index >> by) - i64::from(offset)).unwrap_or_default();
        counts.resize(counts.len().max(index + 1), 0);
        if let Some(into) = counts.get_mut(index) {
            *into += *count;
        }
    }
    Buckets { offset, counts }
}

/// Bucket by bucket, where at least one of both has one.
fn joined(of: &Buckets, and: &Buckets, each: impl Fn(u64, u64) -> u64) -> Buckets {
    let all = [of, and].into_iter().filter(|buckets| !buckets.counts.is_empty());
    let Some(offset) = all.clone().map(|buckets| i64::from(buckets.offset)).min() else {
        return Buckets::default();
    };
    let end = all.map(end).max().unwrap_or(offset);
    let counts = (offset..end).map(|index| each(at(of, index), at(and, index))).collect();
    Buckets { offset: i32::try_from(offset).unwrap_or_default(), counts }
}

fn end(buckets: &Buckets) -> i64 {
    i64::from(buckets.offset).saturating_add_unsigned(buckets.counts.len() as u64)
}

fn at(buckets: &Buckets, index: i64) -> u64 {
    let index = usize::try_from(index - i64::from(buckets.offset)).ok();
    index.and_then(|index| buckets.counts.get(index)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn positive(scale: i32, offset: i32, counts: &[u64]) -> Exponential {
        Exponential { scale, positive: Buckets { offset, counts: counts.into() }, ..Exponential::default() }
    }

    #[test]
    fn a_difference_is_taken_at_the_coarser_scale() {
        // At scale 1 the indices 3 to 6 are 1, 2, 2, 3 at scale 0.
        let earlier = positive(1, 3, &[1, 2, 3, 4]);
        let later = positive(0, 0, &[1, 5, 10, 6, 7]);
        assert_eq!(later.since(&earlier), positive(0, 0, &[1, 4, 5, 2, 7]));
        assert_eq!(earlier.plus(&later), positive(0, 0, &[1, 6, 15, 10, 7]));
    }

    #[test]
    fn indices_below_zero_are_rounded_down() {
        assert_eq!(
            coarser(&Buckets { offset: -3, counts: vec![1, 2, 4, 8] }, 1),
            Buckets { offset: -2, counts: vec![1, 6, 8] }
        );
        assert_eq!(coarser(&Buckets { offset: -1, counts: vec![1] }, 40).offset, -1);
    }

    #[test]
    fn buckets_that_one_of_both_does_not_have_count_as_empty() {
        let earlier = positive(0, 10, &[1]);
        let later = positive(0, -2, &[3]);
        let sum = later.plus(&earlier);
        assert_eq!((sum.positive.offset, sum.positive.counts.len()), (-2, 13));
        assert_eq!(sum.positive.counts.iter().sum::<u64>(), 4);
        assert_eq!(positive(3, 0, &[]).since(&positive(2, 0, &[])), positive(2, 0, &[]));
    }
}
