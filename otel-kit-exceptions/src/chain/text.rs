use std::fmt::{self, Display, Write};

/// A text of at most `N` bytes that needs no memory of its own; what is longer is cut.
#[derive(Clone, Copy)]
pub(crate) struct Text<const N: usize> {
    bytes: [u8; N],
    len: usize,
}

impl<const N: usize> Text<N> {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; N], len: 0 }
    }

    /// What the value says; it is stopped once there is no room left.
    pub(crate) fn of(value: &(impl Display + ?Sized)) -> Self {
        let mut text = Self::new();
        let _cut = write!(text, "{value}");
        text
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The text, without a character that was cut in two.
    pub(crate) fn as_str(&self) -> &str {
        match str::from_utf8(self.as_bytes()) {
            Ok(text) => text,
            Err(error) => {
                let whole = self.as_bytes().get(..error.valid_up_to()).unwrap_or_default();
                str::from_utf8(whole).unwrap_or_default()
            }
        }
    }
}

impl<const N: usize> Write for Text<N> {
    #[inline]
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let taken = text.len().min(N.saturating_sub(self.len));
        let end = self.len.saturating_add(taken);
        if let (Some(room), Some(part)) = (self.bytes.get_mut(self.len..end), text.as_bytes().get(..taken)) {
            room.copy_from_slice(part);
            self.len = end;
        }
        if taken == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_cut_between_two_characters() {
        assert_eq!(Text::<4>::of("abc").as_str(), "abc");
        assert_eq!(Text::<4>::of("abcdef").as_str(), "abcd");
        let cut = Text::<4>::of("abc\u{e4}");
        assert_eq!((cut.as_str(), cut.as_bytes().len()), ("abc", 4));
    }

    #[test]
    fn a_text_is_the_same_however_it_is_pieced_together() {
        let whole = Text::<64>::of("order 42 is gone");
        let pieced = Text::<64>::of(&format_args!("order {} is {}", 42, "gone"));
        assert_eq!(whole.as_bytes(), pieced.as_bytes());
    }
}
