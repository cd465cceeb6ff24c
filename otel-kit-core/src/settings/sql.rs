use std::time::Duration;

/// Settings of SQL adapters.
///
/// ```
/// use otel_kit_core::settings::SqlSettings;
///
/// let settings = SqlSettings::default();
/// assert!(settings.query_text);
/// assert_eq!(settings.slow, None);
/// assert!(settings.auto);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct SqlSettings {
    /// The statement goes on the span as `db.query.text`: as it is where it has parameters, with its literals
    /// masked where it has none. On by default.
    pub query_text: bool,
    /// A statement that takes at least this long gets an event on its span and a warning in the log. None by
    /// default.
    pub slow: Option<Duration>,
    /// Statements whose pool nobody wrapped get spans and metrics too, from the events that the library logs of
    /// them. On by default.
    pub auto: bool,
}

impl Default for SqlSettings {
    fn default() -> Self {
        Self { query_text: true, slow: None, auto: true }
    }
}
