//! The grammar of a list member.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use crate::propagation::line::{split_once, trim};

/// A legal member, as it is written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Member<'a> {
    pub(super) key: &'a str,
    value: &'a str,
    /// Percent signs in the value.
    escapes: usize,
    pub(super) properties: &'a [u8],
}

impl<'a> Member<'a> {
    /// Takes the first member off a list, and gives what follows its comma.
    ///
    /// Nothing if it is not written as most are, without white space and properties: then
    /// [`parse`](Self::parse) may still find it legal.
    pub(super) fn take(list: &'a str) -> Option<(Self, Option<&'a str>)> {
        let (key, rest) = split_where(list, |byte| class(byte) & TOKEN == 0)?;
        let rest = rest.strip_prefix('=').filter(|_| !key.is_empty())?;
        let mut seen = 0;
        let (value, rest) = split_where(rest, |byte| {
            seen |= class(byte);
            !is_octet(byte)
        })?;
        let tail = if rest.is_empty() { None } else { Some(rest.strip_prefix(',')?) };
        let escapes = if seen & PERCENT == 0 { 0 } else { count_escapes(value) };
        Some((Self { key, value, escapes, properties: &[] }, tail))
    }

    /// Reads a member that is written in any legal way.
    pub(super) fn parse(member: &'a [u8]) -> Option<Self> {
        let (entry, properties) = split_once(member, b';').unwrap_or((member, &[]));
        let (key, value) = split_once(entry, b'=')?;
        let (key, value) = (trim(key), trim(value));
        if !is_token(key) || !value.iter().copied().all(is_octet) {
            return None;
        }
        let (key, value) = (std::str::from_utf8(key).ok()?, std::str::from_utf8(value).ok()?);
        Some(Self { key, value, escapes: count_escapes(value), properties })
    }

    /// True if there is nothing behind the value.
    pub(super) fn is_plain(&self) -> bool {
        self.properties.is_empty()
    }

    /// The value without escapes. What they do not decode to text becomes replacement characters.
    pub(super) fn decoded(&self) -> Cow<'a, str> {
        if self.escapes == 0 {
            return Cow::Borrowed(self.value);
        }
        // Exactly as long as the result, or the API would have it copied.
        let mut decoded = Vec::with_capacity(self.value.len().saturating_sub(2 * self.escapes));
        decoded.extend(percent_decode(self.value.as_bytes()));
        let text = String::from_utf8(decoded);
        Cow::Owned(text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
    }
}

/// A value as the application sees it.
pub(super) struct Value<'a> {
    pub(super) text: &'a str,
    /// Bytes of the value once it is encoded.
    pub(super) encoded: usize,
}

impl<'a> Value<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let is_plain = |byte: u8| class(byte) & (OCTET | PERCENT) == OCTET;
        let encoded = if text.bytes().all(is_plain) {
            text.len()
        } else {
            text.len() + 2 * text.bytes().filter(|byte| !is_plain(*byte)).count()
        };
        Self { text, encoded }
    }

    /// That of a member that was read: without escapes it has nothing to encode.
    pub(super) fn of(member: &Member<'_>, decoded: &'a str) -> Self {
        if member.escapes == 0 { Self { text: decoded, encoded: decoded.len() } } else { Self::new(decoded) }
    }
}

/// A token of [RFC 7230](https://www.rfc-editor.org/rfc/rfc7230#section-3.2.6).
pub(super) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| class(*byte) & TOKEN != 0)
}

/// What a value may consist of once it is encoded.
pub(super) fn is_octet(byte: u8) -> bool {
    class(byte) & OCTET != 0
}

fn count_escapes(value: &str) -> usize {
    value.bytes().filter(|byte| *byte == b'%').count()
}

/// Parts a text before the first byte that is an end; all of it if there is none.
fn split_where(text: &str, is_end: impl FnMut(u8) -> bool) -> Option<(&str, &str)> {
    text.split_at_checked(text.bytes().position(is_end).unwrap_or(text.len()))
}

fn class(byte: u8) -> u8 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut rest: &mut [u8] = &mut classes;
    let mut byte = 0_u8;
    while let [class, tail @ ..] = rest {
        if matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b',' | b';' | b'\\') {
            *class |= OCTET;
        }
        if matches!(byte, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~')
            || byte.is_ascii_alphanumeric()
        {
            *class |= TOKEN;
        }
        if byte == b'%' {
            *class |= PERCENT;
        }
        byte = byte.wrapping_add(1);
        rest = tail;
    }
    classes
}

/// What each byte may be part of; a look-up costs a third of the comparisons.
static CLASSES: [u8; 256] = classes();
const TOKEN: u8 = 1;
const OCTET: u8 = 2;
const PERCENT: u8 = 4;

#[cfg(test)]
mod tests {
    use opentelemetry::baggage::Baggage;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tokens_are_what_the_api_takes_as_names() {
        for byte in 0..=u8::MAX {
            let mut baggage = Baggage::new();
            baggage.insert(char::from(byte).to_string(), "");
            assert_eq!(is_token(&[byte]), baggage.len() == 1, "{byte:#x}");
        }
        assert!(!is_token(b""));
    }

    #[test]
    fn members_are_taken_off_one_by_one() {
        let (first, tail) = Member::take("a=b=%20,,c=d").unwrap();
        assert_eq!((first.key, &*first.decoded(), tail), ("a", "b= ", Some(",c=d")));
        let (last, tail) = Member::take("c=").unwrap();
        assert_eq!((last.key, &*last.decoded(), tail), ("c", "", None));
        assert_eq!(Member::take("a=b,").unwrap().1, Some(""));
    }

    #[test]
    fn white_space_properties_and_what_is_illegal_are_not_taken_off() {
        for list in ["", ",a=b", " a=b", "a =b", "a= b", "a=b ", "a=b ,c=d", "a=b;c", "=b", "a", "ä=b", "a=ä"]
        {
            assert_eq!(Member::take(list), None, "{list}");
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_off_is_what_is_parsed(list in "[ab=%2;, \"ä\t]{0,12}") {
            if let Some((member, _)) = Member::take(&list) {
                let first = list.split(',').next().unwrap();
                prop_assert_eq!(Some(member), Member::parse(first.as_bytes()));
            }
        }
    }
}
