use opentelemetry::{Context, ContextGuard, KeyValue};
use otel_kit_core::{Clock, Moment, operation::Outcome, semconv::attribute::MESSAGING_KAFKA_OFFSET};
use rdkafka::{error::KafkaError, message::OwnedHeaders};

use crate::{
    client::Shared,
    content::Content,
    failure::error_type,
    headers::{Before, creator, fields, inject},
    kind::Kind,
    span::{Beginning, KafkaSpan},
};

/// A record on its way out.
pub(crate) struct Outgoing<'a> {
    pub(crate) topic: &'a str,
    pub(crate) partition: Option<i32>,
    pub(crate) key: Option<&'a [u8]>,
    pub(crate) payload: Option<&'a [u8]>,
    pub(crate) headers: &'a mut Option<OwnedHeaders>,
}

/// Sending a message: from the call to the broker's acknowledgement.
#[derive(Debug)]
pub(crate) struct SendSpan {
    span: KafkaSpan,
    partition: Option<i32>,
}

impl SendSpan {
    /// Starts the span below the current context, and writes it into the record's headers.
    ///
    /// Nothing is started and written without a kit.
    pub(crate) fn start(shared: &Shared, record: Outgoing<'_>) -> Option<(Self, Before)> {
        let client = shared.client()?;
        let partition = record.partition.filter(|partition| *partition >= 0);
        let parent = Context::current();
        let beginning = Beginning {
            kind: Kind::Send,
            topic: client.topic(Some(record.topic)),
            parent: &parent,
            started: None,
            partition,
            messages: 1,
        };
        let span = KafkaSpan::start(client, beginning, |topic, details| {
            details.attributes.extend(partition.map(|partition| topic.partition(partition)));
            let content = Content { key: record.key, payload: record.payload };
            content.describe(client.settings(), &mut details.attributes);
        });
        let before = inject(client.propagator(), span.context(), record.headers);
        match &before {
            // A record that is sent on comes from there.
            Before::Replaced(Some(old)) => {
                let old = fields(old).and_then(|old| creator(&client.without_baggage, &old));
                old.into_iter().for_each(|creator| span.link(creator));
            }
            Before::Unreadable => span.lost_context(),
            Before::Same | Before::Replaced(None) | Before::First(_) => {}
        }
        Some((Self { span, partition }, before))
    }

    pub(crate) const fn context(&self) -> &Context {
        self.span.context()
    }

    pub(crate) fn attach(&self) -> ContextGuard {
        self.span.attach()
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.span.clock()
    }

    /// The broker has the message: since then, if not now.
    pub(crate) fn delivered(&mut self, partition: i32, offset: i64, ended: Option<Moment>) {
        self.span.set_partition(partition);
        if let Some(span) = self.span.recording() {
            let named = self.partition.is_none().then(|| self.span.partition_id(partition));
            // A producer that waits for no acknowledgement is told no offset.
            let offset = (offset >= 0).then(|| KeyValue::new(MESSAGING_KAFKA_OFFSET, offset));
            span.set_attributes(named.into_iter().chain(offset));
        }
        self.span.finish_at(&Outcome::Success, ended);
    }

    /// The broker does not have the message, or does not say: since then, if not now.
    pub(crate) fn failed(&mut self, error: &KafkaError, ended: Option<Moment>) {
        self.span.finish_at(&Outcome::failure(error_type(error)), ended);
    }
}
