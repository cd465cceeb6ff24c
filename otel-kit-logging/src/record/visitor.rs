use std::{error::Error, fmt};

use tracing_core::field::{Field, Visit};

use super::{Fields, Name, fields::Kept, names::Part};

/// What becomes of a field.
pub(crate) enum Slot {
    Field(Name<'static>),
    Message,
    Skip,
}

/// Collects the fields of an event or span, each asked of `slot` before its value is looked at.
pub(crate) struct Visitor<'a, F> {
    fields: &'a mut Fields,
    slot: F,
    seen: Seen,
}

/// What is not only a field.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) message: Option<Kept>,
    /// The first one.
    pub(crate) error: Option<KeptError>,
}

/// Message and type of an error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeptError {
    pub(crate) message: Kept,
    pub(crate) kind: Option<Kept>,
}

impl<'a, F: FnMut(Name<'static>) -> Slot> Visitor<'a, F> {
    pub(crate) const fn new(fields: &'a mut Fields, slot: F) -> Self {
        Self { fields, slot, seen: Seen { message: None, error: None } }
    }

    pub(crate) const fn seen(&self) -> Seen {
        self.seen
    }

    fn visit(&mut self, field: &Field, keep: impl FnOnce(&mut Fields) -> Kept) {
        self.take(name_of(field), keep);
    }

    fn take(&mut self, name: Name<'static>, keep: impl FnOnce(&mut Fields) -> Kept) -> Option<Kept> {
        match (self.slot)(name) {
            Slot::Field(name) => {
                let value = keep(self.fields);
                self.fields.push(name, value);
                Some(value)
            }
            Slot::Message => {
                self.seen.message = Some(keep(self.fields));
                self.seen.message
            }
            Slot::Skip => None,
        }
    }

    /// An error is its message, its type if that is known, and the messages of what is behind it.
    fn visit_error(&mut self, name: Name<'static>, error: &(dyn Error + 'static)) {
        let Some(message) = self.take(name.part(Part::Message), |fields| fields.keep_error(error)) else {
            return;
        };
        let kind = self.fields.keep_type(error, message);
        if let Some(kind) = kind {
            self.take(name.part(Part::Type), |_| kind);
        }
        if let Some(chain) = self.fields.keep_sources(error) {
            self.take(name.part(Part::Chain), |_| chain);
        }
        self.seen.error.get_or_insert(KeptError { message, kind });
    }
}

fn name_of(field: &Field) -> Name<'static> {
    let name = field.name();
    Name::plain(name.strip_prefix("r#").unwrap_or(name))
}

impl<F: FnMut(Name<'static>) -> Slot> Visit for Visitor<'_, F> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.visit(field, |_| Kept::F64(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.visit(field, |_| Kept::I64(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.visit(field, |_| Kept::U64(value));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.visit(field, |fields| fields.keep_i128(value));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.visit(field, |fields| fields.keep_u128(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.visit(field, |_| Kept::Bool(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.visit(field, |fields| fields.keep_str(value));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.visit_error(name_of(field), value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.visit(field, |fields| fields.keep_debug(value));
    }
}
