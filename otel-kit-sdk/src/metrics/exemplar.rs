use opentelemetry::{Context, trace::TraceContextExt};

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
    /// Whether a measurement taken in `context` may become one.
    pub(super) fn admits(self, context: &Context) -> bool {
        match self {
            Self::TraceBased => context.span().span_context().is_sampled(),
            Self::AlwaysOn => true,
            Self::AlwaysOff => false,
        }
    }
}
