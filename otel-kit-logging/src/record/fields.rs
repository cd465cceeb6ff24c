//! Fields with their types, all text in one buffer: nothing is allocated once the buffers have grown.

use std::{
    error::Error,
    fmt::{self, Write},
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::{Name, value::Value};

/// Fields of an event or of a `tracing` span.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    items: Vec<Item>,
    text: String,
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
}

impl Fields {
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
            Value::Context(value) => self.keep_debug(value),
        };
        self.push(name, kept);
    }

    pub(crate) fn keep_str(&mut self, value: &str) -> Kept {
        let start = self.text.len();
        self.text.push_str(value);
        Kept::Text { start, end: self.text.len() }
    }

    pub(crate) fn keep_debug(&mut self, value: &dyn fmt::Debug) -> Kept {
        self.keep_formatted(|text| write!(text, "{value:?}"))
    }

    pub(crate) fn keep_error(&mut self, value: &(dyn Error + 'static)) -> Kept {
        self.keep_formatted(|text| write!(text, "{value}"))
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

    /// The formatting is the user's code: neither its panic nor its error may reach the caller.
    fn keep_formatted(&mut self, format: impl FnOnce(&mut String) -> fmt::Result) -> Kept {
        let start = self.text.len();
        let text = &mut self.text;
        if !matches!(catch_unwind(AssertUnwindSafe(|| format(text))), Ok(Ok(()))) {
            self.text.truncate(start);
            self.text.push_str(UNPRINTABLE);
        }
        Kept::Text { start, end: self.text.len() }
    }

    pub(crate) fn value(&self, kept: Kept) -> Value<'_> {
        match kept {
            Kept::Bool(value) => Value::Bool(value),
            Kept::I64(value) => Value::I64(value),
            Kept::U64(value) => Value::U64(value),
            Kept::F64(value) => Value::F64(value),
            Kept::Text { start, end } => Value::Text(self.text.get(start..end).unwrap_or_default()),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Name<'static>, Value<'_>)> {
        self.items.iter().map(|item| (item.name, self.value(item.value)))
    }

    pub(crate) fn find(&self, name: &str) -> Option<Value<'_>> {
        self.iter().find(|(own, _)| own.text == name).map(|(_, value)| value)
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Empties the fields, and gives back memory that an unusual line needed.
    pub(crate) fn clear(&mut self) {
        self.items.clear();
        self.items.shrink_to(KEEP_ITEMS);
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
