//! What can be known of an error behind `dyn Error`.

use std::{error::Error, fmt::Write, io, iter};

use super::limit::Bounded;

/// The errors behind `error`, the nearest first.
pub(super) fn sources<'a>(
    error: &'a (dyn Error + 'static),
) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    // A chain that comes back to itself has no end.
    iter::successors(error.source(), |error| (**error).source()).take(MOST_SOURCES)
}

/// Writes what the type of `error` calls itself: the name that a derived `Debug` begins with, of the struct
/// or of the variant. Writes nothing if the name says nothing, or if there is none.
pub(super) fn push_type(out: &mut String, error: &(dyn Error + 'static), message: &str) {
    if error.is::<io::Error>() {
        return out.push_str("std::io::Error");
    }
    let mut head = Head { text: String::new() };
    // It is stopped as soon as the head is full.
    let _ = write!(Bounded::new(&mut head.text, HEAD), "{error:?}");
    if head.text != message
        && let Some(name) = head.name()
    {
        out.push_str(name);
    }
}

/// The beginning of a text.
struct Head {
    text: String,
}

impl Head {
    /// A path of identifiers, with nothing, fields in parentheses or fields in braces after it.
    fn name(&self) -> Option<&str> {
        let end = self.text.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | ':'));
        let (name, rest) = self.text.split_at_checked(end.unwrap_or(self.text.len()))?;
        let is_derived = rest.is_empty() || rest.starts_with('(') || rest.starts_with(" {");
        let is_path = name.split("::").all(|part| part.starts_with(|c: char| c.is_alphabetic() || c == '_'))
            && !name.replace("::", "").contains(':');
        (is_derived && is_path && !GENERAL.contains(&name)).then_some(name)
    }
}

/// What many types call themselves.
const GENERAL: &[&str] = &["Error", "Custom", "Some", "None"];
const HEAD: usize = 128;
const MOST_SOURCES: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    fn name(debug: &str) -> Option<String> {
        Head { text: debug.to_owned() }.name().map(str::to_owned)
    }

    #[test]
    fn the_name_that_a_derived_debug_begins_with_is_the_type() {
        for (debug, expected) in [
            ("ParseIntError { kind: InvalidDigit }", Some("ParseIntError")),
            ("reqwest::Error { kind: Request }", Some("reqwest::Error")),
            ("RowNotFound", Some("RowNotFound")),
            ("Database(PgError)", Some("Database")),
            ("Error(\"EOF\", line: 1)", None),
            ("connection refused", None),
            ("\"quoted\"", None),
            ("a: b", None),
            ("::", None),
            ("7 { }", None),
            ("", None),
        ] {
            assert_eq!(name(debug).as_deref(), expected, "{debug}");
        }
    }

    #[test]
    fn an_error_that_is_only_a_text_has_no_type() {
        let mut name = String::new();
        push_type(&mut name, &*Box::<dyn Error>::from("Refused"), "Refused");
        assert_eq!(name, "");
        push_type(&mut name, &"x".parse::<i32>().unwrap_err(), "invalid digit found in string");
        assert_eq!(name, "ParseIntError");
    }
}
