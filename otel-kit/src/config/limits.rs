use std::fmt;

use serde::Deserialize;

use super::{ConfigError, env, env::Env, error::Problem, layers::Layers, print::Printer};

/// Keys of `traces.limits`
/// ([span limits](https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-limits)); what is beyond is
/// dropped and counted.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialSpanLimits {
    /// Attributes of a span; default 128.
    pub attributes: Option<u32>,
    /// Events of a span; default 128.
    pub events: Option<u32>,
    /// Links of a span; default 128.
    pub links: Option<u32>,
    /// Attributes of an event; default 128.
    pub event_attributes: Option<u32>,
    /// Attributes of a link; default 128.
    pub link_attributes: Option<u32>,
    /// Characters of a text value; longer ones are cut; default: no limit.
    pub value_length: Option<u32>,
}

/// Keys of `logs.limits`
/// ([log record limits](https://opentelemetry.io/docs/specs/otel/logs/sdk/#logrecord-limits)).
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialLogLimits {
    /// Bytes of a log line, at least 1024; a longer one is cut, marked and counted; default 256 KiB.
    pub line: Option<u32>,
    /// Attributes of a log record; default 128.
    pub attributes: Option<u32>,
    /// Characters of a text value; longer ones are cut; default: no limit.
    pub value_length: Option<u32>,
}

/// How much one span may hold.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SpanLimits {
    /// Attributes of a span.
    pub attributes: u32,
    /// Events of a span.
    pub events: u32,
    /// Links of a span.
    pub links: u32,
    /// Attributes of an event.
    pub event_attributes: u32,
    /// Attributes of a link.
    pub link_attributes: u32,
    /// Characters of a text value; `None` is no limit.
    pub value_length: Option<u32>,
}

/// How much one log record may hold.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LogLimits {
    /// Bytes of a log line.
    pub line: u32,
    /// Attributes of a log record.
    pub attributes: u32,
    /// Characters of a text value; `None` is no limit.
    pub value_length: Option<u32>,
}

impl SpanLimits {
    pub(super) fn resolve(layers: &Layers) -> Self {
        let limit = |of: fn(&PartialSpanLimits) -> Option<u32>| layers.take(|p| of(&p.traces.limits));
        Self {
            attributes: limit(|limits| limits.attributes).unwrap_or(DEFAULT),
            events: limit(|limits| limits.events).unwrap_or(DEFAULT),
            links: limit(|limits| limits.links).unwrap_or(DEFAULT),
            event_attributes: limit(|limits| limits.event_attributes).unwrap_or(DEFAULT),
            link_attributes: limit(|limits| limits.link_attributes).unwrap_or(DEFAULT),
            value_length: limit(|limits| limits.value_length),
        }
    }

    pub(super) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.line("attributes", self.attributes)?;
        out.line("events", self.events)?;
        out.line("links", self.links)?;
        out.line("event_attributes", self.event_attributes)?;
        out.line("link_attributes", self.link_attributes)?;
        out.optional("value_length", self.value_length)
    }
}

impl LogLimits {
    pub(super) fn resolve(layers: &mut Layers) -> Result<Self, ConfigError> {
        let line = layers.pick("logs.limits.line", |p| p.logs.limits.line, line)?;
        Ok(Self {
            line: line.unwrap_or(DEFAULT_LINE),
            attributes: layers.take(|p| p.logs.limits.attributes).unwrap_or(DEFAULT),
            value_length: layers.take(|p| p.logs.limits.value_length),
        })
    }

    pub(super) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.line("line", self.line)?;
        out.line("attributes", self.attributes)?;
        out.optional("value_length", self.value_length)
    }
}

impl PartialSpanLimits {
    pub(super) fn from_env(env: &mut Env<'_>) -> Self {
        Self {
            attributes: limit(env, &["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", ATTRIBUTES]),
            events: limit(env, &["OTEL_SPAN_EVENT_COUNT_LIMIT"]),
            links: limit(env, &["OTEL_SPAN_LINK_COUNT_LIMIT"]),
            event_attributes: limit(env, &["OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", ATTRIBUTES]),
            link_attributes: limit(env, &["OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", ATTRIBUTES]),
            value_length: limit(env, &["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", VALUE_LENGTH]),
        }
    }
}

impl PartialLogLimits {
    pub(super) fn from_env(env: &mut Env<'_>) -> Self {
        Self {
            line: None,
            attributes: limit(env, &["OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", ATTRIBUTES]),
            value_length: limit(env, &["OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", VALUE_LENGTH]),
        }
    }
}

/// The first of `variables` that has a number. Limits are not checked again, so no key needs the name.
fn limit(env: &mut Env<'_>, variables: &[&'static str]) -> Option<u32> {
    variables.iter().find_map(|variable| env.value("", variable, env::number))
}

fn line(bytes: u32) -> Result<u32, Problem> {
    match bytes {
        ..1024 => Err(Problem::new("time, ids and target of a line would not fit", "write at least 1024")),
        _ => Ok(bytes),
    }
}

const DEFAULT: u32 = 128;
const DEFAULT_LINE: u32 = 256 * 1024;
const ATTRIBUTES: &str = "OTEL_ATTRIBUTE_COUNT_LIMIT";
const VALUE_LENGTH: &str = "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT";
