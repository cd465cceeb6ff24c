//! Log lines and log records.

use opentelemetry::{Key, Value, logs::LoggerProvider};
use otel_kit_core::{
    CarriedContext,
    semconv::attribute::{DEPLOYMENT_ENVIRONMENT_NAME, SERVICE_INSTANCE_ID, SERVICE_NAME, SERVICE_VERSION},
};
use otel_kit_logging::{Keys, LogFilter, LogFilterHandle, LogLayer, LogLayerBuilder};
use otel_kit_sdk::{Pipeline, sdk::Resource};
use tracing::{Metadata, Subscriber, subscriber::Interest};
use tracing_subscriber::{
    Layer, Registry,
    filter::LevelFilter,
    layer::{Context, Filter},
    registry::LookupSpan,
};

use crate::{
    InitError,
    config::{Config, LineFormat, LogKeys},
};

use super::{lines::Lines, output::Output};

/// Name of the scope of log records whose target says nothing.
const SCOPE: &str = "tracing";

/// Where lines go and which.
pub(crate) struct Logs {
    pub(crate) filter: LogFilterHandle,
    pub(crate) lines: Lines,
    rules: LogFilter,
    ansi: bool,
    /// What names the service in formats that have names for it.
    service: Vec<(&'static str, Value)>,
}

impl Logs {
    pub(super) fn start(config: &Config, output: &Output, resource: &Resource) -> Result<Self, InitError> {
        let rules = LogFilter::from(config.logs.level.clone());
        Ok(Self {
            filter: rules.handle(),
            lines: Lines::start(config, output)?,
            rules,
            ansi: output.is_coloured,
            service: match config.logs.format {
                LineFormat::Ecs => service(resource),
                _ => Vec::new(),
            },
        })
    }

    /// What lines need, and `level`, now and later.
    #[cfg(feature = "sqlx")]
    pub(super) fn hint(
        &self,
        level: Option<LevelFilter>,
    ) -> impl Fn() -> Option<LevelFilter> + Send + Sync + use<> {
        let rules = self.rules.clone();
        move || hint(&rules, level)
    }

    /// Lines, and records too if a pipeline is given; `also` gets the same events. Its level hint allows for
    /// `level`, too.
    pub(super) fn layer<S>(
        &self,
        config: &Config,
        pipeline: Option<&Pipeline>,
        also: Option<Box<dyn Layer<S> + Send + Sync>>,
        level: Option<LevelFilter>,
    ) -> Box<dyn Layer<S> + Send + Sync>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let layer = self.lines_of(config);
        let layer = match pipeline {
            // A logger without exporters says so before a record is made.
            Some(pipeline) => layer.otlp(pipeline.logger_provider().logger(SCOPE)),
            None => layer,
        };
        layer.build().and_then(also).with_filter(Hinting { rules: self.rules.clone(), level }).boxed()
    }

    /// How lines look and where they go.
    pub(super) fn lines_of(&self, config: &Config) -> LogLayerBuilder {
        let layer = LogLayer::builder()
            .keys(keys(&config.logs.keys))
            .max_line_bytes(usize::try_from(config.logs.limits.line).unwrap_or(usize::MAX))
            .ansi(self.ansi);
        let outputs = self.lines.0.iter().cloned();
        let layer = outputs.fold(layer, |layer, (format, writer)| layer.output(format, writer));
        self.service.iter().cloned().fold(layer, |layer, (name, value)| layer.field(name, value))
    }
}

/// The rules, with a level hint for more than them.
struct Hinting {
    rules: LogFilter,
    level: Option<LevelFilter>,
}

impl<S> Filter<S> for Hinting {
    fn enabled(&self, metadata: &Metadata<'_>, context: &Context<'_, S>) -> bool {
        !is_carrier(metadata) && self.rules.enabled(metadata, context)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_carrier(metadata) {
            return Interest::never();
        }
        Filter::<S>::callsite_enabled(&self.rules, metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        hint(&self.rules, self.level)
    }
}

/// What the rules need, and `level`.
fn hint(rules: &LogFilter, level: Option<LevelFilter>) -> Option<LevelFilter> {
    Some(Filter::<Registry>::max_level_hint(rules)?.max(level?))
}

/// A span of an adapter that says nothing.
fn is_carrier(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target() == CarriedContext::TARGET
}

/// The service as the Elastic Common Schema names it.
fn service(resource: &Resource) -> Vec<(&'static str, Value)> {
    let names = [
        (SERVICE_NAME, SERVICE_NAME),
        (SERVICE_VERSION, SERVICE_VERSION),
        (DEPLOYMENT_ENVIRONMENT_NAME, "service.environment"),
        (SERVICE_INSTANCE_ID, "service.node.name"),
    ];
    let told = |(name, ecs)| Some((ecs, resource.get(&Key::from_static_str(name))?));
    names.into_iter().filter_map(told).collect()
}

/// The configuration has checked that all names differ.
fn keys(keys: &LogKeys) -> Keys {
    let LogKeys { timestamp, level, message, target, trace_id, span_id, trace_flags, .. } = keys;
    let pairs = [
        ("timestamp", timestamp),
        ("level", level),
        ("message", message),
        ("target", target),
        ("trace_id", trace_id),
        ("span_id", span_id),
        ("trace_flags", trace_flags),
    ];
    Keys::renamed(pairs.map(|(key, name)| (key, name.clone()))).unwrap_or_default()
}
