//! Environment variables, read by the
//! [general rules](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#parsing-empty-value)
//! of the specification: an empty one is unset, a bad one is a warning and ignored.

use std::{collections::BTreeMap, time::Duration};

use percent_encoding::percent_decode_str;

use super::{
    choice,
    error::{Problem, Warning},
};

/// Reads variables and remembers which one stands behind which key.
pub(super) struct Env<'a> {
    read: &'a dyn Fn(&str) -> Option<String>,
    /// Variable by key.
    pub(super) names: BTreeMap<String, &'static str>,
    pub(super) warnings: Vec<Warning>,
}

impl<'a> Env<'a> {
    pub(super) fn new(read: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { read, names: BTreeMap::new(), warnings: Vec::new() }
    }

    /// The value of `variable` for `key`; `None` if it is unset or bad.
    pub(super) fn value<T>(
        &mut self,
        key: &str,
        variable: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Option<T> {
        let text = self.text(variable)?;
        match parse(&text) {
            Ok(value) => {
                self.stands_for(key, variable);
                Some(value)
            }
            Err(problem) => {
                self.warnings.push(Warning::ignored(variable, &problem));
                None
            }
        }
    }

    /// As [`Env::value`]; what is not `true` is false, with a warning if it is not `false` either.
    pub(super) fn boolean(&mut self, key: &str, variable: &'static str) -> Option<bool> {
        let text = self.text(variable)?;
        self.stands_for(key, variable);
        let is_true = text.eq_ignore_ascii_case("true");
        if !is_true && !text.eq_ignore_ascii_case("false") {
            let message = format!("read as false, `{text}` is not a boolean; use true or false");
            self.warnings.push(Warning::new(variable, message));
        }
        Some(is_true)
    }

    /// What is set and not empty.
    pub(super) fn text(&self, variable: &str) -> Option<String> {
        let text = (self.read)(variable)?;
        let trimmed = text.trim();
        (!trimmed.is_empty()).then(|| trimmed.to_owned())
    }

    pub(super) fn stands_for(&mut self, key: &str, variable: &'static str) {
        self.names.insert(key.to_owned(), variable);
    }

    pub(super) fn warn(&mut self, variable: &'static str, problem: &Problem) {
        self.warnings.push(Warning::ignored(variable, problem));
    }
}

pub(super) fn text(text: &str) -> Result<String, Problem> {
    Ok(text.to_owned())
}

/// A whole number.
pub(super) fn number(text: &str) -> Result<u32, Problem> {
    let refuse = |_| Problem::new(format_args!("`{text}` is not a whole number"), "use one such as 512");
    text.parse().map_err(refuse)
}

/// A whole number of milliseconds.
pub(super) fn millis(text: &str) -> Result<Duration, Problem> {
    let refuse = |_| {
        Problem::new(format_args!("`{text}` is not a whole number of milliseconds"), "use one such as 5000")
    };
    text.parse().map(Duration::from_millis).map_err(refuse)
}

/// One of a few words, in any case.
pub(super) fn choice<T: choice::Choice>(text: &str) -> Result<T, Problem> {
    choice::named_in_any_case(text)
}

/// Words between commas; empty ones do not count.
pub(super) fn list(text: &str) -> Result<Vec<String>, Problem> {
    Ok(text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect())
}

/// `name=value,name=value`, percent-encoded; messages do not show values, which may be secret.
pub(super) fn pairs(text: &str) -> Result<Vec<(String, String)>, Problem> {
    let members = text.split(',').map(str::trim).enumerate().filter(|(_, member)| !member.is_empty());
    members.map(|(index, member)| pair(member).ok_or_else(|| not_a_pair(index))).collect()
}

fn pair(member: &str) -> Option<(String, String)> {
    let (name, value) = member.split_once('=')?;
    let name = decoded(name.trim())?;
    (!name.is_empty()).then_some((name, decoded(value.trim())?))
}

fn decoded(text: &str) -> Option<String> {
    let mut escapes = text.split('%').skip(1);
    let is_escape = |after: &str| after.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    escapes.all(is_escape).then(|| percent_decode_str(text).decode_utf8().ok())?.map(Into::into)
}

fn not_a_pair(index: usize) -> Problem {
    let what = format_args!("part {} is not a pair", index + 1).to_string();
    Problem::new(what, "write name=value,name=value with percent-encoded values")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env_of<'a>(text: &'a str) -> impl Fn(&str) -> Option<String> + 'a {
        move |name| (name == "OTEL_X").then(|| text.to_owned())
    }

    #[test]
    fn empty_variables_are_unset() {
        let read = env_of("  ");
        let mut env = Env::new(&read);
        assert_eq!(env.value("x", "OTEL_X", number), None);
        assert_eq!(env.boolean("x", "OTEL_X"), None);
        assert_eq!((env.warnings.len(), env.names.len()), (0, 0));
    }

    #[test]
    fn only_true_is_true_and_strange_words_are_false_with_a_warning() {
        for (text, value, warnings) in
            [("TRUE", true, 0), ("true", true, 0), ("False", false, 0), ("1", false, 1), ("yes", false, 1)]
        {
            let read = env_of(text);
            let mut env = Env::new(&read);
            assert_eq!((env.boolean("x", "OTEL_X"), env.warnings.len()), (Some(value), warnings), "{text}");
        }
    }

    #[test]
    fn bad_values_are_one_warning_and_ignored() {
        let read = env_of("ten");
        let mut env = Env::new(&read);
        assert_eq!(env.value("x", "OTEL_X", number), None);
        let warnings: Vec<String> = env.warnings.iter().map(ToString::to_string).collect();
        assert_eq!(warnings, ["OTEL_X: ignored, `ten` is not a whole number; use one such as 512"]);
    }

    #[test]
    fn pairs_are_percent_encoded() {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let rows: [(&str, &[(&str, &str)]); 4] = [
            ("a=b", &[("a", "b")]),
            (" a = b , c=d=e,", &[("a", "b"), ("c", "d=e")]),
            ("authorization=Basic%20eA%3D%3D", &[("authorization", "Basic eA==")]),
            ("a=", &[("a", "")]),
        ];
        for (text, expected) in rows {
            assert_eq!(pairs(text).unwrap(), expected.iter().map(own).collect::<Vec<_>>(), "{text}");
        }
        for text in ["a", "=b", "a=b,c", "a=%ff", "a=%zz", "a=50%"] {
            let message = pairs(text).unwrap_err().message;
            assert!(message.contains("is not a pair"), "{message}");
        }
    }
}
