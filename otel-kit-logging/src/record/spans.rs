//! Fields of `tracing` spans, kept in the span's extensions for the lines inside it.

use std::cell::RefCell;

use tracing::span::{Attributes, Record};

use super::{
    Fields, Limit, Name,
    names::Part,
    visitor::{Slot, Visitor},
};

/// What the log layer keeps of a span. Its memory goes from span to span.
#[derive(Debug)]
pub(crate) struct SpanFields(Fields);

impl SpanFields {
    /// `None` if the span has no value yet.
    pub(crate) fn of(attributes: &Attributes<'_>, limit: Limit) -> Option<Self> {
        let mut fields = take(limit);
        attributes.record(&mut Visitor::new(&mut fields, Slot::Field));
        if fields.is_empty() {
            give_back(fields);
            return None;
        }
        Some(Self(fields))
    }

    /// The values that were recorded later.
    pub(crate) fn recorded(values: &Record<'_>, limit: Limit) -> Self {
        let mut fields = take(limit);
        values.record(&mut Visitor::new(&mut fields, Slot::Field));
        Self(fields)
    }

    /// These fields with the values of `later`, which replace older ones. Everything is copied: a span that
    /// records for hours must not grow.
    pub(crate) fn updated(&self, later: &Self, limit: Limit) -> Self {
        let mut fields = take(limit);
        for (name, value) in self.0.iter() {
            match later.0.find(name) {
                Some(value) => fields.push_value(name, value),
                None if later.replaces(name) => {}
                None => fields.push_value(name, value),
            }
        }
        for (name, value) in later.0.iter().filter(|(name, _)| self.0.find(*name).is_none()) {
            fields.push_value(name, value);
        }
        if self.0.is_cut() || later.0.is_cut() {
            fields.mark_cut();
        }
        Self(fields)
    }

    /// Whether what `name` is a part of has another value here.
    fn replaces(&self, name: Name<'static>) -> bool {
        matches!(name.part, Part::Type | Part::Chain) && self.0.find(Name::plain(name.text)).is_some()
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

fn take(limit: Limit) -> Fields {
    let spare = SPARE.try_with(|spare| spare.try_borrow_mut().ok()?.pop());
    let mut fields = spare.ok().flatten().unwrap_or_default();
    fields.limit(limit);
    fields
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
