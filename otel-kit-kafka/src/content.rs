use opentelemetry::KeyValue;
use otel_kit_core::{
    semconv::attribute::{
        MESSAGING_KAFKA_MESSAGE_KEY, MESSAGING_KAFKA_MESSAGE_TOMBSTONE, MESSAGING_MESSAGE_BODY_SIZE,
    },
    settings::KafkaSettings,
};

/// What a span may say of the content of a message.
pub(crate) struct Content<'a> {
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) payload: Option<&'a [u8]>,
}

impl Content<'_> {
    pub(crate) fn describe(&self, settings: &KafkaSettings, attributes: &mut Vec<KeyValue>) {
        if self.payload.is_none() {
            attributes.push(KeyValue::new(MESSAGING_KAFKA_MESSAGE_TOMBSTONE, true));
        }
        // A key that is no text is not told.
        let key = self.key.filter(|_| settings.message_key).and_then(|key| str::from_utf8(key).ok());
        attributes.extend(key.map(|key| KeyValue::new(MESSAGING_KAFKA_MESSAGE_KEY, key.to_owned())));
        if settings.body_size {
            let size = i64::try_from(self.payload.map_or(0, <[u8]>::len)).unwrap_or(i64::MAX);
            attributes.push(KeyValue::new(MESSAGING_MESSAGE_BODY_SIZE, size));
        }
    }
}
