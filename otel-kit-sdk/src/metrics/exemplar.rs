/// Which measurements may become exemplars
/// ([filter](https://opentelemetry.io/docs/specs/otel/metrics/sdk/#exemplarfilter)).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum ExemplarFilter {
    /// Those that are taken inside a sampled span: the default.
    #[default]
    TraceBased,
    /// All.
    AlwaysOn,
    /// None.
    AlwaysOff,
}

impl ExemplarFilter {
    /// Whether a measurement in a span that is sampled, or is not, may become one.
    pub(super) const fn admits(self, is_sampled: bool) -> bool {
        match self {
            Self::TraceBased => is_sampled,
            Self::AlwaysOn => true,
            Self::AlwaysOff => false,
        }
    }
}
