//! Lines of an exposition.

use crate::{Format, escape};

/// Writes the lines of one family.
#[derive(Debug)]
pub(crate) struct Lines<'a> {
    out: &'a mut String,
    family: &'a str,
    format: Format,
}

impl<'a> Lines<'a> {
    pub(crate) const fn new(out: &'a mut String, family: &'a str, format: Format) -> Self {
        Self { out, family, format }
    }

    /// Only OpenMetrics has them.
    pub(crate) fn has_exemplars(&self) -> bool {
        self.format == Format::OpenMetrics
    }

    /// What stands before the samples. In plain text a family has the name of its samples, in OpenMetrics it has
    /// one without `suffix`.
    pub(crate) fn head(&mut self, suffix: &str, kind: &str, help: &str, unit: Option<&str>) {
        let suffix = if self.format == Format::Text { suffix } else { "" };
        if !help.is_empty() {
            self.start(&["# HELP ", self.family, suffix, " "]);
            escape::help(self.out, help, self.format);
            self.out.push('\n');
        }
        self.start(&["# TYPE ", self.family, suffix, " ", kind, "\n"]);
        if let Some(unit) = unit.filter(|_| self.format == Format::OpenMetrics) {
            self.start(&["# UNIT ", self.family, " ", unit, "\n"]);
        }
    }

    /// A line with the value that `write` writes, and what comes after it.
    pub(crate) fn sample(&mut self, suffix: &str, labels: &str, write: impl FnOnce(&mut String)) {
        self.start(&[self.family, suffix]);
        if !labels.is_empty() {
            self.start(&["{", labels, "}"]);
        }
        self.end(write);
    }

    /// As [`sample`](Self::sample), with one label more.
    pub(crate) fn bounded_sample(
        &mut self,
        suffix: &str,
        labels: &str,
        bound: &str,
        write: impl FnOnce(&mut String),
    ) {
        let separator = if labels.is_empty() { "" } else { "," };
        self.start(&[self.family, suffix, "{", labels, separator, bound, "}"]);
        self.end(write);
    }

    fn start(&mut self, parts: &[&str]) {
        for part in parts {
            self.out.push_str(part);
        }
    }

    fn end(&mut self, write: impl FnOnce(&mut String)) {
        self.out.push(' ');
        write(self.out);
        self.out.push('\n');
    }
}
