use std::sync::Arc;

use opentelemetry::{Context, KeyValue};
use otel_kit_core::{Clock, Moment, semconv::attribute::MESSAGING_KAFKA_OFFSET};
use rdkafka::{
    error::{KafkaError, KafkaResult},
    message::{BorrowedMessage, Message},
};

use crate::{
    client::{Client, Shared},
    content::Content,
    failure::outcome,
    headers::creator,
    kind::Kind,
    span::{Beginning, Details, KafkaSpan},
    topic::Topic,
};

/// Polls for a message. A poll that gives none has no span.
pub(crate) fn poll<'m>(
    shared: &Shared,
    poll: impl FnOnce() -> Option<KafkaResult<BorrowedMessage<'m>>>,
) -> Option<KafkaResult<BorrowedMessage<'m>>> {
    let polling = Polling::start(shared);
    let result = poll();
    if let (Some(polling), Some(result)) = (polling, &result) {
        polling.finish(result, None);
    }
    result
}

/// Waits for a message, with a span from the call on.
pub(crate) async fn receive<'m>(
    shared: &Shared,
    receiving: impl Future<Output = KafkaResult<BorrowedMessage<'m>>>,
) -> KafkaResult<BorrowedMessage<'m>> {
    let polling = Polling::start(shared);
    let result = receiving.await;
    // The kit may have come meanwhile.
    if let Some(polling) = polling.or_else(|| Polling::start(shared)) {
        polling.finish(&result, None);
    }
    result
}

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

    pub(crate) fn clock(&self) -> &'a Clock {
        self.client.tracer.clock()
    }

    /// Ends with what the application is about to get; now, if not before. The end of a partition is no error.
    pub(crate) fn finish(self, result: &KafkaResult<BorrowedMessage<'_>>, ended: Option<Moment>) {
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
                if let Some(span) = creator(&self.client.without_baggage, &self.client.fields(message)) {
                    details.link(span);
                }
            }
        };
        KafkaSpan::start(self.client, beginning, describe).finish_at(&outcome(result), ended);
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
