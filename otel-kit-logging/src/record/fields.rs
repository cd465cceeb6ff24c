//! Fields with their types, all text in one buffer: nothing is allocated once the buffers have grown.

use std::{
    borrow::Cow,
    error::Error,
    fmt::{self, Write},
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::{
    Limit, Name, error,
    limit::{Bounded, MARK, beginning},
    value::{ErrorValue, Texts, Value},
    visitor::KeptError,
};

/// Fields of an event or of a `tracing` span.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    items: Vec<Item>,
    text: String,
    /// Where the texts of lists are.
    lists: Vec<(usize, usize)>,
    limit: Limit,
    is_cut: bool,
}

#[derive(Clone, Copy, Debug)]
struct Item {
    name: Name<'static>,
    value: Kept,
}

/// A value whose text, if it is one, lies in the buffer of its [`Fields`].
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kept {
    Bool(bool),
    I64(i64),
    U64(u64),
    F64(f64),
    Text { start: usize, end: usize },
    Texts { first: usize, last: usize },
}

impl Fields {
    pub(crate) const fn new() -> Self {
        Self {
            items: Vec::new(),
            text: String::new(),
            lists: Vec::new(),
            limit: Limit::DEFAULT,
            is_cut: false,
        }
    }

    /// From now on they hold so much text; what is longer is cut.
    pub(crate) const fn limit(&mut self, limit: Limit) {
        self.limit = limit;
    }

    /// Whether a text was cut.
    pub(crate) const fn is_cut(&self) -> bool {
        self.is_cut
    }

    pub(crate) const fn mark_cut(&mut self) {
        self.is_cut = true;
    }

    pub(crate) fn push(&mut self, name: Name<'static>, value: Kept) {
        self.items.push(Item { name, value });
    }

    /// Adds a value that belongs to other fields.
    pub(crate) fn push_value(&mut self, name: Name<'static>, value: Value<'_>) {
        let kept = match value {
            Value::Bool(value) => Kept::Bool(value),
            Value::I64(value) => Kept::I64(value),
            Value::U64(value) => Kept::U64(value),
            Value::F64(value) => Kept::F64(value),
            Value::Text(value) => self.keep_str(value),
            Value::Texts(values) => self.keep_texts(values.iter(), Self::keep_str),
            Value::Context(value) => self.keep_debug(value),
        };
        self.push(name, kept);
    }

    pub(crate) fn keep_str(&mut self, value: &str) -> Kept {
        let start = self.text.len();
        let room = self.room();
        if value.len() <= room {
            self.text.push_str(value);
        } else {
            self.text.push_str(beginning(value, room));
            self.text.push_str(MARK);
            self.is_cut = true;
        }
        Kept::Text { start, end: self.text.len() }
    }

    pub(crate) fn keep_debug(&mut self, value: &dyn fmt::Debug) -> Kept {
        self.keep_formatted(|text| write!(text, "{value:?}"))
    }

