//! Quantiles as
//! [Prometheus](https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile) estimates them.

use std::iter;

use crate::history::{Counts, Exponential};

/// The value that a share `q` of the measurements does not exceed; nothing if there are none.
pub(crate) fn of(q: f64, counts: &Counts) -> Option<f64> {
    match counts {
        Counts::Explicit { bounds, counts } => explicit(q, bounds, counts),
        Counts::Exponential(counts) => exponential(q, counts),
    }
}

/// How many measurements there are.
pub(crate) fn total(counts: &Counts) -> u64 {
    let all = |counts: &[u64]| counts.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
    match counts {
        Counts::Explicit { counts, .. } => all(counts),
        Counts::Exponential(of) => {
            of.zero.saturating_add(all(&of.positive.counts)).saturating_add(all(&of.negative.counts))
        }
    }
}

/// Within a bucket it rises evenly; beyond the last bound is the last bound.
fn explicit(q: f64, bounds: &[f64], counts: &[u64]) -> Option<f64> {
    let highest = *bounds.last()?;
    let uppers = bounds.iter().copied().chain(iter::once(f64::INFINITY));
    let lowers = iter::once(0.0).chain(bounds.iter().copied());
    let buckets = lowers.zip(uppers).zip(counts.iter().copied());
    let ((lower, upper), share) = bucket_of(q, buckets)?;
    if upper.is_infinite() {
        return Some(highest);
    }
    // The first bucket begins at zero, if it does not end below.
    Some(if lower >= upper { upper } else { lower + (upper - lower) * share })
}

/// Within a bucket its logarithm rises evenly, as buckets do.
fn exponential(q: f64, counts: &Exponential) -> Option<f64> {
    let width = f64::from(-counts.scale).exp2();
    let exponents = |offset: i32| (0_u32..).map(move |index| (f64::from(offset) + f64::from(index)) * width);
    let zero_to = |counts: &[u64], threshold: f64| if counts.is_empty() { 0.0 } else { threshold };
    let zero = Span::Zero(
        -zero_to(&counts.negative.counts, counts.zero_threshold),
        zero_to(&counts.positive.counts, counts.zero_threshold),
    );
    let below: Vec<_> = exponents(counts.negative.offset)
        .map(Span::Below)
        .zip(counts.negative.counts.iter().copied())
        .collect();
    let above =
        exponents(counts.positive.offset).map(Span::Above).zip(counts.positive.counts.iter().copied());
    let all = below.into_iter().rev().chain(iter::once((zero, counts.zero))).chain(above);
    let (span, share) = bucket_of(q, all)?;
    Some(match span {
        Span::Below(exponent) => -(exponent + width * (1.0 - share)).exp2(),
        Span::Zero(lower, upper) => lower + (upper - lower) * share,
        Span::Above(exponent) => (exponent + width * share).exp2(),
    })
}

/// A bucket of an exponential histogram: by the logarithm of its bound that is nearer to zero, or by both bounds.
#[derive(Clone, Copy)]
enum Span {
    Below(f64),
    Zero(f64, f64),
    Above(f64),
}

/// The bucket in which the share `q` of all is reached, and how far in it.
fn bucket_of<B: Copy>(q: f64, buckets: impl Iterator<Item = (B, u64)>) -> Option<(B, f64)> {
    let buckets: Vec<_> =
        buckets.filter(|(_, count)| *count > 0).map(|(bucket, count)| (bucket, as_f64(count))).collect();
    let rank = q * buckets.iter().map(|(_, count)| count).sum::<f64>();
    let mut before = 0.0;
    for (bucket, count) in &buckets {
        if before + count >= rank {
            return Some((*bucket, (rank - before) / count));
        }
        before += count;
    }
    buckets.last().map(|(bucket, _)| (*bucket, 1.0))
}

