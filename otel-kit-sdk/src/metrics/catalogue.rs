use std::{
    any::{Any, TypeId},
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use opentelemetry::InstrumentationScope;
use opentelemetry_sdk::{
    Resource,
    metrics::{self as sdk, Aggregation, InstrumentKind, MeterProviderBuilder, SdkMeterProvider},
};

use otel_kit_core::metrics::Metric;

use super::{
    exemplar::ExemplarFilter,
    instrument::{Instrument, SdkInstrument},
    number::Measured,
    slots::Places,
    stream::{Identity, Kind, Stream},
    view::{View, ViewBuckets},
};

/// All instruments of a provider, and the settings that they are made by.
pub(crate) struct Catalogue {
    settings: Settings,
    scopes: Mutex<HashMap<InstrumentationScope, Vec<Known>>>,
}

/// How measurements are aggregated.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) views: Vec<View>,
    pub(crate) exponential: bool,
    pub(crate) filter: ExemplarFilter,
    pub(crate) cardinality_limit: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            views: Vec::new(),
            exponential: false,
            filter: ExemplarFilter::default(),
            cardinality_limit: 2_000, // the specification's
        }
    }
}

/// An instrument as its builder describes it.
pub(super) struct Described<'a> {
    pub(super) name: &'a str,
    pub(super) description: Cow<'static, str>,
    pub(super) unit: Cow<'static, str>,
    pub(super) boundaries: Option<&'a [f64]>,
    pub(super) kind: Kind,
}

struct Known {
    /// As the instrument was asked for, before any view.
    asked: Identity,
    stream: Arc<Stream>,
    instrument: Box<dyn Any + Send + Sync>,
}

impl Catalogue {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings, scopes: Mutex::default() }
    }

    /// The one instrument with this description: users ask for it as often as they like.
    pub(super) fn instrument<T: Measured>(
        &self,
        scope: &InstrumentationScope,
        described: &Described<'_>,
        make: impl FnOnce() -> SdkInstrument<T>,
    ) -> Arc<Instrument<T>> {
        let asked = described.identity(TypeId::of::<T>());
        let mut scopes = self.scopes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = scopes.entry(scope.clone()).or_default();
        let same = known.iter().find(|known| known.asked == asked);
        if let Some(instrument) = same.and_then(|known| known.instrument.downcast_ref::<Arc<Instrument<T>>>())
        {
            return Arc::clone(instrument);
        }
        let stream = Arc::new(self.stream(asked.clone(), described));
        let instrument = Arc::new(Instrument::new(make(), Arc::clone(&stream)));
        known.push(Known { asked, stream, instrument: Box::new(Arc::clone(&instrument)) });
        instrument
    }

    /// The streams of a scope.
    pub(super) fn streams(&self, scope: &InstrumentationScope) -> Vec<Arc<Stream>> {
        let scopes = self.scopes.lock().unwrap_or_else(PoisonError::into_inner);
        scopes.get(scope).into_iter().flatten().map(|known| Arc::clone(&known.stream)).collect()
    }

    /// Whether a metric's values are recorded as they come, not observed at each collection.
    pub(super) fn is_synchronous(&self, scope: &InstrumentationScope, metric: &Metric) -> bool {
        let is_this =
            |stream: &Arc<Stream>| stream.is_called(&metric.name, &metric.description, &metric.unit);
        self.streams(scope).iter().any(is_this)
    }

    /// The view that counts for an instrument.
    pub(super) fn view(&self, instrument: &str) -> Option<&View> {
        self.settings.views.iter().find(|view| view.applies_to(instrument))
    }

    /// The SDK's provider, as the settings want it.
    pub(crate) fn provider(self: &Arc<Self>, resource: Resource) -> MeterProviderBuilder {
        let catalogue = Arc::clone(self);
        SdkMeterProvider::builder()
            .with_resource(resource)
            .with_view(move |instrument| catalogue.sdk_stream(instrument))
    }

    /// What the SDK has to know of it all.
    fn sdk_stream(&self, instrument: &sdk::Instrument) -> Option<sdk::Stream> {
        let view = self.view(instrument.name());
        let mut stream = sdk::Stream::builder().with_cardinality_limit(self.settings.cardinality_limit);
        if let Some(name) = view.and_then(|view| view.name.clone()) {
            stream = stream.with_name(name);
        }
        if instrument.kind() == InstrumentKind::Histogram
            && let Some(buckets) = self.buckets(view)
        {
            stream = stream.with_aggregation(aggregation(buckets));
        }
        stream.build().ok()
    }

    fn stream(&self, asked: Identity, described: &Described<'_>) -> Stream {
        let view = self.view(described.name);
        let places = match described.kind {
            Kind::Histogram => self.places(view, described.boundaries),
            Kind::Counter | Kind::UpDownCounter | Kind::Gauge => Places::One,
        };
        let name = view.and_then(|view| view.name.as_deref()).map(str::to_ascii_lowercase);
        let identity = Identity { name: name.unwrap_or_else(|| asked.name.clone()), ..asked };
        let keep = view.map(|view| view.keep.clone()).unwrap_or_default();
        Stream::new(identity, keep, places, self.settings.filter, self.settings.cardinality_limit)
    }

    fn places(&self, view: Option<&View>, asked: Option<&[f64]>) -> Places {
        match self.buckets(view) {
            Some(ViewBuckets::Explicit(bounds)) => Places::Buckets(bounds.into()),
            Some(ViewBuckets::Exponential) => Places::Magnitudes,
            None => Places::Buckets(asked.unwrap_or(DEFAULT_BOUNDARIES).into()),
        }
    }

    /// The buckets that do not come from the instrument.
    fn buckets(&self, view: Option<&View>) -> Option<ViewBuckets> {
        let exponential = self.settings.exponential.then_some(ViewBuckets::Exponential);
        view.and_then(|view| view.buckets.clone()).or(exponential)
    }
}

impl Described<'_> {
    fn identity(&self, number: TypeId) -> Identity {
        let &Self { name, ref description, ref unit, kind, .. } = self;
        let (description, unit) = (description.clone(), unit.clone());
        Identity { name: name.to_ascii_lowercase(), description, unit, kind, number }
    }
}

fn aggregation(buckets: ViewBuckets) -> Aggregation {
    match buckets {
        ViewBuckets::Explicit(boundaries) => {
            Aggregation::ExplicitBucketHistogram { boundaries, record_min_max: true }
        }
        ViewBuckets::Exponential => {
            Aggregation::Base2ExponentialHistogram { max_size: 160, max_scale: 20, record_min_max: true }
        }
    }
}

/// The [specification's](https://opentelemetry.io/docs/specs/otel/metrics/sdk/#explicit-bucket-histogram-aggregation),
/// which the SDK keeps to itself.
const DEFAULT_BOUNDARIES: &[f64] =
    &[0.0, 5.0, 10.0, 25.0, 50.0, 75.0, 100.0, 250.0, 500.0, 750.0, 1000.0, 2500.0, 5000.0, 7500.0, 10000.0];
