//! Spans of SQL statements whose pool nobody wrapped.

#[cfg(feature = "sqlx")]
use tracing::Subscriber;
use tracing_subscriber::filter::LevelFilter;
#[cfg(feature = "sqlx")]
use tracing_subscriber::{Layer, registry::LookupSpan};

use super::Assembled;

/// The layers, and above them, if it is wanted, the one that makes spans of sqlx's own events. It comes last at each
/// event, since samplers and processors of users may log meanwhile: no other layer is left to be confused by that.
#[cfg(feature = "sqlx")]
pub(super) fn above<S, L>(
    layers: L,
    level: Option<LevelFilter>,
    assembled: &Assembled,
) -> impl Layer<S> + Send + Sync + use<S, L>
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    L: Layer<S> + Send + Sync,
{
    let Assembled { config, kit, logs, .. } = assembled;
    if config.disabled || !config.sql.auto {
        return layers.boxed();
    }
    let statements = otel_kit_sqlx::StatementLayer::new().with(kit);
    layers.and_then(statements.build_above(logs.hint(level))).boxed()
}

#[cfg(not(feature = "sqlx"))]
pub(super) const fn above<L>(layers: L, _: Option<LevelFilter>, _: &Assembled) -> L {
    layers
}
