use std::{
    borrow::Cow,
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

/// A text that lives as long as the process, so that spans take it without a copy: for routes, methods and
/// span names, which the program itself chooses. Beyond [`LIMIT`] of them a text stays an own copy.
pub(crate) fn intern(text: &str) -> Cow<'static, str> {
    static TEXTS: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    let texts = texts.get_or_insert_default();
    if let Some(known) = texts.get(text) {
        return Cow::Borrowed(known);
    }
    if texts.len() >= LIMIT {
        return Cow::Owned(text.to_owned());
    }
    let text: &'static str = Box::leak(text.into());
    texts.insert(text);
    Cow::Borrowed(text)
}

const LIMIT: usize = 8192;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one_text() {
        let (Cow::Borrowed(first), Cow::Borrowed(second)) = (intern("GET /a"), intern("GET /a")) else {
            panic!("interned texts are borrowed");
        };
        assert!(std::ptr::eq(first, second));
    }
}
