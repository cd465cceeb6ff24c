use std::{error::Error, fmt};

use tracing::{
    Metadata, Value,
    field::{Field, FieldSet, Visit},
    span::Record,
};

use super::{
    fields::{KIND, NAME, formatted},
    tracer::{LATE_KIND, LATE_NAME},
};

/// Hands on each value by itself, with the type that it has in log records. Name and kind are handed on in
/// two ways: as what they are, for a span that has not started, and under the names of [`BridgeSpan`].
///
/// [`BridgeSpan`]: super::tracer::BridgeSpan
pub(super) struct OneByOne<F> {
    metadata: &'static Metadata<'static>,
    record: F,
}

impl<F: FnMut(&Record<'_>)> OneByOne<F> {
    pub(super) const fn new(metadata: &'static Metadata<'static>, record: F) -> Self {
        Self { metadata, record }
    }

    fn hand_on(&mut self, field: &Field, value: &dyn Value) {
        let one = [(field, Some(value))];
        let values = self.metadata.fields().value_set(&one);
        (self.record)(&Record::new(&values));
    }

    fn text(&mut self, field: &Field, value: &str) {
        self.hand_on(field, &value);
        let late = match field.name() {
            NAME => LATE_NAME,
            KIND => LATE_KIND,
            _ => return,
        };
        let fields = FieldSet::new(&[LATE_NAME, LATE_KIND], self.metadata.callsite());
        if let Some(field) = fields.field(late) {
            let one = [(&field, Some(&value as &dyn Value))];
            (self.record)(&Record::new(&fields.value_set(&one)));
        }
    }

    fn integer<T: Copy + fmt::Display + TryInto<i64>>(&mut self, field: &Field, value: T) {
        match value.try_into() {
            Ok(value) => self.hand_on(field, &value),
            Err(_) => self.hand_on(field, &value.to_string()),
        }
    }
}

impl<F: FnMut(&Record<'_>)> Visit for OneByOne<F> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.hand_on(field, &value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.hand_on(field, &value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.integer(field, value);
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.integer(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.integer(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.hand_on(field, &value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.hand_on(field, &value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, &formatted(format_args!("{value:?}")));
    }
}
