use http::HeaderValue;

/// A list under construction, of as many members as are allowed.
#[derive(Default)]
pub(super) struct List {
    text: Vec<u8>,
    members: usize,
}

impl List {
    pub(super) fn push(&mut self, member: &[&[u8]]) {
        if self.members == MAX_MEMBERS {
            return;
        }
        if self.members > 0 {
            self.text.push(b',');
        }
        self.members += 1;
        for part in member {
            self.text.extend_from_slice(part);
        }
    }

    pub(super) fn into_value(self) -> Option<HeaderValue> {
        if self.members == 0 { None } else { HeaderValue::try_from(self.text).ok() }
    }
}

/// The key that a text begins with, and what follows it.
pub(super) fn key(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (key, rest) = split_after(text, KEY)?;
    let is_legal = matches!(key, [b'a'..=b'z' | b'0'..=b'9', ..]) && key.len() <= MAX_LENGTH;
    is_legal.then_some((key, rest))
}

/// The value that a text begins with, and what follows it: spaces at its end do not belong to it.
pub(super) fn value(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut value, _) = split_after(text, VALUE)?;
    while let [rest @ .., b' '] = value {
        value = rest;
    }
    let (value, rest) = text.split_at_checked(value.len())?;
    (!value.is_empty() && value.len() <= MAX_LENGTH).then_some((value, rest))
}

pub(super) fn is_key(text: &[u8]) -> bool {
    key(text).is_some_and(|(_, rest)| rest.is_empty())
}

pub(super) fn is_value(text: &[u8]) -> bool {
    value(text).is_some_and(|(_, rest)| rest.is_empty())
}

/// Splits a text after the bytes of a class that it begins with.
fn split_after(text: &[u8], class: u8) -> Option<(&[u8], &[u8])> {
    let is_other = |byte: &u8| CLASSES.get(usize::from(*byte)).is_none_or(|classes| classes & class == 0);
    text.split_at_checked(text.iter().position(is_other).unwrap_or(text.len()))
}

/// The classes of each byte: to look one up is less than to compare with all ends of its ranges.
#[expect(clippy::indexing_slicing, reason = "at compile time")]
static CLASSES: [u8; 256] = {
    let (mut classes, mut byte) = ([0; 256], 0_u8);
    while byte < u8::MAX {
        classes[byte as usize] = class_of(byte);
        byte += 1;
    }
    classes
};

const fn class_of(byte: u8) -> u8 {
    let is_in_key = matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@');
    let is_in_value = matches!(byte, b' '..=b'~') && !matches!(byte, b',' | b'=');
    (if is_in_key { KEY } else { 0 }) | (if is_in_value { VALUE } else { 0 })
}

const KEY: u8 = 1;
const VALUE: u8 = 2;

/// Members in a list; longer lists that come in are illegal, longer ones that go out lose the oldest.
pub(super) const MAX_MEMBERS: usize = 32;
/// Bytes of a key, and of a value.
const MAX_LENGTH: usize = 256;
