use std::fmt;

use otel_kit_core::settings::ProcessParent;
use serde::Deserialize;

use super::{
    ConfigError, PartialConfig,
    choice::{Choice, name_of},
    layers::{Layers, require},
    print::Printer,
    read,
};

/// Section `kafka`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialKafka {
    /// Where the span of processing a single message belongs: `parent` continues the trace of the message,
    /// `link` links to it; default `parent`.
    #[serde(deserialize_with = "read::choice")]
    pub process: Option<ProcessParent>,
    /// Keys of messages on spans, where they are text; default `false`.
    pub message_key: Option<bool>,
    /// Sizes of messages on spans; default `false`.
    pub body_size: Option<bool>,
}

/// What Kafka producers and consumers are told.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Kafka {
    /// Where the span of processing a single message belongs.
    pub process: ProcessParent,
    /// Keys of messages on spans, where they are text.
    pub message_key: bool,
    /// Sizes of messages on spans.
    pub body_size: bool,
}

impl Kafka {
    pub(super) fn resolve(layers: &mut Layers) -> Result<Self, ConfigError> {
        let has_kafka = layers.features.kafka;
        let is_set = |p: &PartialConfig| p.kafka != PartialKafka::default();
        let feature = |()| require(has_kafka, "kafka", "`kafka`");
        layers.pick("kafka", |p| is_set(p).then_some(()), feature)?;
        Ok(Self {
            process: layers.take(|p| p.kafka.process).unwrap_or_default(),
            message_key: layers.take(|p| p.kafka.message_key).unwrap_or(false),
            body_size: layers.take(|p| p.kafka.body_size).unwrap_or(false),
        })
    }

    pub(super) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.line("process", name_of(self.process))?;
        out.line("message_key", self.message_key)?;
        out.line("body_size", self.body_size)
    }
}

impl Choice for ProcessParent {
    const NAMES: &'static [(&'static str, Self)] = &[("parent", Self::Message), ("link", Self::Ambient)];
}
