use crate::{notify::SettingsError, rule::RuleError};

/// Why alerts cannot start.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum AlertsError {
    /// A rule makes no sense.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// A setting of channels, routes or silences makes no sense.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// They were started before.
    #[error("the alerts run already")]
    Running,
}
