//! Each name once in a record, and no name that a line uses itself.

use std::borrow::Cow;

use super::SpanFields;

/// What a field of a reserved name is prefixed with.
pub(crate) const PREFIX: &str = "fields.";

/// Name of a field as it is written: `text` and the part of its value that this is, all with `fields.`
/// before it if that name is reserved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name<'a> {
    pub(crate) text: &'a str,
    pub(crate) part: Part,
    pub(crate) prefixed: bool,
}

/// An error is more than one field.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Part {
    Whole,
    /// Of an error; named like the whole, except where parts are objects.
    Message,
    Type,
    Chain,
}

impl Part {
    pub(crate) const fn suffix(self) -> &'static str {
        match self {
            Self::Whole | Self::Message => "",
            Self::Type => ".type",
            Self::Chain => ".chain",
        }
    }
}

impl<'a> Name<'a> {
    pub(crate) const fn plain(text: &'a str) -> Self {
        Self { text, part: Part::Whole, prefixed: false }
    }

    /// This part of the value whose name this is.
    pub(super) const fn part(self, part: Part) -> Self {
        Self { part, ..self }
    }

    /// As one string.
    pub(crate) fn full(self) -> Cow<'a, str> {
        if self.is_plain() { Cow::Borrowed(self.text) } else { Cow::Owned(self.pieces().concat()) }
    }

    pub(crate) fn is(self, other: Name<'_>) -> bool {
        if self.is_plain() && other.is_plain() {
            return self.text == other.text;
        }
        self.pieces().into_iter().flat_map(str::bytes).eq(other.pieces().into_iter().flat_map(str::bytes))
    }

    const fn is_plain(self) -> bool {
        !self.prefixed && matches!(self.part, Part::Whole | Part::Message)
    }

    const fn pieces(self) -> [&'a str; 3] {
        [if self.prefixed { PREFIX } else { "" }, self.text, self.part.suffix()]
    }

    /// One bit: names of different shapes are different.
    pub(super) fn shape(self) -> u64 {
        if self.is_plain() {
            let bytes = self.text.as_bytes();
            let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return 1 };
            return shape(*first, *last, bytes.len());
        }
        let [prefix, text, suffix] = self.pieces().map(str::as_bytes);
        let first = prefix.first().or(text.first()).or(suffix.first());
        let (Some(first), Some(last)) = (first, suffix.last().or(text.last()).or(prefix.last())) else {
            return 1;
        };
        shape(*first, *last, prefix.len() + text.len() + suffix.len())
    }
}

fn shape(first: u8, last: u8, len: usize) -> u64 {
    1 << ((usize::from(first) ^ usize::from(last).wrapping_mul(5) ^ len.wrapping_mul(11)) & 63)
}

/// The names that every line uses.
#[derive(Clone, Debug)]
pub(crate) struct Reserved {
    names: Vec<Cow<'static, str>>,
    mask: u64,
}

impl Reserved {
    pub(crate) fn new(names: impl IntoIterator<Item = Cow<'static, str>>) -> Self {
        let names: Vec<_> = names.into_iter().collect();
        let mask = names.iter().fold(0, |mask, name| mask | Name::plain(name).shape());
        Self { names, mask }
    }

    /// How a field of this name is written.
    pub(crate) fn name<'a>(&self, name: Name<'a>) -> Name<'a> {
        Name { prefixed: self.has(name), ..name }
    }

    pub(super) fn has(&self, name: Name<'_>) -> bool {
        self.names.iter().any(|reserved| Name::plain(reserved).is(name))
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
    #[inline]
    pub(crate) fn admit(&mut self, reserved: &Reserved, name: Name<'static>) -> Option<Name<'static>> {
        let shape = name.shape();
        if (self.mask | reserved.mask) & shape != 0 {
            return self.admit_compared(reserved, name);
        }
        self.mask |= shape;
        self.taken.push(name);
        Some(name)
    }

    #[cold]
    fn admit_compared(&mut self, reserved: &Reserved, name: Name<'static>) -> Option<Name<'static>> {
        let name = self.free(reserved, name)?;
        self.mask |= name.shape();
        self.taken.push(name);
        Some(name)
    }

    /// Takes all names of a span as they are; false if one of them is there already or reserved.
    pub(super) fn admit_span(&mut self, reserved: &Reserved, span: &SpanFields) -> bool {
        let Some(shapes) = span.shapes() else { return false };
        let names = || span.fields().names();
        let is_free = |name| self.free(reserved, name).is_some_and(|name: Name<'_>| !name.prefixed);
        if (self.mask | reserved.mask) & shapes != 0 && !names().all(is_free) {
            return false;
        }
        self.mask |= shapes;
        self.taken.extend(names());
        true
    }

    /// How a field `name` would be written; `None` if the record has it already.
    pub(crate) fn free<'a>(&self, reserved: &Reserved, name: Name<'a>) -> Option<Name<'a>> {
        if (self.mask | reserved.mask) & name.shape() == 0 {
            return Some(name);
        }
        let name = reserved.name(name);
        (!self.taken.iter().any(|taken| taken.is(name))).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::keys::Keys;

    #[test]
    fn a_reserved_name_is_prefixed_and_still_unique() {
        let reserved = Reserved::new(Keys::default().names().clone());
        let mut names = Names::default();
        assert_eq!(names.admit(&reserved, Name::plain("level")).unwrap().full(), "fields.level");
        assert!(names.admit(&reserved, Name::plain("level")).is_none());
        assert!(names.admit(&reserved, Name::plain("fields.level")).is_none());
        assert_eq!(names.admit(&reserved, Name::plain("fields.target")).unwrap().full(), "fields.target");
        assert!(names.free(&reserved, Name::plain("target")).is_none());
    }

    #[test]
    fn the_parts_of_a_value_have_names_that_are_unique_too() {
        let reserved = Reserved::new(Keys::renamed([("level", "error.type")]).unwrap().names().clone());
        let mut names = Names::default();
        let error = Name::plain("error");
        assert_eq!(names.admit(&reserved, error.part(Part::Chain)).unwrap().full(), "error.chain");
        assert!(names.admit(&reserved, Name::plain("error.chain")).is_none());
        assert_eq!(names.admit(&reserved, Name::plain("error.type")).unwrap().full(), "fields.error.type");
        assert!(names.admit(&reserved, error.part(Part::Type)).is_none());
        assert!(names.admit(&reserved, error).is_some());
    }

    proptest! {
        #[test]
        fn exactly_the_first_of_each_name_is_admitted(given in prop::collection::vec("[a-c]{0,2}|level", 0..40)) {
            let reserved = Reserved::new(Keys::default().names().clone());
            let mut names = Names::default();
            let mut seen = std::collections::HashSet::new();
            for name in given {
                let first = seen.insert(name.clone());
                prop_assert_eq!(names.admit(&reserved, Name::plain(name.leak())).is_some(), first);
            }
        }
    }
}
