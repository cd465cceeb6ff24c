//! How much text a record may hold.

use std::fmt;

/// Bytes of text of a line, and of one text in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Limit(usize);

impl Limit {
    /// At least [`Limit::LEAST`].
    pub(crate) const fn new(line: usize) -> Self {
        Self(if line < Self::LEAST { Self::LEAST } else { line })
    }

    /// Of a whole line, its line break included.
    pub(crate) const fn line(self) -> usize {
        self.0
    }

    /// Of one text: none takes the place of all others.
    pub(crate) const fn text(self) -> usize {
        self.0 / 2
    }

    /// Of a target, which nobody expects to be long.
    pub(crate) const fn target(self) -> usize {
        self.0 / 8
    }

    /// Everything that identifies a line fits into so many bytes.
    pub(crate) const LEAST: usize = 1024;

    pub(crate) const DEFAULT: Self = Self(256 * 1024);
}

impl Default for Limit {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// A text that takes so many bytes and no more; what formats into it is stopped then.
pub(super) struct Bounded<'a> {
    text: &'a mut String,
    room: usize,
    pub(super) is_cut: bool,
}

impl<'a> Bounded<'a> {
    pub(super) const fn new(text: &'a mut String, room: usize) -> Self {
        Self { text, room, is_cut: false }
    }

    /// Marks the text if it was cut.
    pub(super) fn finish(self) -> bool {
        if self.is_cut {
            self.text.push_str(MARK);
        }
        self.is_cut
    }
}

impl fmt::Write for Bounded<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.len() <= self.room {
            self.room -= text.len();
            self.text.push_str(text);
            return Ok(());
        }
        self.text.push_str(beginning(text, self.room));
        (self.room, self.is_cut) = (0, true);
        Err(fmt::Error)
    }
}

/// At most `len` bytes from the beginning, no character cut in two.
pub(super) fn beginning(text: &str, len: usize) -> &str {
    (len.saturating_sub(3)..=len).rev().find_map(|end| text.get(..end)).unwrap_or(text)
}

/// Stands where a text was cut.
pub(crate) const MARK: &str = "…";

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    #[test]
    fn no_character_is_cut_in_two() {
        for (len, expected) in [(0, ""), (1, "a"), (2, "a"), (4, "a"), (5, "a🦀"), (6, "a🦀b"), (99, "a🦀b")]
        {
            assert_eq!(beginning("a🦀b", len), expected);
        }
    }

    #[test]
    fn what_comes_after_the_end_is_refused() {
        let mut text = String::new();
        let mut bounded = Bounded::new(&mut text, 4);
        assert!(bounded.write_str("abc").is_ok() && bounded.write_str("def").is_err());
        assert!(bounded.write_str("g").is_err() && bounded.finish());
        assert_eq!(text, "abcd…");
    }
}
