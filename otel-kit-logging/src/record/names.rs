//! Each name once in a record, and no name that a line uses itself.

use std::borrow::Cow;

use crate::keys::Keys;

/// What a field of a reserved name is prefixed with.
pub(crate) const PREFIX: &str = "fields.";

/// Name of a field as it is written: `text`, or `fields.text` if that name is reserved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name<'a> {
    pub(crate) text: &'a str,
    pub(crate) prefixed: bool,
}

impl<'a> Name<'a> {
    pub(crate) const fn plain(text: &'a str) -> Self {
        Self { text, prefixed: false }
    }

    /// As one string.
    pub(crate) fn full(self) -> Cow<'a, str> {
        if self.prefixed { Cow::Owned([PREFIX, self.text].concat()) } else { Cow::Borrowed(self.text) }
    }

    pub(super) fn is(self, other: Name<'_>) -> bool {
        match (self.prefixed, other.prefixed) {
            (true, false) => other.text.strip_prefix(PREFIX) == Some(self.text),
            (false, true) => self.text.strip_prefix(PREFIX) == Some(other.text),
            _ => self.text == other.text,
        }
    }

    fn bit(self) -> u64 {
        let bytes = self.text.as_bytes();
        let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return 1 };
        let (first, len) =
            if self.prefixed { (b'f', bytes.len() + PREFIX.len()) } else { (*first, bytes.len()) };
        1 << ((usize::from(first) ^ usize::from(*last).wrapping_mul(5) ^ len.wrapping_mul(11)) & 63)
    }
}

/// The names that every line uses.
#[derive(Clone, Debug)]
pub(crate) struct Reserved {
    names: [Cow<'static, str>; 7],
    mask: u64,
}

impl Reserved {
    pub(crate) fn new(keys: &Keys) -> Self {
        let names = keys.names().clone();
        let mask = names.iter().fold(0, |mask, name| mask | Name::plain(name).bit());
        Self { names, mask }
    }

    /// How a field of this name is written.
    pub(crate) fn name<'a>(&self, text: &'a str) -> Name<'a> {
        Name { text, prefixed: self.has(text) }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|reserved| reserved == name)
    }
}

/// The names that a record has so far. A bit for each name's shape answers most questions without a
/// comparison.
#[derive(Debug, Default)]
pub(crate) struct Names {
    mask: u64,
    taken: Vec<Name<'static>>,
}

impl Names {
    pub(crate) fn clear(&mut self) {
        self.mask = 0;
        self.taken.clear();
    }

    /// Takes `name`; `None` if the record has it already.
    pub(crate) fn admit(&mut self, reserved: &Reserved, name: &'static str) -> Option<Name<'static>> {
        let name = self.free(reserved, name)?;
        self.mask |= name.bit();
        self.taken.push(name);
        Some(name)
    }

    /// How a field `name` would be written; `None` if the record has it already.
    pub(crate) fn free<'a>(&self, reserved: &Reserved, name: &'a str) -> Option<Name<'a>> {
        let plain = Name::plain(name);
        if (self.mask | reserved.mask) & plain.bit() == 0 {
            return Some(plain);
        }
        let name = reserved.name(name);
        (!self.taken.iter().any(|taken| taken.is(name))).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reserved_name_is_prefixed_and_still_unique() {
        let reserved = Reserved::new(&Keys::default());
        let mut names = Names::default();
        assert_eq!(names.admit(&reserved, "level").unwrap().full(), "fields.level");
        assert!(names.admit(&reserved, "level").is_none());
        assert!(names.admit(&reserved, "fields.level").is_none());
        assert_eq!(names.admit(&reserved, "fields.target").unwrap().full(), "fields.target");
        assert!(names.free(&reserved, "target").is_none());
    }

    proptest! {
        #[test]
        fn exactly_the_first_of_each_name_is_admitted(given in prop::collection::vec("[a-c]{0,2}|level", 0..40)) {
            let reserved = Reserved::new(&Keys::default());
            let mut names = Names::default();
            let mut seen = std::collections::HashSet::new();
            for name in given {
                let first = seen.insert(name.clone());
                prop_assert_eq!(names.admit(&reserved, name.leak()).is_some(), first);
            }
        }
    }
}