    /// The error's own message.
    pub(crate) fn keep_error(&mut self, value: &(dyn Error + 'static)) -> Kept {
        self.keep_formatted(|text| write!(text, "{value}"))
    }

    /// The type of the error whose `message` is kept, as far as it is known.
    pub(crate) fn keep_type(&mut self, value: &(dyn Error + 'static), message: Kept) -> Option<Kept> {
        let start = self.text.len();
        if let Kept::Text { start: from, end } = message {
            let mut name = String::new();
            let message = self.text.get(from..end).unwrap_or_default();
            // The user's code again.
            let _ = catch_unwind(AssertUnwindSafe(|| error::push_type(&mut name, value, message)));
            self.text.push_str(&name);
        }
        (self.text.len() > start).then_some(Kept::Text { start, end: self.text.len() })
    }

    /// The messages of the errors behind this one.
    pub(crate) fn keep_sources(&mut self, value: &(dyn Error + 'static)) -> Option<Kept> {
        value.source()?;
        Some(self.keep_texts(error::sources(value), Self::keep_error))
    }

    pub(crate) fn keep_i128(&mut self, value: i128) -> Kept {
        match (i64::try_from(value), u64::try_from(value)) {
            (Ok(value), _) => Kept::I64(value),
            (_, Ok(value)) => Kept::U64(value),
            _ => self.keep_str(itoa::Buffer::new().format(value)),
        }
    }

    pub(crate) fn keep_u128(&mut self, value: u128) -> Kept {
        match u64::try_from(value) {
            Ok(value) => Kept::U64(value),
            Err(_) => self.keep_str(itoa::Buffer::new().format(value)),
        }
    }

    /// A list of texts.
    pub(crate) fn keep_list<'a>(&mut self, values: impl Iterator<Item = Cow<'a, str>>) -> Kept {
        self.keep_texts(values, |fields, text| fields.keep_str(&text))
    }

    fn keep_texts<T>(&mut self, values: impl Iterator<Item = T>, keep: fn(&mut Self, T) -> Kept) -> Kept {
        let first = self.lists.len();
        for value in values {
            if let Kept::Text { start, end } = keep(self, value) {
                self.lists.push((start, end));
            }
        }
        Kept::Texts { first, last: self.lists.len() }
    }

    /// The formatting is the user's code: neither its panic nor its error may reach the caller.
    fn keep_formatted(&mut self, format: impl FnOnce(&mut Bounded<'_>) -> fmt::Result) -> Kept {
        let (start, room) = (self.text.len(), self.room());
        let mut text = Bounded::new(&mut self.text, room);
        let formatted = catch_unwind(AssertUnwindSafe(|| format(&mut text)));
        match formatted {
            Ok(Err(_)) | Ok(Ok(())) if text.is_cut => self.is_cut |= text.finish(),
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => {
                self.text.truncate(start);
                self.text.push_str(UNPRINTABLE);
            }
        }
        Kept::Text { start, end: self.text.len() }
    }

    const fn room(&self) -> usize {
        let (left, text) = (self.limit.line().saturating_sub(self.text.len()), self.limit.text());
        if left < text { left } else { text }
    }

    pub(crate) fn value(&self, kept: Kept) -> Value<'_> {
        match kept {
            Kept::Bool(value) => Value::Bool(value),
            Kept::I64(value) => Value::I64(value),
            Kept::U64(value) => Value::U64(value),
            Kept::F64(value) => Value::F64(value),
            Kept::Text { start, end } => Value::Text(self.text.get(start..end).unwrap_or_default()),
            Kept::Texts { first, last } => Value::Texts(Texts {
                text: &self.text,
                places: self.lists.get(first..last).unwrap_or_default(),
            }),
        }
    }

    pub(crate) fn error(&self, error: KeptError) -> ErrorValue<'_> {
        ErrorValue { message: self.value(error.message), kind: error.kind.map(|kind| self.value(kind)) }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Name<'static>, Value<'_>)> {
        self.items.iter().map(|item| (item.name, self.value(item.value)))
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = Name<'static>> {
        self.items.iter().map(|item| item.name)
    }

    pub(crate) fn find(&self, name: Name<'_>) -> Option<Value<'_>> {
        self.iter().find(|(own, _)| own.is(name)).map(|(_, value)| value)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Empties the fields, and gives back memory that an unusual line needed.
    pub(crate) fn clear(&mut self) {
        self.is_cut = false;
        self.items.clear();
        self.items.shrink_to(KEEP_ITEMS);
        self.lists.clear();
        self.lists.shrink_to(KEEP_ITEMS);
        self.text.clear();
        self.text.shrink_to(KEEP_TEXT);
    }
}

/// Stands for a value whose `Debug` or `Display` panicked or failed.
const UNPRINTABLE: &str = "<unprintable>";

/// Most fields for which memory is kept between lines.
const KEEP_ITEMS: usize = 256;

/// Most bytes of text for which memory is kept between lines.
const KEEP_TEXT: usize = 16 * 1024;
