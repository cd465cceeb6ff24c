use std::fmt;

use regex::{Regex, RegexBuilder};

use super::RuleError;

/// Which values an attribute may have. One that is not there has the value `""`, and the text of a number is its
/// digits, as [in Prometheus](https://prometheus.io/docs/prometheus/latest/querying/basics/#instant-vector-selectors).
///
/// ```
/// use otel_kit_alerts::rule::Matcher;
///
/// let failed = Matcher::regex("http.response.status_code", "5..");
/// assert_eq!(failed.to_string(), r#"http.response.status_code=~"5..""#);
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct Matcher {
    /// Name of the attribute, such as `http.route`.
    pub label: String,
    /// How it is compared.
    pub op: MatchOp,
    /// A text or a regular expression.
    pub value: String,
}

/// How an attribute is compared.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`: all of the value matches the [regular expression](https://docs.rs/regex/latest/regex/#syntax).
    Regex,
    /// `!~`
    NotRegex,
}

/// A matcher that is ready for use.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub(crate) label: String,
    wanted: bool,
    with: With,
}

#[derive(Clone, Debug)]
enum With {
    Text(String),
    Regex(Regex),
}

impl Matcher {
    /// A matcher with this operator.
    #[must_use]
    pub fn new(label: impl Into<String>, op: MatchOp, value: impl Into<String>) -> Self {
        Self { label: label.into(), op, value: value.into() }
    }

    /// The value is this text.
    #[must_use]
    pub fn equal(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::new(label, MatchOp::Equal, value)
    }

    /// The value is another text than this; with `""`, there is one.
    #[must_use]
    pub fn not_equal(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::new(label, MatchOp::NotEqual, value)
    }

    /// All of the value matches this regular expression.
    #[must_use]
    pub fn regex(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::new(label, MatchOp::Regex, value)
    }

    /// Not all of the value matches this regular expression.
    #[must_use]
    pub fn not_regex(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::new(label, MatchOp::NotRegex, value)
    }

    /// Makes it ready for use.
    pub(crate) fn test(&self) -> Result<Test, RuleError> {
        if self.label.is_empty() {
            return Err(RuleError::new("label", "a matcher without a name", "name an attribute"));
        }
        let with = match self.op {
            MatchOp::Equal | MatchOp::NotEqual => With::Text(self.value.clone()),
            MatchOp::Regex | MatchOp::NotRegex => With::Regex(regex(&self.value)?),
        };
        let wanted = matches!(self.op, MatchOp::Equal | MatchOp::Regex);
        Ok(Test { label: self.label.clone(), wanted, with })
    }
}

impl MatchOp {
    /// The operator: `=`, `!=`, `=~`, `!~`.
    #[must_use]
    pub const fn operator(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Regex => "=~",
            Self::NotRegex => "!~",
        }
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{:?}", self.label, self.op.operator(), self.value)
    }
}

impl Test {
    /// True if the attribute may have this value; `""` if it is not there.
    pub(crate) fn accepts(&self, value: &str) -> bool {
        let is_it = match &self.with {
            With::Text(text) => text == value,
            With::Regex(regex) => regex.is_match(value),
        };
        is_it == self.wanted
    }
}

fn regex(pattern: &str) -> Result<Regex, RuleError> {
    let anchored = format!("^(?s:{pattern})$");
    RegexBuilder::new(&anchored).size_limit(LARGEST_REGEX).build().map_err(|error| {
        let reason = error.to_string().lines().last().unwrap_or_default().to_owned();
        RuleError::new(
            "value",
            format!("`{pattern}` is no regular expression: {reason}"),
            "see docs.rs/regex",
        )
    })
}

/// Bytes of a compiled expression.
const LARGEST_REGEX: usize = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_accept_what_the_operators_say() {
        let cases = [
            (Matcher::equal("a", "1"), [true, false, false]),
            (Matcher::not_equal("a", "1"), [false, true, true]),
            (Matcher::not_equal("a", ""), [true, true, false]),
            (Matcher::regex("a", "[0-9]"), [true, false, false]),
            (Matcher::regex("a", "1|12"), [true, true, false]),
            (Matcher::not_regex("a", "1.*"), [false, false, true]),
        ];
        for (matcher, expected) in cases {
            let test = matcher.test().unwrap();
            assert_eq!(["1", "12", ""].map(|value| test.accepts(value)), expected, "{matcher}");
        }
    }

    #[test]
    fn a_broken_expression_is_named() {
        let error = Matcher::regex("a", "(").test().unwrap_err();
        assert!(error.message.starts_with("`(` is no regular expression: "), "{error}");
        assert!(Matcher::regex("a", "\\d{1000}{1000}").test().is_err());
        assert!(Matcher::equal("", "x").test().is_err());
    }
}
