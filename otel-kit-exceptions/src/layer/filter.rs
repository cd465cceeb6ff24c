use std::sync::Arc;

use otel_kit_core::diag::TARGET;
use tracing::{Level, Metadata, Subscriber, subscriber::Interest};
use tracing_subscriber::{
    filter::LevelFilter,
    layer::{Context, Filter},
};

use crate::recorder::{Inner, is_of_app};

/// Asks for events that may carry an error, and for nothing else.
pub(crate) struct OnlyErrors {
    inner: Arc<Inner>,
}

impl OnlyErrors {
    pub(crate) const fn new(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        self.inner.shared.settings.log_events && may_carry_error(metadata)
    }

    /// The files of a workspace's members have relative paths: so their crates make themselves known.
    fn learn(&self, metadata: &Metadata<'_>) {
        let is_own = metadata.file().is_some_and(is_of_app);
        if let Some(module) = metadata.module_path().filter(|_| is_own) {
            self.inner.shared.in_app.learn(module.split("::").next().unwrap_or(module));
        }
    }
}

impl<S: Subscriber> Filter<S> for OnlyErrors {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.learn(metadata);
        if self.wants(metadata) { Interest::always() } else { Interest::never() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(if self.inner.shared.settings.log_events { LevelFilter::WARN } else { LevelFilter::OFF })
    }
}

/// Any field may hold one; the kit's own events tell of no exception of the application.
fn may_carry_error(metadata: &Metadata<'_>) -> bool {
    !metadata.is_span()
        && *metadata.level() <= Level::WARN
        && metadata.target() != TARGET
        && metadata.fields().iter().any(|field| field.name() != "message")
}
