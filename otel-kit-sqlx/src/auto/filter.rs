use otel_kit_core::CarriedContext;
use tracing::{Level, Metadata, subscriber::Interest};
use tracing_subscriber::{
    filter::LevelFilter,
    layer::{Context, Filter},
};

use super::others;

/// Lets sqlx's own events through and the carriers that this crate makes, and is never asked about anything else: all
/// other call sites keep the interest that others have in them.
pub(super) struct StatementFilter<L> {
    /// What the layers below need, if this one speaks for them.
    pub(super) level: L,
}

/// True for what sqlx logs of a statement, and for what it asks before it does.
pub(super) fn is_statement(metadata: &Metadata<'_>) -> bool {
    metadata.target() == TARGET && !metadata.is_span() && *metadata.level() <= MOST_VERBOSE
}

pub(super) fn is_carrier(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target() == CarriedContext::TARGET
}

impl<S, L: Fn() -> Option<LevelFilter>> Filter<S> for StatementFilter<L> {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        is_statement(metadata) || is_carrier(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_carrier(metadata) {
            Interest::always()
        } else if is_statement(metadata) && !others::is_probe(metadata) {
            Interest::sometimes() // not while the statement has a span already
        } else {
            Interest::never()
        }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some((self.level)()?.max(LevelFilter::from_level(MOST_VERBOSE)))
    }
}

/// Target of sqlx's events.
pub(super) const TARGET: &str = "sqlx::query";

/// sqlx's level for statements that are not slow; whoever makes it `TRACE` wants them out of the way.
const MOST_VERBOSE: Level = Level::DEBUG;
