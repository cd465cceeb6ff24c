use std::{fmt, time::Duration};

use serde::Deserialize;

use super::{
    ConfigError, PartialConfig, env,
    env::Env,
    error::Problem,
    layers::{Layers, Source},
    print::Printer,
    read,
    read::duration_text,
    values::{at_least_one, period, time_limit},
};

/// Keys of `traces.batch` and `logs.batch`: how spans and log records wait for their export
/// ([batching processor](https://opentelemetry.io/docs/specs/otel/trace/sdk/#batching-processor)).
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialBatch {
    /// Longest wait of a batch that is not full.
    #[serde(deserialize_with = "read::duration")]
    pub delay: Option<Duration>,
    /// Most items of one batch; not more than `queue`.
    pub size: Option<u32>,
    /// Most items that wait; what comes then is dropped and counted.
    pub queue: Option<u32>,
    /// Time that one export may take, retries included; 0 is no limit.
    #[serde(deserialize_with = "read::duration")]
    pub timeout: Option<Duration>,
}

/// How spans or log records wait for their export.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Batch {
    /// Longest wait of a batch that is not full.
    pub delay: Duration,
    /// Most items of one batch.
    pub size: u32,
    /// Most items that wait.
    pub queue: u32,
    /// Time that one export may take; `None` is no limit.
    pub timeout: Option<Duration>,
}

impl Batch {
    /// Resolves the keys below `section` (`traces` or `logs`).
    pub(super) fn resolve(
        layers: &mut Layers,
        section: &str,
        default_delay: Duration,
        of: fn(&PartialConfig) -> &PartialBatch,
    ) -> Result<Self, ConfigError> {
        let key = |name| format!("{section}.batch.{name}");
        let delay = layers.pick(&key("delay"), |p| of(p).delay, period)?;
        let size = layers.pick_with_source(&key("size"), |p| of(p).size, at_least_one)?;
        let queue = layers.pick_with_source(&key("queue"), |p| of(p).queue, at_least_one)?;
        let timeout = layers.pick(&key("timeout"), |p| of(p).timeout, time_limit)?;
        let (queue, queue_source) = queue.unwrap_or((DEFAULT_QUEUE, Source::Code));
        if let Some((size, source)) = size.filter(|(size, _)| *size > queue) {
            let what = format!("a batch of {size} does not fit into a queue of {queue}");
            match (source, queue_source) {
                (Source::Env, _) => layers.warn(&key("size"), format!("{what}; {queue} is used")),
                (_, Source::Env) => {
                    layers.warn(&key("queue"), format!("{what}; batches of {queue} are sent"));
                }
                _ => {
                    let remedy = format!("write at most {queue}, or a longer queue");
                    layers.refuse(source, &key("size"), &Problem::new(what, remedy))?;
                }
            }
        }
        Ok(Self {
            delay: delay.unwrap_or(default_delay),
            size: size.map_or(DEFAULT_SIZE, |(size, _)| size).min(queue),
            queue,
            timeout: timeout.unwrap_or(Some(DEFAULT_TIMEOUT)),
        })
    }

    pub(super) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.line("delay", duration_text(self.delay))?;
        out.line("size", self.size)?;
        out.line("queue", self.queue)?;
        out.line("timeout", duration_text(self.timeout.unwrap_or_default()))
    }
}

impl PartialBatch {
    /// Reads the variables `delay`, `size`, `queue`, `timeout`, in this order.
    pub(super) fn from_env(env: &mut Env<'_>, section: &str, variables: [&'static str; 4]) -> Self {
        let [delay, size, queue, timeout] = variables;
        let key = |name| format!("{section}.batch.{name}");
        Self {
            delay: env.value(&key("delay"), delay, env::millis),
            size: env.value(&key("size"), size, env::number),
            queue: env.value(&key("queue"), queue, env::number),
            timeout: env.value(&key("timeout"), timeout, env::millis),
        }
    }
}

const DEFAULT_SIZE: u32 = 512;
const DEFAULT_QUEUE: u32 = 2_048;
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
