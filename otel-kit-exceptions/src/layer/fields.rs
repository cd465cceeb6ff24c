use std::{
    error::Error,
    fmt::{self, Debug, Write},
};

use otel_kit_core::semconv::attribute::EXCEPTION_MESSAGE;
use tracing_core::field::{Field, Visit};

use crate::chain::Text;

/// Names of fields in which a text is an error.
pub(super) const ERROR_FIELDS: [&str; 3] = ["error", "err", EXCEPTION_MESSAGE];

/// Hands the first error of an event over: it does not live longer than that.
pub(super) struct FirstError<F> {
    then: Option<F>,
}

impl<F: FnOnce(&(dyn Error + 'static))> FirstError<F> {
    pub(super) const fn new(then: F) -> Self {
        Self { then: Some(then) }
    }

    pub(super) const fn is_found(&self) -> bool {
        self.then.is_none()
    }
}

impl<F: FnOnce(&(dyn Error + 'static))> Visit for FirstError<F> {
    fn record_error(&mut self, _: &Field, error: &(dyn Error + 'static)) {
        if let Some(then) = self.then.take() {
            then(error);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// The text of the first field that holds an error as text.
#[derive(Default)]
pub(super) struct ErrorText {
    pub(super) text: Option<Text<4096>>,
}

impl Visit for ErrorText {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field, &value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.take(field, &format_args!("{value:?}"));
    }
}

impl ErrorText {
    fn take(&mut self, field: &Field, value: &dyn fmt::Display) {
        if self.text.is_none() && ERROR_FIELDS.contains(&field.name()) {
            self.text = Some(Text::of(value));
        }
    }
}

/// An event as a line: its message and then its fields.
pub(super) struct LineText<const N: usize> {
    /// The beginning of the line until the message is in, and then all of it.
    pub(super) line: Text<N>,
    fields: Text<N>,
}

impl<const N: usize> LineText<N> {
    pub(super) const fn new(line: Text<N>) -> Self {
        Self { line, fields: Text::new() }
    }

    pub(super) fn finish(mut self) -> Text<N> {
        let _cut = self.line.write_str(self.fields.as_str());
        self.line
    }
}

impl<const N: usize> Visit for LineText<N> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }

    fn record_error(&mut self, field: &Field, error: &(dyn Error + 'static)) {
        self.record_debug(field, &format_args!("{error}"));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _cut = match field.name() {
            "message" => write!(self.line, " {value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}
