use http::HeaderValue;
use percent_encoding::{AsciiSet, CONTROLS, percent_encode, percent_encode_byte};

use super::member::{Value, is_octet, is_token};
use crate::propagation::line::{split_once, trim};

/// A list under construction, within the limits.
#[derive(Default)]
pub(super) struct List {
    text: String,
    members: usize,
}

impl List {
    /// With room for a list of so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes.min(MAX_LENGTH)), members: 0 }
    }

    /// Bytes that a member takes, a comma included; a guess if there are properties.
    ///
    /// With exactly the room it needs, a list becomes a header value without being copied.
    pub(super) fn length(key: &str, value: &Value<'_>, properties: &str) -> usize {
        let properties = if properties.is_empty() { 0 } else { properties.len() + 1 };
        key.len() + value.encoded + properties + 2
    }

    /// Adds a member with its properties, and gives the properties back as they are written. A member that
    /// goes over the limits is left out as a whole.
    pub(super) fn push(&mut self, key: &str, value: &Value<'_>, properties: &[u8]) -> Option<&str> {
        if self.members == MAX_MEMBERS {
            return None;
        }
        let start = self.text.len();
        if self.members > 0 {
            self.text.push(',');
        }
        self.text.push_str(key);
        self.text.push('=');
        if value.encoded == value.text.len() {
            self.text.push_str(value.text);
        } else {
            self.text.extend(percent_encode(value.text.as_bytes(), RESERVED));
        }
        let end_of_value = self.text.len();
        self.push_properties(properties);
        if self.text.len() > MAX_LENGTH {
            self.text.truncate(start);
            return None;
        }
        self.members += 1;
        let properties = self.text.get(end_of_value..)?;
        Some(properties.strip_prefix(';').unwrap_or(properties))
    }

    fn push_properties(&mut self, properties: &[u8]) {
        if properties.is_empty() {
            return;
        }
        for property in properties.split(|byte| *byte == b';') {
            let (key, value) = match split_once(property, b'=') {
                Some((key, value)) => (trim(key), Some(trim(value))),
                None => (trim(property), None),
            };
            let Some(key) = std::str::from_utf8(key).ok().filter(|key| is_token(key.as_bytes())) else {
                continue;
            };
            self.text.push(';');
            self.text.push_str(key);
            if let Some(value) = value {
                self.text.push('=');
                self.push_encoded(value);
            }
        }
    }

    /// Adds text that is percent-encoded already, and encodes what should have been.
    fn push_encoded(&mut self, mut text: &[u8]) {
        while let [byte, rest @ ..] = text {
            let escape =
                matches!(text, [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit());
            if escape || (is_octet(*byte) && *byte != b'%') {
                self.text.push(char::from(*byte));
            } else {
                self.text.push_str(percent_encode_byte(*byte));
            }
            text = rest;
        }
    }

    pub(super) fn into_value(self) -> Option<HeaderValue> {
        if self.members == 0 { None } else { HeaderValue::try_from(self.text).ok() }
    }
}

/// A value as it is written.
pub(super) fn encoded(value: &str) -> String {
    percent_encode(value.as_bytes(), RESERVED).to_string()
}

/// What is encoded in a value, besides all that is not ASCII.
const RESERVED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%').add(b',').add(b';').add(b'\\');
/// Members in a list, duplicates included.
const MAX_MEMBERS: usize = 64;
/// Bytes of a list, with all separators.
const MAX_LENGTH: usize = 8192;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reserved_octet_is_encoded_and_no_other() {
        for byte in 0..=u8::MAX {
            let encoded = percent_encode(&[byte], RESERVED).to_string();
            assert_eq!(encoded.len() == 1, is_octet(byte) && byte != b'%', "{byte:#x}");
        }
    }

    #[test]
    fn properties_that_are_encoded_stay_so_and_others_are_encoded() {
        let mut list = List::default();
        assert_eq!(
            list.push("k", &Value::new("v"), b" a = %2C50%, ; b ;;=x; c d ; e==\xff"),
            Some("a=%2C50%25%2C;b;e==%FF")
        );
    }
}
