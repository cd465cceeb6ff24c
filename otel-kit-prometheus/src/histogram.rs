//! The lines of a histogram.

use otel_kit_core::metrics::{Exemplar, HistogramPoint};

use crate::{
    family::{BUCKET, COUNT, SUM},
    labels::LE,
    lines::Lines,
    number,
};

/// The labels of buckets: the points of a metric have the same bounds, mostly.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    numbers: Vec<f64>,
    /// `le="0.5"`; none for a bound that is no bucket of its own.
    labels: Vec<Option<String>>,
}

impl Bounds {
    fn labels(&mut self, bounds: &[f64]) -> &[Option<String>] {
        if self.numbers != bounds {
            self.numbers = bounds.to_vec();
            self.labels.clear();
            let mut last = f64::NEG_INFINITY;
            for bound in bounds {
                let ascends = bound.is_finite() && *bound > last;
                self.labels.push(ascends.then(|| le(*bound)));
                last = last.max(*bound);
            }
        }
        &self.labels
    }
}

/// Writes buckets, sum and count.
pub(crate) fn write(lines: &mut Lines<'_>, bounds: &mut Bounds, labels: &str, point: &HistogramPoint) {
    let latest = if lines.has_exemplars() { latest(point) } else { Vec::new() };
    let latest = |bucket: usize| latest.get(bucket).copied().flatten();
    let mut counts = point.counts.iter();
    let mut total = 0_u64;
    for (bucket, bound) in bounds.labels(&point.bounds).iter().enumerate() {
        total = total.saturating_add(counts.next().copied().unwrap_or(0));
        if let Some(bound) = bound {
            lines.bucket(labels, bound, total, latest(bucket));
        }
    }
    total = counts.fold(total, |total, count| total.saturating_add(*count));
    if point.counts.is_empty() {
        total = point.count;
    }
    lines.bucket(labels, INFINITE, total, latest(point.bounds.len()));
    // With numbers below zero it is no counter.
    if !is_below_zero(point) {
        lines.sample(SUM, labels, |out| number::write_f64(out, point.sum));
    }
    lines.sample(COUNT, labels, |out| number::write_count(out, total));
}

impl Lines<'_> {
    fn bucket(&mut self, labels: &str, bound: &str, count: u64, exemplar: Option<&Exemplar>) {
        self.bounded_sample(BUCKET, labels, bound, |out| {
            number::write_count(out, count);
            if let Some(exemplar) = exemplar {
                crate::exemplar::write(out, exemplar);
            }
        });
    }
}

/// The latest exemplar of each bucket; nothing if there is none at all.
fn latest(point: &HistogramPoint) -> Vec<Option<&Exemplar>> {
    if point.exemplars.is_empty() {
        return Vec::new();
    }
    let mut buckets: Vec<Option<&Exemplar>> = vec![None; point.bounds.len() + 1];
    for exemplar in &point.exemplars {
        let value = exemplar.value.as_f64();
        let bucket = point.bounds.partition_point(|bound| *bound < value);
        if let Some(latest) = buckets.get_mut(bucket).filter(|_| !value.is_nan())
            && latest.is_none_or(|latest| latest.time <= exemplar.time)
        {
            *latest = Some(exemplar);
        }
    }
    buckets
}

fn is_below_zero(point: &HistogramPoint) -> bool {
    point.min.is_some_and(|min| min < 0.0) || point.bounds.first().is_some_and(|bound| *bound < 0.0)
}

fn le(bound: f64) -> String {
    let mut label = format!("{LE}=\"");
    number::write_f64(&mut label, bound + 0.0); // no negative zero
    label.push('"');
    label
}

const INFINITE: &str = "le=\"+Inf\"";
