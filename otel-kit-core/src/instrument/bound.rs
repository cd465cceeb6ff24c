use opentelemetry::{KeyValue, metrics};

/// An instrument with one attribute set: the API has no trait that is common to all of its own.
macro_rules! bound_instrument {
    (
        $(#[$doc:meta])*
        $bound:ident of $instrument:ident

        $(#[$measure_doc:meta])*
        $measure:ident
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $bound<T> {
            #[cfg(feature = "bound")]
            bound: metrics::$bound<T>,
            #[cfg(not(feature = "bound"))]
            bound: Stored<metrics::$instrument<T>>,
        }

        impl<T: Clone> $bound<T> {
            /// Binds `instrument` to `attributes`.
            #[must_use]
            pub fn new(instrument: &metrics::$instrument<T>, attributes: Vec<KeyValue>) -> Self {
                #[cfg(feature = "bound")]
                let bound = instrument.bind(&attributes);
                #[cfg(not(feature = "bound"))]
                let bound = Stored { instrument: instrument.clone(), attributes };
                Self { bound }
            }

            $(#[$measure_doc])*
            pub fn $measure(&self, value: T) {
                #[cfg(feature = "bound")]
                self.bound.$measure(value);
                #[cfg(not(feature = "bound"))]
                self.bound.instrument.$measure(value, &self.bound.attributes);
            }
        }
    };
}

bound_instrument! {
    /// A histogram with one attribute set.
    BoundHistogram of Histogram

    /// Records a value, in the unit of the histogram.
    record
}

bound_instrument! {
    /// A counter with one attribute set.
    BoundCounter of Counter

    /// Adds a value, which must not be negative.
    add
}

bound_instrument! {
    /// An up-down counter with one attribute set.
    BoundUpDownCounter of UpDownCounter

    /// Adds a value, which may be negative.
    add
}

#[cfg(not(feature = "bound"))]
#[derive(Clone, Debug)]
struct Stored<I> {
    instrument: I,
    attributes: Vec<KeyValue>,
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use opentelemetry::metrics::{Counter, Histogram, SyncInstrument, UpDownCounter};

    use super::*;

    /// An SDK's instrument: it keeps what it measures.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<Measured>>>);

    type Measured = (i64, Vec<KeyValue>);

    impl SyncInstrument<i64> for Kept {
        fn measure(&self, value: i64, attributes: &[KeyValue]) {
            self.0.lock().unwrap().push((value, attributes.to_vec()));
        }

        #[cfg(feature = "bound")]
        fn bind(&self, attributes: &[KeyValue]) -> Box<dyn metrics::BoundSyncInstrument<i64> + Send + Sync> {
            struct Bound(Kept, Vec<KeyValue>);
            impl metrics::BoundSyncInstrument<i64> for Bound {
                fn measure(&self, value: i64) {
                    self.0.measure(value, &self.1);
                }
            }
            Box::new(Bound(self.clone(), attributes.to_vec()))
        }
    }

    #[test]
    fn every_measurement_carries_the_attributes_that_were_bound() {
        let (kept, attributes) = (Kept::default(), vec![KeyValue::new("my.route", "/orders")]);
        BoundHistogram::new(&Histogram::new(Arc::new(kept.clone())), attributes.clone()).record(7);
        let active = BoundUpDownCounter::new(&UpDownCounter::new(Arc::new(kept.clone())), attributes.clone());
        active.add(1);
        active.add(-1);
        BoundCounter::new(&Counter::new(Arc::new(kept.clone())), attributes.clone()).add(3);
        let expected: Vec<_> = [7, 1, -1, 3].map(|value| (value, attributes.clone())).into();
        assert_eq!(*kept.0.lock().unwrap(), expected);
    }
}
