use std::{error::Error, fmt};

/// Why a rule cannot hold.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RuleError {
    path: String,
    problem: String,
}

impl RuleError {
    pub(super) fn new(path: String, problem: impl Into<String>) -> Self {
        Self { path, problem: problem.into() }
    }

    /// The setting, as below `exceptions` in the configuration: `rules[2].message`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> &str {
        &self.problem
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "exceptions.{}: {}", self.path, self.problem)
    }
}

impl Error for RuleError {}
