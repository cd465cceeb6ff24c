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

pub(super) fn is_key(key: &[u8]) -> bool {
    matches!(key, [b'a'..=b'z' | b'0'..=b'9', ..])
        && key.len() <= MAX_LENGTH
        && key.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' | b'*' | b'/' | b'@'))
}

pub(super) fn is_value(value: &[u8]) -> bool {
    !matches!(value, [] | [.., b' '])
        && value.len() <= MAX_LENGTH
        && value.iter().all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b',' | b'='))
}

/// Members in a list; longer lists that come in are illegal, longer ones that go out lose the oldest.
pub(super) const MAX_MEMBERS: usize = 32;
/// Bytes of a key, and of a value.
const MAX_LENGTH: usize = 256;
