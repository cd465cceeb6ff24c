//! Samples of histograms.

use std::sync::Arc;

use otel_kit_core::metrics::{ExponentialPoint, HistogramPoint};

use super::{Millis, exponential::Exponential, levels::Slot};

/// How many measurements there were in each bucket until then.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Distribution {
    pub(crate) time: Millis,
    pub(crate) counts: Counts,
}

/// Measurements by bucket.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Counts {
    Explicit { bounds: Arc<[f64]>, counts: Box<[u64]> },
    Exponential(Box<Exponential>),
}

impl Counts {
    /// With no measurement, but of the same kind.
    pub(crate) fn empty(&self) -> Self {
        match self {
            Self::Explicit { bounds, counts } => {
                Self::Explicit { bounds: Arc::clone(bounds), counts: vec![0; counts.len()].into() }
            }
            Self::Exponential(of) => Self::Exponential(of.empty().into()),
        }
    }

    /// True if their buckets are comparable.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Explicit { bounds, counts }, Self::Explicit { bounds: others, counts: other }) => {
                (Arc::ptr_eq(bounds, others) || bounds == others) && counts.len() == other.len()
            }
            (Self::Exponential(_), Self::Exponential(_)) => true,
            _ => false,
        }
    }

    /// Both together; nothing if their buckets are not comparable.
    pub(crate) fn plus(&self, other: &Self) -> Option<Self> {
        self.with(other, u64::saturating_add, Exponential::plus)
    }

    /// What has come since `earlier`; nothing if their buckets are not comparable.
    pub(crate) fn since(&self, earlier: &Self) -> Option<Self> {
        self.with(earlier, u64::saturating_sub, Exponential::since)
    }

    fn with(
        &self,
        other: &Self,
        each: impl Fn(u64, u64) -> u64,
        exponential: impl Fn(&Exponential, &Exponential) -> Exponential,
    ) -> Option<Self> {
        if !self.is_like(other) {
            return None;
        }
        match (self, other) {
            (Self::Explicit { bounds, counts }, Self::Explicit { counts: other, .. }) => {
                let counts = counts.iter().zip(other).map(|(a, b)| each(*a, *b)).collect();
                Some(Self::Explicit { bounds: Arc::clone(bounds), counts })
            }
            (Self::Exponential(a), Self::Exponential(b)) => Some(Self::Exponential(exponential(a, b).into())),
            _ => None,
        }
    }
}

impl Slot for Distribution {
    fn time(&self) -> Millis {
        self.time
    }

    fn joined_by(self, later: Self) -> Self {
        later
    }
}

/// Makes of counts that may start anew such that do not.
#[derive(Debug, Default)]
pub(crate) struct UnbrokenCounts {
    last: Option<Counts>,
    lost: Option<Counts>,
}

impl UnbrokenCounts {
    /// The counts with what was lost; nothing if the buckets are others than before, so that there is no going on.
    pub(crate) fn next(&mut self, raw: Counts, is_reset: bool) -> Option<Counts> {
        let last = self.last.replace(raw.clone());
        if is_reset && let Some(last) = last {
            self.lost = match self.lost.take() {
                None => Some(last),
                Some(lost) => lost.plus(&last),
            };
        }
        match &self.lost {
            None => Some(raw),
            Some(lost) => raw.plus(lost).or_else(|| {
                self.lost = None;
                None
            }),
        }
    }
}

/// What a point counts; `bounds` are those of its series before, so that all its samples share them.
pub(crate) fn explicit(point: &HistogramPoint, bounds: Option<&Arc<[f64]>>) -> Counts {
    let bounds = bounds.filter(|known| ***known == *point.bounds);
    let bounds = bounds.map_or_else(|| point.bounds.as_slice().into(), Arc::clone);
    Counts::Explicit { bounds, counts: point.counts.as_slice().into() }
}

pub(crate) fn exponential(point: &ExponentialPoint) -> Counts {
    Counts::Exponential(Exponential::of(point).into())
}
