//! Fields of `tracing` spans, kept in the span's extensions for the lines inside it.

use std::cell::RefCell;

use tracing::span::{Attributes, Record};

use super::{
    Fields, Name,
    visitor::{Slot, Visitor},
};

/// What the log layer keeps of a span. Its memory goes from span to span.
#[derive(Debug)]
pub(crate) struct SpanFields(Fields);

impl SpanFields {
    /// `None` if the span has no value yet.
    pub(crate) fn of(attributes: &Attributes<'_>) -> Option<Self> {
        let mut fields = take();
        attributes.record(&mut Visitor::new(&mut fields, |name| Slot::Field(Name::plain(name))));
        if fields.is_empty() {
            give_back(fields);
            return None;
        }
        Some(Self(fields))
    }

    /// The values that were recorded later.
    pub(crate) fn recorded(values: &Record<'_>) -> Self {
        let mut fields = take();
        values.record(&mut Visitor::new(&mut fields, |name| Slot::Field(Name::plain(name))));
        Self(fields)
    }

    /// These fields with the values of `later`, which replace older ones. Everything is copied: a span that
    /// records for hours must not grow.
    pub(crate) fn updated(&self, later: &Self) -> Self {
        let mut fields = take();
        for (name, value) in self.0.iter() {
            fields.push_value(name, later.0.find(name.text).unwrap_or(value));
        }
        for (name, value) in later.0.iter().filter(|(name, _)| self.0.find(name.text).is_none()) {
            fields.push_value(name, value);
        }
        Self(fields)
    }

    pub(crate) const fn fields(&self) -> &Fields {
        &self.0
    }
}

impl Drop for SpanFields {
    fn drop(&mut self) {
        give_back(std::mem::take(&mut self.0));
    }
}

thread_local! {
    static SPARE: RefCell<Vec<Fields>> = const { RefCell::new(Vec::new()) };
}

fn take() -> Fields {
    SPARE.try_with(|spare| spare.try_borrow_mut().ok()?.pop()).ok().flatten().unwrap_or_default()
}

fn give_back(mut fields: Fields) {
    let _ending = SPARE.try_with(|spare| {
        if let Ok(mut spare) = spare.try_borrow_mut()
            && spare.len() < KEEP_SPARE
        {
            fields.clear();
            spare.push(fields);
        }
    });
}

/// Most spare buffers of a thread.
const KEEP_SPARE: usize = 16;
