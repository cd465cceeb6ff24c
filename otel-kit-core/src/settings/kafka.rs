/// Settings of Kafka producers and consumers (`kafka` of the configuration).
///
/// ```
/// use otel_kit_core::settings::{KafkaSettings, ProcessParent};
///
/// let settings = KafkaSettings::default();
/// assert_eq!(settings.process, ProcessParent::Message);
/// assert!(!settings.message_key && !settings.body_size);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct KafkaSettings {
    /// Where the span of processing a single message belongs; batches always link to their messages.
    pub process: ProcessParent,
    /// Puts the key of a message, where it is text, on its spans; off by default, as keys often name people.
    pub message_key: bool,
    /// Puts the size of a message's payload on its spans; off by default.
    pub body_size: bool,
}

/// Where the span of processing a single message belongs.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum ProcessParent {
    /// The span that sent the message is the parent, so that the trace goes on; a span that is current already
    /// is linked to.
    #[default]
    Message,
    /// The span that is current already, if any, is the parent; the one that sent the message is linked to.
    Ambient,
}
