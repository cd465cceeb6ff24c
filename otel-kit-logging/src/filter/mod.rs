//! Which lines are written; may change at run time.

mod rules;

use std::sync::Arc;

use arc_swap::ArcSwap;
use tracing::{
    Dispatch, Metadata,
    callsite::rebuild_interest_cache,
    subscriber::{Interest, NoSubscriber},
};
use tracing_core::LevelFilter;
use tracing_subscriber::{
    filter::Targets,
    layer::{Context, Filter},
};

pub use self::rules::LogFilterError;
use self::rules::Rules;

/// The filter of the log layer: `info,sqlx=warn,my_crate::noisy=off`.
///
/// A directive is a level for everything, or `target=level` for the targets that begin with `target`; the
/// most specific one counts. Levels are `off`, `error`, `warn`, `info`, `debug` and `trace`. A word that is
/// not a level is an error rather than a target, as it most likely is a misspelt level.
///
/// It decides about lines of the layer that it is put on, never about spans of the trace. Fields of `INFO`
/// spans and above stay on the lines inside them, however few lines are wanted, unless the span's target
/// is `off`.
///
/// ```
/// use otel_kit_logging::{Format, LogFilter, LogLayer, LogWriter};
/// use tracing_subscriber::{Layer, layer::SubscriberExt, registry};
///
/// let writer = LogWriter::builder().build()?;
/// let filter: LogFilter = "info,sqlx=warn".parse()?;
/// let handle = filter.handle();
/// let subscriber =
///     registry().with(LogLayer::builder().output(Format::Json, writer).build().with_filter(filter));
///
/// // ... and later, while the service runs:
/// handle.set("debug,sqlx=off")?;
/// assert!(handle.set("debug,sqlx=loud").unwrap_err().to_string().contains("`sqlx=loud`"));
/// assert_eq!(handle.current(), "debug,sqlx=off");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LogFilter {
    rules: Arc<ArcSwap<Rules>>,
}

impl LogFilter {
    /// Changes this filter later.
    #[must_use]
    pub fn handle(&self) -> LogFilterHandle {
        LogFilterHandle { rules: Arc::clone(&self.rules) }
    }

    fn allows(&self, metadata: &Metadata<'_>) -> bool {
        self.rules.load().allow(metadata)
    }
}

impl std::str::FromStr for LogFilter {
    type Err = LogFilterError;

    fn from_str(directives: &str) -> Result<Self, Self::Err> {
        Ok(Self { rules: Arc::new(ArcSwap::from_pointee(directives.parse()?)) })
    }
}

impl From<Targets> for LogFilter {
    fn from(targets: Targets) -> Self {
        Self { rules: Arc::new(ArcSwap::from_pointee(Rules::new(targets.to_string(), targets))) }
    }
}

impl<S> Filter<S> for LogFilter {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.allows(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.allows(metadata) { Interest::always() } else { Interest::never() }
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.rules.load().max_level())
    }
}

/// Changes a [`LogFilter`] at run time; cheap to clone.
#[derive(Clone, Debug)]
pub struct LogFilterHandle {
    rules: Arc<ArcSwap<Rules>>,
}

impl LogFilterHandle {
    /// Replaces the directives, for all threads at once.
    ///
    /// # Errors
    /// If a directive cannot be read; then nothing changes.
    pub fn set(&self, directives: &str) -> Result<(), LogFilterError> {
        self.rules.store(Arc::new(directives.parse()?));
        // As long as there is a single subscriber, `tracing` asks that of the current thread, which may be none;
        // as soon as there was another one, it asks all that there are.
        drop(Dispatch::new(NoSubscriber::new()));
        rebuild_interest_cache();
        Ok(())
    }

    /// The directives in force, as they were given.
    #[must_use]
    pub fn current(&self) -> String {
        self.rules.load().text().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_of_targets_allows_what_they_allow() {
        let targets: Targets = "info,sqlx=trace".parse().unwrap();
        let filter = LogFilter::from(targets.clone());
        assert_eq!(filter.handle().current(), targets.to_string());
        assert_eq!(filter.rules.load().max_level(), LevelFilter::TRACE);
    }
}
