use std::{
    any::TypeId,
    borrow::Cow,
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use opentelemetry::{Context, KeyValue, trace::TraceContextExt};
use rustc_hash::FxBuildHasher;

use otel_kit_core::{diag::TARGET, instrument::Occasion, metrics::Exemplar, semconv::attribute};

use super::{
    exemplar::ExemplarFilter,
    number::Measured,
    slots::{Places, Slots},
    view::Keep,
};

/// What comes out of an instrument: a metric, with the exemplars of its data points.
pub(super) struct Stream {
    identity: Identity,
    keep: Keep,
    places: Places,
    filter: ExemplarFilter,
    limit: usize,
    points: Mutex<Points>,
    overflow: Arc<Slots>,
    has_overflown: AtomicBool,
}

/// Slots by the attributes of the data point.
type Points = HashMap<Vec<KeyValue>, Arc<Slots>, FxBuildHasher>;

/// What tells the metrics of one scope apart, as the SDK does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Identity {
    /// In lower case: names are compared so.
    pub(super) name: String,
    pub(super) description: Cow<'static, str>,
    pub(super) unit: Cow<'static, str>,
    pub(super) kind: Kind,
    pub(super) number: TypeId,
}

/// The kinds of data points.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Counter,
    UpDownCounter,
    Gauge,
    Histogram,
}

impl Stream {
    pub(super) fn new(
        identity: Identity,
        keep: Keep,
        places: Places,
        filter: ExemplarFilter,
        limit: usize,
    ) -> Self {
        let (points, overflow) = (Mutex::default(), Arc::default());
        Self {
            identity,
            keep,
            places,
            filter,
            limit,
            points,
            overflow,
            has_overflown: AtomicBool::new(false),
        }
    }

    pub(super) fn is(&self, identity: &Identity) -> bool {
        self.identity == *identity
    }

    pub(super) fn is_called(&self, name: &str, description: &str, unit: &str) -> bool {
        let Identity { name: own, description: about, unit: measure, .. } = &self.identity;
        own.eq_ignore_ascii_case(name) && about == description && measure == unit
    }

    /// False for up-down counters: adapters bind them for what goes up in one place and down in another, many
    /// times an operation, and no backend shows exemplars of them.
    pub(super) fn has_bound_exemplars(&self) -> bool {
        self.filter != ExemplarFilter::AlwaysOff && self.identity.kind != Kind::UpDownCounter
    }

    /// Most attribute sets that are told apart.
    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    pub(super) fn split(&self, attributes: &[KeyValue]) -> (Vec<KeyValue>, Option<Arc<[KeyValue]>>) {
        self.keep.split(attributes)
    }

    /// The slots of the data point with these attributes, or of the one for all that is beyond the limit.
    pub(super) fn slots(&self, attributes: &[KeyValue]) -> Arc<Slots> {
        let mut points = self.points();
        if let Some(slots) = points.get(attributes) {
            return Arc::clone(slots);
        }
        // As the SDK counts: the empty set is always there.
        let counted = points.len().saturating_sub(usize::from(points.contains_key(NO_ATTRIBUTES)));
        if counted >= self.limit && !attributes.is_empty() {
            return Arc::clone(&self.overflow);
        }
        Arc::clone(points.entry(attributes.to_vec()).or_default())
    }

    pub(super) fn is_overflow(&self, slots: &Arc<Slots>) -> bool {
        Arc::ptr_eq(slots, &self.overflow)
    }

    /// The exemplars of all data points, for as long as no new point is needed.
    pub(super) fn exemplars(&self) -> Exemplars<'_> {
        Exemplars { points: self.points(), stream: self }
    }

    fn points(&self) -> MutexGuard<'_, Points> {
        self.points.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says once that measurements can no longer be told apart.
    fn warn_of_overflow(&self) {
        if self.has_overflown.swap(true, Ordering::Relaxed) {
            return;
        }
        tracing::warn!(
            target: TARGET,
            instrument = self.identity.name,
            limit = self.limit,
            "an instrument has more attribute sets than the limit; all others go into one point with \
             otel.metric.overflow: leave an attribute out, by a view for example, or raise the limit"
        );
    }

    /// Makes a measurement an exemplar if the filter admits it.
    #[inline]
    pub(super) fn offer<T: Measured>(&self, slots: &Slots, value: T, filtered: Option<&Arc<[KeyValue]>>) {
        if self.filter == ExemplarFilter::AlwaysOff {
            return;
        }
        let keep = |occasion: &Occasion| slots.keep(&self.places, value.number(), occasion, filtered);
        match Occasion::told() {
            Some(occasion) if self.filter.admits(occasion.is_sampled) => keep(&occasion),
            Some(_) => {}
            None => Context::map_current(|context| {
                if self.filter.admits(context.span().span_context().is_sampled()) {
                    keep(&Occasion::of(context, None));
                }
            }),
        }
    }
}

/// The exemplars of a metric's data points.
pub(super) struct Exemplars<'a> {
    points: MutexGuard<'a, Points>,
    stream: &'a Stream,
}

impl Exemplars<'_> {
    /// Those of the point with these attributes, sorted by key.
    pub(super) fn of(&self, attributes: &[KeyValue]) -> Vec<Exemplar> {
        if let Some(slots) = self.points.get(attributes) {
            return slots.exemplars();
        }
        if !is_overflow(attributes) {
            return Vec::new();
        }
        self.stream.warn_of_overflow();
        self.stream.overflow.exemplars()
    }
}

/// The attributes of [the point](https://opentelemetry.io/docs/specs/otel/metrics/sdk/#overflow-attribute) for
/// all that is beyond the limit.
fn is_overflow(attributes: &[KeyValue]) -> bool {
    matches!(attributes, [one] if one.key.as_str() == attribute::OTEL_METRIC_OVERFLOW)
}

const NO_ATTRIBUTES: &[KeyValue] = &[];