#[allow(clippy::cast_precision_loss)] // beyond 2⁵³ measurements the last digits do not matter
const fn as_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use otel_kit_core::metrics::Buckets;
    use proptest::prelude::*;

    use super::*;

    const BOUNDS: [f64; 3] = [1.0, 2.0, 4.0];

    fn near(value: Option<f64>, expected: f64) {
        let value = value.unwrap();
        assert!((value - expected).abs() < 1e-9, "{value} instead of {expected}");
    }

    fn positive(scale: i32, offset: i32, counts: &[u64]) -> Exponential {
        Exponential { scale, positive: Buckets { offset, counts: counts.into() }, ..Exponential::default() }
    }

    #[test]
    fn a_quantile_lies_within_its_bucket_as_far_as_its_share_goes() {
        near(explicit(0.5, &BOUNDS, &[10, 10, 0, 0]), 1.0);
        near(explicit(0.75, &BOUNDS, &[10, 10, 0, 0]), 1.5);
        near(explicit(0.25, &BOUNDS, &[10, 10, 0, 0]), 0.5);
        near(explicit(0.9, &BOUNDS, &[0, 0, 10, 0]), 3.8);
        near(explicit(0.0, &BOUNDS, &[0, 0, 10, 0]), 2.0);
        near(explicit(1.0, &BOUNDS, &[1, 0, 1, 0]), 4.0);
    }

    #[test]
    fn beyond_the_last_bound_a_quantile_is_the_last_bound() {
        near(explicit(0.95, &BOUNDS, &[10, 0, 0, 10]), 4.0);
        near(explicit(0.5, &BOUNDS, &[0, 0, 0, 1]), 4.0);
    }

    #[test]
    fn a_first_bucket_below_zero_has_no_other_bound() {
        near(explicit(0.5, &[-1.0, 1.0], &[10, 1, 0]), -1.0);
        near(explicit(0.5, &[0.0, 1.0], &[10, 1, 0]), 0.0);
    }

    #[test]
    fn without_measurements_or_bounds_there_is_no_quantile() {
        assert_eq!(explicit(0.5, &BOUNDS, &[0; 4]), None);
        assert_eq!(explicit(0.5, &[], &[10]), None);
        assert_eq!(exponential(0.5, &positive(0, 0, &[0])), None);
    }

    #[test]
    fn in_an_exponential_bucket_the_logarithm_rises_evenly() {
        // At scale 0 the buckets are (1, 2], (2, 4], (4, 8].
        near(exponential(0.5, &positive(0, 0, &[0, 10, 0])), 2.0_f64.powf(1.5));
        near(exponential(1.0, &positive(0, 0, &[10, 10])), 4.0);
        near(exponential(0.25, &positive(1, -2, &[4, 4])), 2.0_f64.powf(-0.75));
        let negative =
            Exponential { negative: Buckets { offset: 0, counts: vec![4, 4] }, ..Exponential::default() };
        near(exponential(0.25, &negative), -(2.0_f64.powf(1.5)));
        near(exponential(1.0, &negative), -1.0);
    }

    #[test]
    fn zero_has_a_bucket_of_its_own() {
        let mut counts = positive(0, 0, &[4]);
        (counts.zero, counts.zero_threshold) = (4, 0.5);
        near(exponential(0.25, &counts), 0.25);
        near(exponential(0.75, &counts), 2.0_f64.powf(0.5));
        counts.positive = Buckets::default();
        near(exponential(0.9, &counts), 0.0);
    }

    fn bounds() -> impl Strategy<Value = Vec<f64>> {
        prop::collection::btree_set(1_u32..1_000, 1..12)
            .prop_map(|all| all.into_iter().map(f64::from).collect())
    }

    proptest! {
        #[test]
        fn a_quantile_lies_in_the_bucket_that_holds_it(
            bounds in bounds(),
            counts in prop::collection::vec(0_u64..50, 13),
            q in 0.0..=1.0_f64,
        ) {
            let counts = &counts[..=bounds.len()];
            let total: u64 = counts.iter().sum();
            let Some(value) = explicit(q, &bounds, counts) else {
                prop_assert_eq!(total, 0);
                return Ok(());
            };
            let rank = q * as_f64(total);
            let cumulated = counts.iter().scan(0, |sum, count| { *sum += count; Some(*sum) });
            let bucket = cumulated.zip(counts).position(|(sum, count)| *count > 0 && as_f64(sum) >= rank).unwrap();
            let lower = if bucket == 0 { 0.0 } else { bounds[bucket - 1] };
            let upper = bounds.get(bucket).copied().unwrap_or(lower);
            prop_assert!((lower..=upper).contains(&value), "{value} in {lower}..={upper}");
        }

        #[test]
        fn a_greater_share_has_no_lesser_quantile(
            bounds in bounds(),
            counts in prop::collection::vec(0_u64..50, 13),
            scale in -4_i32..8,
            offset in -20_i32..20,
            (a, b) in (0.0..=1.0_f64, 0.0..=1.0_f64),
        ) {
            let (less, more) = (a.min(b), a.max(b));
            let explicit = |q| explicit(q, &bounds, &counts[..=bounds.len()]);
            prop_assert!(explicit(less) <= explicit(more));
            let (negative, positive) = counts.split_at(6);
            let counts = Exponential {
                scale,
                zero: counts[3],
                zero_threshold: 0.0,
                positive: Buckets { offset, counts: positive.into() },
                negative: Buckets { offset, counts: negative.into() },
            };
            let (low, high) = (exponential(less, &counts), exponential(more, &counts));
            prop_assert!(low.zip(high).is_none_or(|(low, high)| low <= high * (1.0 + 1e-12_f64.copysign(high))), "{low:?} {high:?}");
        }
    }
}
