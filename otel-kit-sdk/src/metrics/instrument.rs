use std::{
    collections::HashMap,
    hash::{Hash, Hasher},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use opentelemetry::{
    KeyValue,
    metrics::{
        BoundCounter, BoundGauge, BoundHistogram, BoundSyncInstrument, BoundUpDownCounter, Counter, Gauge,
        Histogram, SyncInstrument, UpDownCounter,
    },
};
use rustc_hash::{FxBuildHasher, FxHasher};

use super::{number::Measured, slots::Slots, stream::Stream};

/// A synchronous instrument: the SDK's, with exemplars.
///
/// Each attribute set is resolved once to the SDK's bound instrument and the exemplars' slots, which lie in
/// one entry. That costs half of what the SDK's own look-up costs, exemplars included.
pub(super) struct Instrument<T> {
    id: u64,
    sdk: SdkInstrument<T>,
    stream: Arc<Stream>,
    entries: Mutex<Entries<T>>,
    beyond: OnceLock<BoxedBound<T>>,
}

pub(super) type SdkInstrument<T> = Arc<dyn SyncInstrument<T> + Send + Sync>;

type BoxedBound<T> = Box<dyn BoundSyncInstrument<T> + Send + Sync>;

/// By the attributes as they are given: in another order they are another entry, of the same data point.
type Entries<T> = HashMap<Box<[KeyValue]>, Arc<Entry<T>>, FxBuildHasher>;

/// One attribute set of an instrument.
pub(super) struct Entry<T> {
    instrument: u64,
    attributes: Box<[KeyValue]>,
    bound: BoxedBound<T>,
    slots: Arc<Slots>,
    filtered: Option<Arc<[KeyValue]>>,
}

impl<T: Measured> Instrument<T> {
    pub(super) fn new(sdk: SdkInstrument<T>, stream: Arc<Stream>) -> Self {
        static IDS: AtomicU64 = AtomicU64::new(0);
        Self {
            id: IDS.fetch_add(1, Ordering::Relaxed),
            sdk,
            stream,
            entries: Mutex::default(),
            beyond: OnceLock::new(),
        }
    }

    /// The entry of an attribute set, unless there are too many already.
    fn entry(&self, attributes: &[KeyValue]) -> Option<Arc<Entry<T>>> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.get(attributes) {
            return Some(Arc::clone(entry));
        }
        if entries.len() >= self.stream.limit() {
            return None;
        }
        let entry = Arc::new(self.resolve(attributes));
        entries.insert(attributes.into(), Arc::clone(&entry));
        Some(entry)
    }

    fn resolve(&self, attributes: &[KeyValue]) -> Entry<T> {
        let (kept, filtered) = self.stream.split(attributes);
        Entry {
            instrument: self.id,
            attributes: attributes.into(),
            bound: self.sdk.bind(&kept),
            slots: self.stream.slots(&kept),
            filtered,
        }
    }

    #[cold]
    fn measure_first(&self, hash: u64, value: T, attributes: &[KeyValue]) {
        let Some(entry) = self.entry(attributes) else { return self.measure_beyond(value, attributes) };
        entry.measure(&self.stream, value);
        // Where the thread is ending there is nothing left to put it into.
        let _ = T::recent().try_with(|recent| {
            if let Ok(mut recent) = recent.try_borrow_mut() {
                recent.put(hash, entry);
            }
        });
    }

    /// Measures with attributes for which there is no entry any more.
    fn measure_beyond(&self, value: T, attributes: &[KeyValue]) {
        let (kept, filtered) = self.stream.split(attributes);
        let slots = self.stream.slots(&kept);
        if self.stream.is_overflow(&slots) {
            // The SDK has as many points as the stream, or more, so it binds to its point for the overflow.
            self.beyond.get_or_init(|| self.sdk.bind(&kept)).measure(value);
        } else {
            self.sdk.measure(value, &kept);
        }
        self.stream.offer(&slots, value, filtered.as_ref());
    }
}

impl<T: Measured> SyncInstrument<T> for Instrument<T> {
    fn measure(&self, value: T, attributes: &[KeyValue]) {
        let mut hasher = FxHasher::default();
        self.id.hash(&mut hasher);
        attributes.hash(&mut hasher);
        let hash = hasher.finish();
        let measured = T::recent().try_with(|recent| {
            let Ok(recent) = recent.try_borrow() else { return false };
            let entry = recent.find(hash, self.id, attributes);
            entry.map(|entry| entry.measure(&self.stream, value)).is_some()
        });
        if !measured.unwrap_or(false) {
            self.measure_first(hash, value, attributes);
        }
    }

    fn bind(&self, attributes: &[KeyValue]) -> BoxedBound<T> {
        if !self.stream.has_bound_exemplars() {
            return self.sdk.bind(&self.stream.split(attributes).0);
        }
        Box::new(Bound { entry: self.resolve(attributes), stream: Arc::clone(&self.stream) })
    }
}

impl<T> Entry<T> {
    pub(super) fn is(&self, instrument: u64, attributes: &[KeyValue]) -> bool {
        self.instrument == instrument && *self.attributes == *attributes
    }
}

impl<T: Measured> Entry<T> {
    fn measure(&self, stream: &Stream, value: T) {
        self.bound.measure(value);
        stream.offer(&self.slots, value, self.filtered.as_ref());
    }
}

/// With an entry of its own: one step less to it, at each measurement.
struct Bound<T> {
    entry: Entry<T>,
    stream: Arc<Stream>,
}

impl<T: Measured> BoundSyncInstrument<T> for Bound<T> {
    fn measure(&self, value: T) {
        self.entry.measure(&self.stream, value);
    }
}

/// The SDK's instruments, which the API hides behind a type for each kind, under one trait again.
pub(super) struct Sdk<I>(pub(super) I);

macro_rules! sdk {
    ($instrument:ident, $bound:ident, $measure:ident) => {
        impl<T: Measured> SyncInstrument<T> for Sdk<$instrument<T>> {
            fn measure(&self, value: T, attributes: &[KeyValue]) {
                self.0.$measure(value, attributes);
            }

            fn bind(&self, attributes: &[KeyValue]) -> BoxedBound<T> {
                Box::new(Sdk(self.0.bind(attributes)))
            }
        }

        impl<T: Measured> BoundSyncInstrument<T> for Sdk<$bound<T>> {
            fn measure(&self, value: T) {
                self.0.$measure(value);
            }
        }
    };
}

sdk!(Counter, BoundCounter, add);
sdk!(UpDownCounter, BoundUpDownCounter, add);
sdk!(Gauge, BoundGauge, record);
sdk!(Histogram, BoundHistogram, record);
