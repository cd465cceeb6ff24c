/// Which paths are meant: exact ones, or prefixes that end in `*`.
///
/// ```
/// use otel_kit_core::settings::PathRules;
///
/// let health = PathRules::new(["/healthz", "/internal/*"]);
/// assert!(health.matches("/healthz"));
/// assert!(health.matches("/internal/metrics"));
/// assert!(!health.matches("/healthz/deep"));
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PathRules {
    patterns: Vec<String>,
}

impl PathRules {
    /// Paths that match one of `patterns`, in their case; none by default.
    pub fn new<P: Into<String>>(patterns: impl IntoIterator<Item = P>) -> Self {
        Self { patterns: patterns.into_iter().map(Into::into).collect() }
    }

    /// The patterns, as they were given.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(String::as_str)
    }

    /// True if `path` is meant.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.patterns.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(prefix) => path.starts_with(prefix),
            None => path == pattern,
        })
    }

    /// True if no path is meant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }
}
