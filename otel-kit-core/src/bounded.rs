//! What adapters keep between operations, so that none of it grows without bound: a table, texts, and the lists
//! of attributes that spans need.
//!
//! ```
//! use otel_kit_core::bounded::{Slots, intern};
//!
//! let lengths: Slots<(&str, usize)> = Slots::new(8);
//! let find = |text| lengths.find_or_add(0, 8, |known| known.0 == text, || (text, text.len()));
//! assert_eq!(find("orders"), Some(&("orders", 6)));
//!
//! assert_eq!(intern("send orders"), "send orders");
//! ```

use std::{
    borrow::Cow,
    collections::HashSet,
    sync::{Mutex, OnceLock, PoisonError},
};

mod lists;

pub use self::lists::{attributes, give_back_attributes};

/// A bounded table that only grows: read without a lock, filled by whoever comes first.
#[derive(Debug)]
pub struct Slots<T> {
    slots: Box<[OnceLock<T>]>,
}

impl<T> Slots<T> {
    /// A table with room for `count` items.
    #[must_use]
    pub fn new(count: usize) -> Self {
        Self { slots: (0..count).map(|_| OnceLock::new()).collect() }
    }

    /// The item that is meant, made if it is not there yet; it is looked for in the `reach` slots from
    /// `start` on. `None` if others have taken them all.
    #[inline]
    pub fn find_or_add(
        &self,
        start: usize,
        reach: usize,
        is_meant: impl Fn(&T) -> bool,
        make: impl Fn() -> T,
    ) -> Option<&T> {
        let near = self.slots.iter().skip(start).take(reach);
        near.map(|slot| slot.get_or_init(&make)).find(|item| is_meant(item))
    }
}

/// A text that lives as long as the process, so that spans take it without a copy: for routes, topics and span
/// names, which the program itself chooses. Beyond 8,192 of them, or 1,024 bytes, a text stays an own copy.
#[must_use]
pub fn intern(text: &str) -> Cow<'static, str> {
    if text.len() > LONGEST_TEXT {
        return Cow::Owned(text.to_owned());
    }
    static TEXTS: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let texts = texts.get_or_insert_default();
    if let Some(known) = texts.get(text) {
        return Cow::Borrowed(known);
    }
    if texts.len() >= TEXTS_KEPT {
        return Cow::Owned(text.to_owned());
    }
    let text: &'static str = Box::leak(text.into());
    texts.insert(text);
    Cow::Borrowed(text)
}

const TEXTS_KEPT: usize = 8192;
const LONGEST_TEXT: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_made_once_and_none_beyond_the_reach() {
        let slots = Slots::new(4);
        let find = |wanted: u8| slots.find_or_add(1, 2, |item| *item == wanted, || wanted);
        assert_eq!(
            [find(1), find(2), find(1), find(3), find(2)],
            [Some(&1), Some(&2), Some(&1), None, Some(&2)]
        );
        assert_eq!(slots.find_or_add(0, 3, |item| *item == 2, || 9), Some(&2));
        assert_eq!(slots.find_or_add(0, 3, |item| *item == 9, || 8), Some(&9));
    }

    #[test]
    fn equal_texts_are_one_text() {
        let (Cow::Borrowed(first), Cow::Borrowed(second)) = (intern("GET /a"), intern("GET /a")) else {
            panic!("interned texts are borrowed");
        };
        assert!(std::ptr::eq(first, second));
    }

    #[test]
    fn a_long_text_is_not_kept_for_ever() {
        assert!(matches!(intern(&"a".repeat(1025)), Cow::Owned(_)));
    }
}
