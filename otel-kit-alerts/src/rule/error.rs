use std::fmt;

/// Why a rule cannot be used.
///
/// ```
/// use std::time::Duration;
/// use otel_kit_alerts::rule::{Expr, Rule};
///
/// let rule = Rule::new("Orders", Expr::rate("shop.orders", Duration::ZERO)).above(10.0);
/// let error = rule.validate().unwrap_err();
/// assert_eq!(error.to_string(), "expr.window: a window of no length has no measurements; say 5m");
/// ```
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub struct RuleError {
    /// Where it says so, such as `rules[2].expr.window`.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What helps.
    pub remedy: String,
}

impl RuleError {
    /// An error at `path`.
    #[must_use]
    pub fn new(path: impl Into<String>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), remedy: remedy.into() }
    }

    /// The same, in a rule that stands at `place`.
    #[must_use]
    pub(crate) fn below(mut self, place: &str) -> Self {
        self.path = if self.path.is_empty() { place.to_owned() } else { format!("{place}.{}", self.path) };
        self
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.path, self.message, self.remedy)
    }
}
