//! How the resolved configuration prints: one line for each key.

use std::fmt;

/// Writes `key: value` lines.
pub(super) struct Printer<'a, 'b> {
    out: &'a mut fmt::Formatter<'b>,
    section: String,
}

impl<'a, 'b> Printer<'a, 'b> {
    pub(super) fn new(out: &'a mut fmt::Formatter<'b>) -> Self {
        Self { out, section: String::new() }
    }

    pub(super) fn line(&mut self, key: &str, value: impl fmt::Display) -> fmt::Result {
        writeln!(self.out, "{}{key}: {value}", self.section)
    }

    /// A line if there is a value, else none: the key is unset.
    pub(super) fn optional(&mut self, key: &str, value: Option<impl fmt::Display>) -> fmt::Result {
        value.map_or(Ok(()), |value| self.line(key, value))
    }

    pub(super) fn list(
        &mut self,
        key: &str,
        items: impl IntoIterator<Item = impl fmt::Display>,
    ) -> fmt::Result {
        let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
        self.line(key, format_args!("[{}]", items.join(", ")))
    }

    /// Prints what is below `key`.
    pub(super) fn section(&mut self, key: &str, print: impl FnOnce(&mut Self) -> fmt::Result) -> fmt::Result {
        let outer = self.section.clone();
        self.section = format!("{outer}{key}.");
        let result = print(self);
        self.section = outer;
        result
    }
}
