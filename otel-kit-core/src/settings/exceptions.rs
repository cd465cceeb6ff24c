use opentelemetry::logs::Severity;

/// What becomes of exceptions.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ExceptionSettings {
    /// Whether exceptions are recorded at all; `true` by default.
    pub enabled: bool,
    /// Whether exceptions have stack traces; `true` by default.
    pub stacktrace: bool,
    /// Crates that are the application's own, beside those that are recognised; none by default.
    pub in_app: Vec<String>,
    /// Exceptions that are not recorded; none by default.
    pub ignore: Vec<ExceptionMatch>,
    /// What is done with certain exceptions; the first rule that matches holds. None by default.
    pub rules: Vec<ExceptionRule>,
    /// How many exceptions of one group are exported in a minute; the rest is counted. 10 by default.
    pub per_group_per_minute: u32,
    /// How many exceptions of one group may be exported at once before that limit holds; 20 by default.
    pub burst: u32,
    /// Most groups that are remembered; the one that was seen least lately makes room. 1,000 by default.
    pub max_groups: usize,
    /// Last log lines of the same trace that go with an exception; 20 by default, 0 for none.
    pub log_lines: usize,
    /// Whether events of `tracing` that carry an error are exceptions; `true` by default.
    pub log_events: bool,
    /// Whether failed calls to databases and HTTP servers are exceptions; `false` by default, as most are
    /// dealt with by the caller.
    pub client_calls: bool,
    /// Whether a panic hook reports panics; `true` by default.
    pub panic_hook: bool,
    /// Whether exceptions are on their spans too, as events; `false` by default.
    pub span_events: bool,
}

/// Which exceptions: all that match every part that is given.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ExceptionMatch {
    /// Type of the error or of one behind it, `*` for any text: `sqlx::Error::RowNotFound`, `std::io::*`.
    pub exception_type: Option<String>,
    /// A regular expression that is found in the message.
    pub message: Option<String>,
    /// Module in which it was recorded, those below it included: `shop::orders`.
    pub module: Option<String>,
}

/// What is done with certain exceptions.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ExceptionRule {
    /// Which ones.
    pub when: ExceptionMatch,
    /// What their group goes by instead of the usual; `{{ default }}` is the usual.
    pub fingerprint: Vec<String>,
    /// Whether they are left out.
    pub ignore: bool,
    /// How bad they are, instead of the usual.
    pub level: Option<Severity>,
}

impl Default for ExceptionSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            stacktrace: true,
            in_app: Vec::new(),
            ignore: Vec::new(),
            rules: Vec::new(),
            per_group_per_minute: 10,
            burst: 20,
            max_groups: 1_000,
            log_lines: 20,
            log_events: true,
            client_calls: false,
            panic_hook: true,
            span_events: false,
        }
    }
}
