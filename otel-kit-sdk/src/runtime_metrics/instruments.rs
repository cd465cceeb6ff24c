use std::sync::Arc;

use opentelemetry::{
    KeyValue,
    metrics::{AsyncInstrument, Meter},
};

use super::cached::Cached;

/// Makes instruments that tell parts of what is read at each collection.
pub(super) struct Instruments<'a, T> {
    pub(super) meter: &'a Meter,
    pub(super) source: Arc<Cached<T>>,
}

/// Name, unit and description of an instrument.
pub(super) struct Described(pub(super) &'static str, pub(super) &'static str, pub(super) &'static str);

/// An attribute, and its values for the first and the second of two numbers.
pub(super) struct Split(pub(super) &'static str, pub(super) [&'static str; 2]);

impl<T: Send + Sync + 'static> Instruments<'_, T> {
    /// An amount that grows and shrinks.
    pub(super) fn amount(&self, Described(name, unit, description): Described, of: fn(&T) -> Option<i64>) {
        let counter = self.meter.i64_observable_up_down_counter(name);
        let counter = counter.with_unit(unit).with_description(description);
        let _ = counter.with_callback(self.one(of)).build();
    }

    /// Two counts.
    pub(super) fn counts(
        &self,
        Described(name, unit, description): Described,
        split: &Split,
        of: fn(&T) -> Option<[u64; 2]>,
    ) {
        let counter = self.meter.u64_observable_counter(name).with_unit(unit).with_description(description);
        let _ = counter.with_callback(self.two(split, of)).build();
    }

    /// Two times that add up.
    pub(super) fn times(
        &self,
        Described(name, unit, description): Described,
        split: &Split,
        of: fn(&T) -> Option<[f64; 2]>,
    ) {
        let counter = self.meter.f64_observable_counter(name).with_unit(unit).with_description(description);
        let _ = counter.with_callback(self.two(split, of)).build();
    }

    /// Two numbers as they are at the moment.
    pub(super) fn gauges(
        &self,
        Described(name, unit, description): Described,
        split: &Split,
        of: fn(&T) -> Option<[f64; 2]>,
    ) {
        let gauge = self.meter.f64_observable_gauge(name).with_unit(unit).with_description(description);
        let _ = gauge.with_callback(self.two(split, of)).build();
    }

    /// A number as it is at the moment.
    pub(super) fn gauge(&self, Described(name, unit, description): Described, of: fn(&T) -> Option<f64>) {
        let gauge = self.meter.f64_observable_gauge(name).with_unit(unit).with_description(description);
        let _ = gauge.with_callback(self.one(of)).build();
    }

    fn one<N: 'static>(
        &self,
        of: fn(&T) -> Option<N>,
    ) -> impl Fn(&dyn AsyncInstrument<N>) + Send + Sync + use<T, N> {
        let source = Arc::clone(&self.source);
        move |instrument| {
            if let Some(value) = of(&source.get()) {
                instrument.observe(value, &[]);
            }
        }
    }

    fn two<N: 'static>(
        &self,
        Split(key, values): &Split,
        of: fn(&T) -> Option<[N; 2]>,
    ) -> impl Fn(&dyn AsyncInstrument<N>) + Send + Sync + use<T, N> {
        let source = Arc::clone(&self.source);
        let attributes = values.map(|value| [KeyValue::new(*key, value)]);
        move |instrument| {
            for (value, attributes) in of(&source.get()).into_iter().flatten().zip(&attributes) {
                instrument.observe(value, attributes);
            }
        }
    }
}
