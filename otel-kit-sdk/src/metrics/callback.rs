use std::{
    cell::Cell,
    ops::AddAssign,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use opentelemetry::{
    KeyValue,
    metrics::{AsyncInstrument, Callback},
};

use otel_kit_core::diag::{TARGET, Throttle};

use super::view::Keep;

/// A callback that can harm nobody: a panic would poison the SDK's reader for ever, and an instrument made
/// in it would wait for ever for the collection that it is part of.
pub(super) fn harmless<T: Copy + AddAssign + Send + 'static>(
    callback: Callback<T>,
    name: &str,
    view: Option<Projection>,
) -> Callback<T> {
    let (name, panicked) = (name.to_owned(), Throttle::new(SILENCE));
    Box::new(move |observer| {
        let _inside = Inside::enter();
        let called = catch_unwind(AssertUnwindSafe(|| match &view {
            None => callback(observer),
            Some(view) => view.observe(&callback, observer),
        }));
        if called.is_err() && panicked.pass().is_some() {
            tracing::warn!(target: TARGET, instrument = name, "the callback of an instrument panicked");
        }
    })
}

/// True while a callback runs on this thread.
pub(super) fn is_inside() -> bool {
    INSIDE.get()
}

thread_local!(static INSIDE: Cell<bool> = const { Cell::new(false) });

struct Inside(bool);

impl Inside {
    fn enter() -> Self {
        Self(INSIDE.replace(true))
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(self.0);
    }
}

/// Leaves attributes out of what a callback observes. Observations that then have the same attributes are
/// added up, those of gauges replace each other.
pub(super) struct Projection {
    pub(super) keep: Keep,
    pub(super) adds_up: bool,
}

impl Projection {
    fn observe<T: Copy + AddAssign + Send>(&self, callback: &Callback<T>, observer: &dyn AsyncInstrument<T>) {
        let gathered = Gathered { projection: self, observed: Mutex::default() };
        callback(&gathered);
        for (attributes, value) in gathered.observed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            observer.observe(value, &attributes);
        }
    }
}

struct Gathered<'a, T> {
    projection: &'a Projection,
    observed: Mutex<Vec<(Vec<KeyValue>, T)>>,
}

impl<T: Copy + AddAssign + Send> AsyncInstrument<T> for Gathered<'_, T> {
    fn observe(&self, value: T, attributes: &[KeyValue]) {
        let (kept, _) = self.projection.keep.split(attributes);
        let mut observed = self.observed.lock().unwrap_or_else(PoisonError::into_inner);
        match observed.iter_mut().find(|(attributes, _)| *attributes == kept) {
            Some((_, sum)) if self.projection.adds_up => *sum += value,
            Some((_, last)) => *last = value,
            None => observed.push((kept, value)),
        }
    }
}

/// A callback that panics mostly does so each time.
const SILENCE: Duration = Duration::from_secs(3_600);
