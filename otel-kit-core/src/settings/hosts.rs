/// Which hosts are meant: exact names, `*.example.com` for everything below a domain, `*` for all.
///
/// ```
/// use otel_kit_core::settings::HostRules;
///
/// let ours = HostRules::new(["api.internal", "*.Shop.example"]);
/// assert!(ours.matches("API.internal"));
/// assert!(ours.matches("cart.shop.example"));
/// assert!(!ours.matches("shop.example"));
/// assert!(HostRules::default().matches("anything"));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct HostRules {
    patterns: Vec<String>,
}

impl HostRules {
    /// Hosts that match one of `patterns`, in any case; an empty list matches no host.
    pub fn new<P: Into<String>>(patterns: impl IntoIterator<Item = P>) -> Self {
        Self { patterns: patterns.into_iter().map(Into::into).collect() }
    }

    /// The patterns, as they were given.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(String::as_str)
    }

    /// True if `host` (without port) is meant.
    #[must_use]
    pub fn matches(&self, host: &str) -> bool {
        self.patterns.iter().any(|pattern| match pattern.strip_prefix('*') {
            Some("") => true,
            Some(domain) => ends_with_ignoring_case(host, domain) && host.len() > domain.len(),
            None => host.eq_ignore_ascii_case(pattern),
        })
    }
}

impl Default for HostRules {
    fn default() -> Self {
        Self::new(["*"])
    }
}

fn ends_with_ignoring_case(host: &str, domain: &str) -> bool {
    let start = host.len().checked_sub(domain.len());
    start.and_then(|start| host.get(start..)).is_some_and(|end| end.eq_ignore_ascii_case(domain))
}
