//! Values that are one of a few words.

use super::error::Problem;

/// A type whose values have names, the same in file, environment and print.
pub(super) trait Choice: Copy + PartialEq + 'static {
    /// Each value with its name.
    const NAMES: &'static [(&'static str, Self)];
}

/// The value called `text`.
pub(super) fn named<T: Choice>(text: &str) -> Result<T, Problem> {
    let known = T::NAMES.iter().find(|(name, _)| *name == text);
    known.map(|(_, value)| *value).ok_or_else(|| none_of(text, &names::<T>()))
}

/// The value called `text` in any case, as the environment may write it.
pub(super) fn named_in_any_case<T: Choice>(text: &str) -> Result<T, Problem> {
    named(&text.to_ascii_lowercase()).map_err(|_| none_of(text, &names::<T>()))
}

/// How `value` is called.
pub(super) fn name_of<T: Choice>(value: T) -> &'static str {
    T::NAMES.iter().find(|(_, known)| *known == value).map_or("", |(name, _)| name)
}

/// `text` is none of `names`.
pub(super) fn none_of(text: &str, names: &[&str]) -> Problem {
    let what = format_args!("`{text}` is not supported").to_string();
    match nearest(text, names) {
        Some(name) => Problem::new(what, format_args!("did you mean `{name}`?")),
        None => Problem::new(what, format_args!("use {}", one_of(names))),
    }
}

/// The name that `text` may be a misspelling of.
pub(super) fn nearest<'a>(text: &str, names: &[&'a str]) -> Option<&'a str> {
    let text = text.to_ascii_lowercase().replace('-', "_");
    let close = |name: &&&str| {
        strsim::damerau_levenshtein(&text, name) <= 1 + name.len() / 4 || text.starts_with(**name)
    };
    names.iter().filter(close).min_by_key(|name| strsim::damerau_levenshtein(&text, name)).copied()
}

fn names<T: Choice>() -> Vec<&'static str> {
    T::NAMES.iter().map(|(name, _)| *name).collect()
}

fn one_of(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspellings_are_recognised_and_strange_words_are_not() {
        let names = ["endpoint", "protocol", "tls", "headers"];
        assert_eq!(nearest("endpiont", &names), Some("endpoint"));
        assert_eq!(nearest("End-Point", &names), Some("endpoint"));
        assert_eq!(nearest("header", &names), Some("headers"));
        assert_eq!(nearest("tsl", &names), Some("tls"));
        assert_eq!(nearest("kafka", &names), None);
    }

    #[test]
    fn a_word_that_is_no_choice_lists_the_choices() {
        assert_eq!(
            none_of("brotli", &["none", "gzip", "zstd"]).message,
            "`brotli` is not supported; use none, gzip or zstd"
        );
        assert_eq!(
            none_of("gzpi", &["none", "gzip"]).message,
            "`gzpi` is not supported; did you mean `gzip`?"
        );
    }
}
