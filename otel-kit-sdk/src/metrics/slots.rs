use std::{
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use opentelemetry::KeyValue;

use otel_kit_core::{
    instrument::Occasion,
    metrics::{Exemplar, Number},
};

/// Where the exemplars of a data point lie.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Places {
    /// One: the last measurement.
    One,
    /// One for each bucket of a histogram with these upper bounds.
    Buckets(Arc<[f64]>),
    /// One for each of some twenty sizes: neighbouring powers of two lie apart.
    Magnitudes,
}

impl Places {
    fn len(&self) -> usize {
        match self {
            Self::One => 1,
            Self::Buckets(bounds) => bounds.len().saturating_add(1),
            Self::Magnitudes => MAGNITUDES,
        }
    }

    fn of(&self, value: f64) -> usize {
        match self {
            Self::One => 0,
            Self::Buckets(bounds) => bounds.partition_point(|bound| *bound < value),
            // The exponent's bits grow by one from a power of two to the next.
            Self::Magnitudes => usize::try_from(value.to_bits() >> 52).unwrap_or(0) % MAGNITUDES,
        }
    }
}

/// The exemplars of one data point: the last measurement in each place.
#[derive(Debug, Default)]
pub(super) struct Slots(Mutex<Vec<Option<Kept>>>);

#[derive(Clone, Debug)]
struct Kept {
    value: Number,
    time: SystemTime,
    trace_id: opentelemetry::TraceId,
    span_id: opentelemetry::SpanId,
    filtered: Option<Arc<[KeyValue]>>,
}

impl Slots {
    /// Keeps a measurement, unless another thread is just doing so.
    pub(super) fn keep(
        &self,
        places: &Places,
        value: Number,
        occasion: &Occasion,
        filtered: Option<&Arc<[KeyValue]>>,
    ) {
        let place = places.of(value.as_f64());
        let &Occasion { trace_id, span_id, .. } = occasion;
        let time = occasion.time.unwrap_or_else(SystemTime::now);
        let Ok(mut slots) = self.0.try_lock() else { return };
        if slots.len() <= place {
            make_room(&mut slots, places);
        }
        if let Some(slot) = slots.get_mut(place) {
            *slot = Some(Kept { value, time, trace_id, span_id, filtered: filtered.cloned() });
        }
    }

    pub(super) fn exemplars(&self) -> Vec<Exemplar> {
        let slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.iter().flatten().map(Kept::exemplar).collect()
    }
}

/// Nothing is kept for what is never sampled.
#[cold]
fn make_room(slots: &mut Vec<Option<Kept>>, places: &Places) {
    slots.resize(places.len(), None);
}

impl Kept {
    fn exemplar(&self) -> Exemplar {
        let &Self { value, time, trace_id, span_id, .. } = self;
        let filtered_attributes = self.filtered.as_deref().unwrap_or_default().to_vec();
        Exemplar { value, time, trace_id, span_id, filtered_attributes }
    }
}

/// The specification's number for exponential histograms.
const MAGNITUDES: usize = 20;

#[cfg(test)]
mod tests {
    use opentelemetry::Context;

    use super::*;

    #[test]
    fn each_bucket_has_a_place_and_its_upper_bound_belongs_to_it() {
        let places = Places::Buckets([0.0, 1.0, 5.0].into());
        assert_eq!(places.len(), 4);
        let found = [-1.0, 0.0, 0.5, 1.0, 5.0, 6.0, f64::INFINITY].map(|value| places.of(value));
        assert_eq!(found, [0, 0, 1, 1, 2, 3, 3]);
    }

    #[test]
    fn values_of_neighbouring_magnitudes_have_places_of_their_own() {
        let places = Places::Magnitudes;
        let found: Vec<_> = (0..20).map(|power| places.of(f64::from(1 << power))).collect();
        let mut once = found.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), 20);
        assert_eq!(places.of(1.0), places.of(1.5));
        assert!(
            [f64::NAN, f64::INFINITY, -0.0, f64::MIN].iter().all(|value| places.of(*value) < places.len())
        );
    }

    #[test]
    fn only_the_last_measurement_of_a_place_is_kept() {
        let (slots, places) = (Slots::default(), Places::Buckets([1.0].into()));
        for value in [0.5, 0.7, 3.0] {
            slots.keep(&places, Number::Double(value), &Occasion::of(&Context::new(), None), None);
        }
        let kept: Vec<_> = slots.exemplars().iter().map(|exemplar| exemplar.value).collect();
        assert_eq!(kept, [Number::Double(0.7), Number::Double(3.0)]);
    }
}
