//! One event as one record, from which every output is made.

mod error;
mod event;
mod fields;
mod limit;
mod log_event;
mod names;
mod notice;
mod place;
mod scratch;
mod spans;
mod value;
mod visitor;

use std::time::SystemTime;

use opentelemetry::{Key, Value as ContextValue};
use tracing_core::Level;

pub(crate) use self::{
    event::with_record,
    fields::Fields,
    limit::{Limit, MARK},
    log_event::with_log_event,
    names::{Name, Names, PREFIX, Part, Reserved},
    notice::notice,
    place::Place,
    spans::SpanFields,
    value::{ErrorValue, Texts, Value},
};

/// What outputs get to see. Names are unique, and none of them is reserved.
pub(crate) struct Record<'a> {
    pub(crate) time: SystemTime,
    pub(crate) level: Level,
    pub(crate) target: Target<'a>,
    /// The event's name, if it was given one; it is the first of the fields too.
    pub(crate) name: Option<&'static str>,
    pub(crate) message: Option<Value<'a>>,
    /// Whether a text was longer than it may be.
    pub(crate) is_cut: bool,
    /// The event's own first error; it is among the fields too.
    pub(crate) error: Option<ErrorValue<'a>>,
    pub(crate) place: &'a Place,
    /// False while the thread ends: the OpenTelemetry context cannot be asked any more.
    pub(crate) has_context: bool,
    /// The event's own.
    fields: &'a Fields,
    /// Of the innermost spans: they are written as they are.
    spans: &'a [SpanFields],
    /// Of the spans from the first one on of which a name had to be changed or left out.
    further: &'a Fields,
    names: &'a Names,
    reserved: &'a Reserved,
}

/// A part of a record.
pub(crate) enum Shown<'a> {
    Field(Name<'a>, Value<'a>),
    /// All fields of a span, under their own names.
    Span(&'a SpanFields),
}

/// Targets of `tracing` events live for ever, those of `log` records do not.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'a> {
    Static(&'static str),
    Borrowed(&'a str),
}

impl<'a> Target<'a> {
    pub(crate) const fn as_str(self) -> &'a str {
        match self {
            Self::Static(target) => target,
            Self::Borrowed(target) => target,
        }
    }
}

impl<'a> Record<'a> {
    /// Shows all fields.
    pub(crate) fn each_field(&self, mut show: impl FnMut(Name<'_>, Value<'_>)) {
        self.own_fields().for_each(|(name, value)| show(name, value));
        self.context_fields().for_each(|(name, value)| show(name, value));
    }

    /// The event's own fields, then the spans' from the innermost outwards.
    pub(crate) fn own_fields(&self) -> impl Iterator<Item = (Name<'static>, Value<'a>)> {
        let spans = self.spans.iter().flat_map(|span| span.fields().iter());
        self.fields.iter().chain(spans).chain(self.further.iter())
    }

    /// The same as [`each_field`](Self::each_field), with spans shown as a whole where that is possible.
    pub(crate) fn each_part(&self, mut show: impl FnMut(Shown<'_>)) {
        self.fields.iter().for_each(|(name, value)| show(Shown::Field(name, value)));
        self.spans.iter().for_each(|span| show(Shown::Span(span)));
        self.further.iter().for_each(|(name, value)| show(Shown::Field(name, value)));
        self.context_fields().for_each(|(name, value)| show(Shown::Field(name, value)));
    }

    /// The log context's fields.
    pub(crate) fn context_fields(&self) -> impl Iterator<Item = (Name<'a>, Value<'a>)> {
        self.place.context.iter().filter_map(|entry| self.context_field(entry))
    }

    /// Whether a further field may be written under `name`.
    pub(crate) fn is_free(&self, name: &str) -> bool {
        let name = Name::plain(name);
        let mut context = self.place.context.iter();
        self.names.free(self.reserved, name).is_some()
            && !context.any(|(key, _)| self.reserved.name(Name::plain(key.as_str())).is(name))
    }

    fn context_field(&self, (key, value): &'a (Key, ContextValue)) -> Option<(Name<'a>, Value<'a>)> {
        let key = key.as_str();
        // The context's keys are unique, but not after a reserved one got its prefix.
        let bare = key.strip_prefix(PREFIX).filter(|bare| self.reserved.has(Name::plain(bare)));
        if bare.is_some_and(|bare| self.place.context.iter().any(|(other, _)| other.as_str() == bare)) {
            return None;
        }
        Some((self.names.free(self.reserved, Name::plain(key))?, Value::Context(value)))
    }
}
