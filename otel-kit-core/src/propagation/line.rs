//! Header lines as bytes, whatever carrier they came from.

use http::HeaderValue;

/// One line of a header that may come in several.
pub(super) trait Line: Copy {
    fn bytes(&self) -> &[u8];

    /// The line as a header value; nothing if it cannot be one.
    fn to_value(self) -> Option<HeaderValue>;
}

impl Line for &HeaderValue {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }

    fn to_value(self) -> Option<HeaderValue> {
        Some(self.clone())
    }
}

impl Line for &str {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }

    fn to_value(self) -> Option<HeaderValue> {
        HeaderValue::from_str(self).ok()
    }
}

/// The members of a comma-separated list, without the optional white space around them; empty ones too.
pub(super) fn members(list: &[u8]) -> impl Iterator<Item = &[u8]> {
    list.split(|byte| *byte == b',').map(trim)
}

/// Takes off optional white space, which is spaces and tabs only.
pub(super) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// Parts a text at the first occurrence of a separator.
pub(super) fn split_once(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|byte| *byte == separator)?;
    let (head, rest) = text.split_at_checked(at)?;
    rest.split_first().map(|(_, tail)| (head, tail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_spaces_and_tabs_are_optional_white_space() {
        assert_eq!(trim(b"\t  a b\t "), b"a b");
        assert_eq!(trim(b" \t "), b"");
        assert_eq!(trim(b"\x0ba\x0c"), b"\x0ba\x0c");
    }

    #[test]
    fn text_is_parted_at_the_first_separator() {
        assert_eq!(split_once(b"a=b=c", b'='), Some((&b"a"[..], &b"b=c"[..])));
        assert_eq!(split_once(b"=", b'='), Some((&b""[..], &b""[..])));
        assert_eq!(split_once(b"a", b'='), None);
    }
}
