//! What watches the service: its exceptions and its alerts.

#[cfg(feature = "alerts")]
mod alerts;
#[cfg(feature = "exceptions")]
mod exceptions;

use std::time::{Duration, Instant};

use otel_kit_core::{Kit, KitBuilder};
use otel_kit_sdk::{Pipeline, PipelineBuilder};
use tracing::Subscriber;
use tracing_subscriber::{Layer, filter::LevelFilter, registry::LookupSpan};

use super::logs::Logs;
use crate::{InitError, config::Config};

#[cfg(feature = "alerts")]
pub(crate) use self::alerts::Alerts;
#[cfg(feature = "exceptions")]
pub(crate) use self::exceptions::{BeforeSend, Exceptions};

/// What code adds to the configuration.
#[derive(Default)]
pub(crate) struct Added {
    #[cfg(feature = "exceptions")]
    pub(crate) before_send: Option<BeforeSend>,
    #[cfg(feature = "alerts")]
    pub(crate) rules: Vec<otel_kit_alerts::rule::Rule>,
    #[cfg(feature = "alerts")]
    pub(crate) channels: Vec<(String, otel_kit_alerts::channel::Channel)>,
}

/// A layer that may be there.
type OneMore<S> = Option<Box<dyn Layer<S> + Send + Sync>>;

/// The parts that are on; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watchers {
    #[cfg(feature = "exceptions")]
    pub(crate) exceptions: Option<Exceptions>,
    #[cfg(feature = "alerts")]
    pub(crate) alerts: Option<Alerts>,
}

impl Watchers {
    /// Those that the configuration and `added` ask for; as yet nothing runs.
    ///
    /// # Errors
    /// An alert rule or a channel of the code cannot hold.
    #[cfg_attr(not(feature = "alerts"), allow(clippy::unnecessary_wraps))]
    #[cfg_attr(not(all(feature = "alerts", feature = "exceptions")), allow(unused_variables))]
    pub(super) fn prepare(
        config: &Config,
        calling_crate: Option<&str>,
        logs: &Logs,
        added: Added,
    ) -> Result<Self, InitError> {
        Ok(Self {
            #[cfg(feature = "exceptions")]
            exceptions: Exceptions::start(config, calling_crate, added.before_send),
            #[cfg(feature = "alerts")]
            alerts: Alerts::prepare(config, logs, (added.rules, added.channels))?,
        })
    }

    /// The pipeline with what they need of it.
    pub(super) fn need(&self, pipeline: PipelineBuilder) -> PipelineBuilder {
        #[cfg(feature = "alerts")]
        if self.alerts.is_some() {
            return pipeline.own_thread(true).share_snapshots(true);
        }
        pipeline
    }

    /// Begins.
    ///
    /// # Errors
    /// A channel for alerts cannot start.
    #[cfg_attr(not(feature = "alerts"), allow(clippy::unnecessary_wraps, clippy::unused_self))]
    #[cfg_attr(not(all(feature = "alerts", feature = "exceptions")), allow(unused_variables))]
    pub(super) fn run(&mut self, pipeline: &Pipeline, kit: &Kit) -> Result<(), InitError> {
        #[cfg(feature = "exceptions")]
        if let Some(exceptions) = &self.exceptions {
            exceptions.connect(kit);
        }
        #[cfg(feature = "alerts")]
        if let Some(alerts) = &mut self.alerts {
            alerts.run(pipeline, kit)?;
        }
        Ok(())
    }

    /// The kit that tells them what happens.
    pub(super) fn watch(&self, kit: KitBuilder) -> KitBuilder {
        #[cfg(feature = "exceptions")]
        if let Some(exceptions) = &self.exceptions {
            return exceptions.watch(kit);
        }
        kit
    }

    /// Hands over what they have, within a time that leaves some of `timeout` for the export.
    pub(crate) fn flush(&self, timeout: Duration) {
        let (start, time) = (Instant::now(), timeout / 2);
        #[cfg(feature = "alerts")]
        if let Some(alerts) = &self.alerts {
            alerts.flush(time.saturating_sub(start.elapsed()));
        }
        #[cfg(feature = "exceptions")]
        if let Some(exceptions) = &self.exceptions {
            exceptions.flush(time.saturating_sub(start.elapsed()));
        }
        let _ = (start, time);
    }

    /// The same, and it is the last.
    pub(crate) fn end(&self, timeout: Duration) {
        let (start, time) = (Instant::now(), timeout / 2);
        #[cfg(feature = "alerts")]
        if let Some(alerts) = &self.alerts {
            alerts.end(time.saturating_sub(start.elapsed()));
        }
        #[cfg(feature = "exceptions")]
        if let Some(exceptions) = &self.exceptions {
            exceptions.end(time.saturating_sub(start.elapsed()));
        }
        let _ = (start, time);
    }

    /// Takes events with errors for exceptions, and the level hint of that and of others that have `level`.
    pub(super) fn errors<S>(&self, level: Option<LevelFilter>) -> (OneMore<S>, Option<LevelFilter>)
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        #[cfg(feature = "exceptions")]
        if let Some(exceptions) = &self.exceptions {
            return (Some(exceptions.errors().boxed()), level.map(|level| level.max(LevelFilter::WARN)));
        }
        (None, level)
    }

    /// Remembers the last lines.
    pub(super) fn log_lines<S>(&self) -> OneMore<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        #[cfg(feature = "exceptions")]
        if let Some(exceptions) = &self.exceptions {
            return Some(exceptions.log_lines().boxed());
        }
        None
    }

    /// Whether there is anything to wait for.
    pub(crate) fn is_empty(&self) -> bool {
        #[cfg(feature = "exceptions")]
        if self.exceptions.is_some() {
            return false;
        }
        #[cfg(feature = "alerts")]
        if self.alerts.is_some() {
            return false;
        }
        true
    }
}
