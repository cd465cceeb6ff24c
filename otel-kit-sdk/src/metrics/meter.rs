use std::{ops::AddAssign, sync::Arc};

use opentelemetry::{
    InstrumentationScope,
    metrics::{
        AsyncInstrumentBuilder, Callback, Counter, Gauge, Histogram, HistogramBuilder, InstrumentBuilder,
        InstrumentProvider, Meter, ObservableCounter, ObservableGauge, ObservableUpDownCounter,
        SyncInstrument, UpDownCounter,
    },
};

use otel_kit_core::diag::TARGET;

use super::{
    callback::{Projection, harmless, is_inside},
    catalogue::{Catalogue, Described},
    instrument::{Instrument, Sdk},
    number::Measured,
    stream::Kind,
    view::Keep,
};

/// Meter of a [`KitMeterProvider`](super::KitMeterProvider).
pub(super) struct KitMeter {
    sdk: Meter,
    scope: InstrumentationScope,
    catalogue: Arc<Catalogue>,
}

impl KitMeter {
    pub(super) const fn new(sdk: Meter, scope: InstrumentationScope, catalogue: Arc<Catalogue>) -> Self {
        Self { sdk, scope, catalogue }
    }

    /// The SDK's provider of instruments, which only its builders show.
    fn sdk(&self) -> &dyn InstrumentProvider {
        self.sdk.u64_counter("").instrument_provider
    }

    /// False for an instrument that measures nothing: a view drops it, or a callback asks for it.
    fn is_wanted(&self, name: &str) -> bool {
        if is_inside() {
            tracing::warn!(target: TARGET, instrument = name, "an instrument made in a callback measures nothing");
            return false;
        }
        !self.catalogue.view(name).is_some_and(|view| view.is_dropped)
    }

    fn instrument<T: Measured, I>(
        &self,
        described: &Described<'_>,
        make: impl FnOnce(&dyn InstrumentProvider) -> I,
    ) -> Arc<Instrument<T>>
    where
        Sdk<I>: SyncInstrument<T> + Send + Sync + 'static,
    {
        self.catalogue.instrument(&self.scope, described, || Arc::new(Sdk(make(self.sdk()))))
    }

    fn harmless<T: Copy + AddAssign + Send + 'static>(
        &self,
        callbacks: Vec<Callback<T>>,
        name: &str,
        adds_up: bool,
    ) -> Vec<Callback<T>> {
        let keep = self.catalogue.view(name).map(|view| &view.keep).filter(|keep| !matches!(keep, Keep::All));
        let projection = || keep.cloned().map(|keep| Projection { keep, adds_up });
        callbacks.into_iter().map(|callback| harmless(callback, name, projection())).collect()
    }
}

/// Measures nothing: the API's defaults.
struct Nothing;

impl InstrumentProvider for Nothing {}

macro_rules! synchronous {
    ($function:ident, $instrument:ident<$number:ty>, $kind:expr) => {
        fn $function(&self, builder: InstrumentBuilder<'_, $instrument<$number>>) -> $instrument<$number> {
            if !self.is_wanted(&builder.name) {
                return Nothing.$function(builder);
            }
            let name = builder.name.clone();
            let described = Described {
                name: &name,
                description: builder.description.clone().unwrap_or_default(),
                unit: builder.unit.clone().unwrap_or_default(),
                boundaries: None,
                kind: $kind,
            };
            $instrument::new(self.instrument::<$number, _>(&described, |sdk| sdk.$function(builder)))
        }
    };
}

macro_rules! histogram {
    ($function:ident, $number:ty) => {
        fn $function(&self, builder: HistogramBuilder<'_, Histogram<$number>>) -> Histogram<$number> {
            if !self.is_wanted(&builder.name) {
                return Nothing.$function(builder);
            }
            let (name, boundaries) = (builder.name.clone(), builder.boundaries.clone());
            let described = Described {
                name: &name,
                description: builder.description.clone().unwrap_or_default(),
                unit: builder.unit.clone().unwrap_or_default(),
                boundaries: boundaries.as_deref(),
                kind: Kind::Histogram,
            };
            Histogram::new(self.instrument::<$number, _>(&described, |sdk| sdk.$function(builder)))
        }
    };
}

macro_rules! observable {
    ($function:ident, $instrument:ident<$number:ty>, $adds_up:expr) => {
        fn $function(
            &self,
            mut builder: AsyncInstrumentBuilder<'_, $instrument<$number>, $number>,
        ) -> $instrument<$number> {
            if !self.is_wanted(&builder.name) {
                return Nothing.$function(builder);
            }
            let callbacks = std::mem::take(&mut builder.callbacks);
            builder.callbacks = self.harmless(callbacks, &builder.name, $adds_up);
            self.sdk().$function(builder)
        }
    };
}

impl InstrumentProvider for KitMeter {
    synchronous!(u64_counter, Counter<u64>, Kind::Counter);
    synchronous!(f64_counter, Counter<f64>, Kind::Counter);
    synchronous!(i64_up_down_counter, UpDownCounter<i64>, Kind::UpDownCounter);
    synchronous!(f64_up_down_counter, UpDownCounter<f64>, Kind::UpDownCounter);
    synchronous!(u64_gauge, Gauge<u64>, Kind::Gauge);
    synchronous!(i64_gauge, Gauge<i64>, Kind::Gauge);
    synchronous!(f64_gauge, Gauge<f64>, Kind::Gauge);
    histogram!(u64_histogram, u64);
    histogram!(f64_histogram, f64);
    observable!(u64_observable_counter, ObservableCounter<u64>, true);
    observable!(f64_observable_counter, ObservableCounter<f64>, true);
    observable!(i64_observable_up_down_counter, ObservableUpDownCounter<i64>, true);
    observable!(f64_observable_up_down_counter, ObservableUpDownCounter<f64>, true);
    observable!(u64_observable_gauge, ObservableGauge<u64>, false);
    observable!(i64_observable_gauge, ObservableGauge<i64>, false);
    observable!(f64_observable_gauge, ObservableGauge<f64>, false);
}
