//! Values that end where the line has to.

use super::json::{push_field, push_value};
use crate::record::{MARK, Name, Value};

/// What a line may hold up to some byte of it.
pub(super) struct Bounded<'a> {
    pub(super) line: &'a mut Vec<u8>,
    pub(super) is_cut: bool,
}

impl Bounded<'_> {
    /// Writes a value, cut if the line would be longer than `end`.
    pub(super) fn value(&mut self, value: Value<'_>, end: usize) {
        let start = self.line.len();
        push_value(self.line, value);
        if self.line.len() > end {
            self.line.truncate(start);
            self.is_cut = true;
            let text = if let Value::Text(text) = value { text } else { "" };
            self.push_cut(text, end);
        }
    }

    /// Writes a field; a text is cut and anything else left out if the line would be longer than `end`.
    pub(super) fn field(&mut self, name: Name<'_>, value: Value<'_>, end: usize) {
        let start = self.line.len();
        push_field(self.line, name, value);
        if self.line.len() <= end {
            return;
        }
        self.line.truncate(start);
        self.is_cut = true;
        if let Value::Text(text) = value {
            push_field(self.line, name, Value::Text(""));
            // The quotes of the empty text make room for those of the cut one.
            self.line.truncate(self.line.len() - 2);
            if self.line.len() + LEAST_TEXT <= end {
                self.push_cut(text, end);
            } else {
                self.line.truncate(start);
            }
        }
    }

    /// As much of `text` as fits, and the mark.
    fn push_cut(&mut self, text: &str, end: usize) {
        self.line.push(b'"');
        let end = end.saturating_sub(MARK.len() + 1);
        let mut buffer = [0; 4];
        for character in text.chars() {
            let start = self.line.len();
            super::text::push_json(self.line, character.encode_utf8(&mut buffer));
            if self.line.len() > end {
                self.line.truncate(start);
                break;
            }
        }
        self.line.extend_from_slice(MARK.as_bytes());
        self.line.push(b'"');
    }
}

/// Below this a cut text is not worth its name.
const LEAST_TEXT: usize = 16;
