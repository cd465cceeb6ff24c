use std::sync::Arc;

use opentelemetry::{Context, KeyValue};
use otel_kit_core::{Moment, semconv::attribute::MESSAGING_KAFKA_OFFSET};
use rdkafka::{
    error::{KafkaError, KafkaResult},
    message::{BorrowedMessage, Message},
};

use crate::{
    client::{Client, Shared},
    content::Content,
    failure::outcome,
    headers::{creator, fields},
    kind::Kind,
    span::{Beginning, Details, KafkaSpan},
    topic::Topic,
};

/// A poll under way: from the call to the message. One that gives nothing is nothing.
#[derive(Debug)]
pub(crate) struct Polling<'a> {
    client: &'a Arc<Client>,
    started: Moment,
}

impl<'a> Polling<'a> {
    /// Nothing without a kit.
    pub(crate) fn start(shared: &'a Shared) -> Option<Self> {
        let client = shared.client()?;
        Some(Self { client, started: client.tracer.clock().now() })
    }

    /// Ends with what the application is about to get. The end of a partition is no error.
    pub(crate) fn finish(self, result: &KafkaResult<BorrowedMessage<'_>>) {
        if matches!(result, Err(KafkaError::PartitionEOF(_))) {
            return;
        }
        let message = result.as_ref().ok();
        let parent = Context::current();
        let topic = self.client.topic(message.map(Message::topic));
        let beginning = Beginning {
            kind: Kind::Poll,
            topic,
            parent: &parent,
            started: Some(self.started),
            partition: message.map(Message::partition),
            messages: u64::from(message.is_some()),
        };
        let describe = |topic: &Topic, details: &mut Details| {
            if let Some(message) = message {
                describe_message(self.client, topic, message, details);
                if let Some(span) = creator(&self.client.without_baggage, &fields(message.headers())) {
                    details.link(span);
                }
            }
        };
        KafkaSpan::start(self.client, beginning, describe).finish(&outcome(result));
    }
}

/// What a span says of a message that the broker has.
pub(crate) fn describe_message<M: Message>(
    client: &Client,
    topic: &Topic,
    message: &M,
    details: &mut Details,
) {
    details.attributes.push(topic.partition(message.partition()));
    details.attributes.push(KeyValue::new(MESSAGING_KAFKA_OFFSET, message.offset()));
    let content = Content { key: message.key(), payload: message.payload() };
    content.describe(client.settings(), &mut details.attributes);
}
