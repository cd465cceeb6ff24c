use std::sync::Arc;

use opentelemetry::KeyValue;

use super::instrument::Entry;

/// The attribute sets that a thread has used last, of all instruments of one number type: found without a
/// lock, and without a write that other threads would have to see.
pub(super) struct Recent<T>(Vec<Option<Arc<Entry<T>>>>);

impl<T> Recent<T> {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn find(&self, hash: u64, instrument: u64, attributes: &[KeyValue]) -> Option<&Entry<T>> {
        let entry = self.0.get(place(hash))?.as_deref()?;
        entry.is(instrument, attributes).then_some(entry)
    }

    pub(super) fn put(&mut self, hash: u64, entry: Arc<Entry<T>>) {
        if self.0.is_empty() {
            self.0.resize(PLACES, None);
        }
        if let Some(place) = self.0.get_mut(place(hash)) {
            *place = Some(entry);
        }
    }
}

fn place(hash: u64) -> usize {
    usize::try_from(hash & MASK).unwrap_or(0)
}

/// 2 KiB a thread.
const PLACES: usize = 256;
const MASK: u64 = 255;
