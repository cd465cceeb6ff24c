use std::{error::Error, fmt};

use tracing_core::field::{Field, Visit};

use super::{Fields, Name, fields::Kept};

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
    message: Option<Kept>,
}

impl<'a, F: FnMut(&'static str) -> Slot> Visitor<'a, F> {
    pub(crate) const fn new(fields: &'a mut Fields, slot: F) -> Self {
        Self { fields, slot, message: None }
    }

    /// The message that was seen.
    pub(crate) const fn message(&self) -> Option<Kept> {
        self.message
    }

    fn visit(&mut self, field: &Field, keep: impl FnOnce(&mut Fields) -> Kept) {
        let name = field.name();
        match (self.slot)(name.strip_prefix("r#").unwrap_or(name)) {
            Slot::Field(name) => {
                let value = keep(self.fields);
                self.fields.push(name, value);
            }
            Slot::Message => self.message = Some(keep(self.fields)),
            Slot::Skip => {}
        }
    }
}

impl<F: FnMut(&'static str) -> Slot> Visit for Visitor<'_, F> {
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
        self.visit(field, |fields| fields.keep_error(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.visit(field, |fields| fields.keep_debug(value));
    }
}
