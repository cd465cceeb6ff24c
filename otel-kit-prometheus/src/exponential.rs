//! Exponential histograms as classic ones: the text formats have no other.

use std::collections::BTreeMap;

use otel_kit_core::metrics::{Buckets, ExponentialPoint, HistogramPoint};

/// The point with powers of two as its bounds. They are bounds of all finer scales too, so that they stay when
/// the scale changes, and no count has to be guessed.
pub(crate) fn classic(point: &ExponentialPoint) -> HistogramPoint {
    let below = by_exponent(&point.negative, point.scale);
    let above = by_exponent(&point.positive, point.scale);
    let mut bounds = Vec::with_capacity(below.len() + above.len() + 1);
    let mut counts = Vec::with_capacity(bounds.capacity() + 1);
    // What ends at an exponent above zero begins there below it: the count belongs to the bound before.
    let mut waiting = 0;
    for (exponent, count) in below.iter().rev() {
        bounds.push(-power(*exponent));
        counts.push(std::mem::replace(&mut waiting, *count));
    }
    if waiting > 0 || point.zero_count > 0 {
        bounds.push(point.zero_threshold.max(0.0));
        counts.push(point.zero_count.saturating_add(waiting));
    }
    for (exponent, count) in above {
        bounds.push(power(exponent));
        counts.push(count);
    }
    counts.push(0);
    HistogramPoint {
        attributes: point.attributes.clone(),
        count: point.count,
        sum: point.sum,
        min: point.min,
        max: point.max,
        bounds,
        counts,
        exemplars: point.exemplars.clone(),
    }
}

/// Counts by the exponent at which their bucket ends, and zero for each at which one begins.
fn by_exponent(buckets: &Buckets, scale: i32) -> BTreeMap<i32, u64> {
    let mut counts = BTreeMap::new();
    for (index, count) in (i64::from(buckets.offset)..).zip(&buckets.counts) {
        if *count > 0 {
            let (lower, upper) = exponents(index, scale);
            counts.entry(lower).or_insert(0);
            let sum = counts.entry(upper).or_insert(0_u64);
            *sum = sum.saturating_add(*count);
        }
    }
    counts
}

/// Where the bucket of powers of two begins and ends that holds the bucket at `index`.
fn exponents(index: i64, scale: i32) -> (i32, i32) {
    let (lower, upper) = if scale >= 0 {
        let lower = index >> scale.min(62);
        (lower, lower + 1)
    } else {
        // Finite numbers have no greater exponent, whatever the scale.
        let (index, factor) = (index.clamp(-LIMIT, LIMIT), 1_i64 << scale.unsigned_abs().min(12));
        (index * factor, (index + 1) * factor)
    };
    let narrow = |exponent: i64| i32::try_from(exponent.clamp(-LIMIT, LIMIT)).unwrap_or_default();
    (narrow(lower), narrow(upper))
}

fn power(exponent: i32) -> f64 {
    2_f64.powi(exponent)
}

const LIMIT: i64 = 2048;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point(scale: i32, offset: i32, counts: &[u64]) -> ExponentialPoint {
        let positive = Buckets { offset, counts: counts.to_vec() };
        ExponentialPoint { scale, positive, count: counts.iter().sum(), ..Default::default() }
    }

    fn pairs(point: &ExponentialPoint) -> Vec<(f64, u64)> {
        let classic = classic(point);
        assert_eq!(classic.counts.len(), classic.bounds.len() + 1);
        classic.bounds.into_iter().zip(classic.counts).collect()
    }

    #[test]
    fn fine_buckets_are_summed_between_powers_of_two() {
        // At scale 1 there are two for each power: (1, 1.41], (1.41, 2], (2, 2.83].
        assert_eq!(pairs(&point(1, 0, &[1, 2, 4])), [(1.0, 0), (2.0, 3), (4.0, 4)]);
        assert_eq!(pairs(&point(0, -2, &[1, 0, 2])), [(0.25, 0), (0.5, 1), (1.0, 0), (2.0, 2)]);
        assert_eq!(pairs(&point(0, -2, &[1, 0, 0, 0, 2])), [(0.25, 0), (0.5, 1), (4.0, 0), (8.0, 2)]);
    }

    #[test]
    fn coarse_buckets_keep_their_bounds() {
        assert_eq!(pairs(&point(-1, 0, &[1, 2])), [(1.0, 0), (4.0, 1), (16.0, 2)]);
        assert_eq!(pairs(&point(-20, 0, &[5])), [(1.0, 0), (f64::INFINITY, 5)]);
    }

    #[test]
    fn zeros_and_negative_numbers_come_before() {
        let mut point = point(0, 0, &[1]);
        point.zero_count = 2;
        assert_eq!(pairs(&point), [(0.0, 2), (1.0, 0), (2.0, 1)]);
        point.negative = Buckets { offset: 0, counts: vec![4, 8] };
        assert_eq!(pairs(&point), [(-4.0, 0), (-2.0, 8), (-1.0, 4), (0.0, 2), (1.0, 0), (2.0, 1)]);
    }

    proptest! {
        #[test]
        fn no_count_is_lost_and_bounds_ascend(
            scale in -25..25_i32,
            offset in any::<i32>(),
            counts in proptest::collection::vec(0..9_u64, 0..20),
            below in proptest::collection::vec(0..9_u64, 0..20),
            zero_count in 0..9_u64,
        ) {
            let mut point = point(scale, offset, &counts);
            point.negative = Buckets { offset, counts: below.clone() };
            point.zero_count = zero_count;
            let classic = classic(&point);
            prop_assert_eq!(
                classic.counts.iter().sum::<u64>(),
                counts.iter().sum::<u64>() + below.iter().sum::<u64>() + zero_count
            );
            prop_assert!(classic.bounds.is_sorted(), "{:?}", classic.bounds);
        }
    }
}
