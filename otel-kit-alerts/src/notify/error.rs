use crate::rule::RuleError;

/// Why the notifier cannot start.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{path}: {message}; {remedy}")]
#[non_exhaustive]
pub struct SettingsError {
    /// Where it says so, such as `channels.ops.webhook.url`.
    pub path: String,
    /// What is wrong; it holds no secret.
    pub message: String,
    /// What helps.
    pub remedy: String,
}

impl SettingsError {
    /// An error at `path`.
    #[must_use]
    pub fn new(path: impl Into<String>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into(), remedy: remedy.into() }
    }

    /// The same, of what stands at `place`.
    #[must_use]
    pub(crate) fn below(mut self, place: &str) -> Self {
        self.path = if self.path.is_empty() { place.to_owned() } else { format!("{place}.{}", self.path) };
        self
    }
}

impl From<RuleError> for SettingsError {
    fn from(error: RuleError) -> Self {
        Self { path: error.path, message: error.message, remedy: error.remedy }
    }
}
