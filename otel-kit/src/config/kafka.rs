use std::fmt;

use otel_kit_core::settings::{KafkaSettings, ProcessParent};
use serde::Deserialize;

use super::{
    ConfigError,
    choice::{Choice, name_of},
    layers::Layers,
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

pub(super) fn resolve(layers: &mut Layers) -> Result<KafkaSettings, ConfigError> {
    layers.section("kafka", "kafka", layers.features.kafka, |p| &p.kafka)?;
    let mut settings = KafkaSettings::default();
    settings.process = layers.take(|p| p.kafka.process).unwrap_or(settings.process);
    settings.message_key = layers.take(|p| p.kafka.message_key).unwrap_or(settings.message_key);
    settings.body_size = layers.take(|p| p.kafka.body_size).unwrap_or(settings.body_size);
    Ok(settings)
}

pub(super) fn print(settings: &KafkaSettings, out: &mut Printer<'_, '_>) -> fmt::Result {
    out.line("process", name_of(settings.process))?;
    out.line("message_key", settings.message_key)?;
    out.line("body_size", settings.body_size)
}

impl Choice for ProcessParent {
    const NAMES: &'static [(&'static str, Self)] = &[("parent", Self::Message), ("link", Self::Ambient)];
}
