use std::sync::Arc;

use opentelemetry::{
    Context, KeyValue,
    baggage::{BaggageExt, KeyValueMetadata},
    trace::{SpanContext, TraceContextExt},
};
use otel_kit_core::{semconv::attribute::MESSAGING_BATCH_MESSAGE_COUNT, settings::ProcessParent};
use rdkafka::message::Message;

use crate::{
    client::{Client, Shared},
    headers::{creator, extract},
    kind::Kind,
    poll::describe_message,
    process::{Process, Processing},
    setup::{identified_by, telling_errors, with_kit},
    span::{Beginning, Details, KafkaSpan},
};

/// Gives spans to the processing of messages, wherever that is done: in the loop that receives them, in tasks
/// that were spawned, of messages that were detached or came out of a partition's own queue.
///
/// A single message continues the trace of the span that sent it, or links to it where
/// [`KafkaSettings::process`](otel_kit_core::settings::KafkaSettings) says so; its baggage is carried on in
/// both cases. A batch links to the distinct spans that its messages come from, 128 at most.
#[derive(Clone, Debug, Default)]
#[must_use = "a processor does nothing by itself"]
pub struct Processor {
    shared: Arc<Shared>,
}

impl Processor {
    /// For messages of a consumer that is not wrapped; [`StreamConsumer`](crate::StreamConsumer) and
    /// [`BaseConsumer`](crate::BaseConsumer) have their own.
    pub fn new() -> Self {
        Self::default()
    }

    pub(crate) const fn of(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    with_kit!();
    identified_by!();
    telling_errors!();

    /// Processes a message: the handler runs in its span, and its result is passed on unchanged.
    ///
    /// # Errors
    /// Those of the handler.
    pub async fn process<'m, M, F, Handling, T, E>(&self, message: &'m M, handler: F) -> Result<T, E>
    where
        M: Message,
        F: FnOnce(&'m M) -> Handling,
        Handling: Future<Output = Result<T, E>>,
        E: 'static,
    {
        Processing::new(self.start(message), async { handler(message).await }).await
    }

    /// Processes a batch of messages: the handler runs in its span, and its result is passed on unchanged.
    ///
    /// # Errors
    /// Those of the handler.
    pub async fn process_batch<'m, M, F, Handling, T, E>(&self, messages: &'m [M], handler: F) -> Result<T, E>
    where
        M: Message,
        F: FnOnce(&'m [M]) -> Handling,
        Handling: Future<Output = Result<T, E>>,
        E: 'static,
    {
        Processing::new(self.start_batch(messages), async { handler(messages).await }).await
    }

    /// Starts to process a message; how it ended is for the caller to say.
    pub fn start<M: Message>(&self, message: &M) -> Process {
        let Some(client) = self.shared.client() else { return Process::untouched() };
        let topic = client.topic(Some(message.topic()));
        let (parent, linked) = origin(client, message);
        let beginning = Beginning {
            kind: Kind::Process,
            parent: &topic.named_in(&parent),
            topic,
            started: None,
            partition: Some(message.partition()),
            messages: 1,
        };
        Process::new(KafkaSpan::start(client, beginning, |topic, details| {
            describe_message(client, topic, message, details);
            linked.into_iter().for_each(|span| details.link(span));
        }))
    }

    /// Starts to process a batch; how it ended is for the caller to say. None is nothing.
    pub fn start_batch<M: Message>(&self, messages: &[M]) -> Process {
        let (Some(client), Some(first)) = (self.shared.client(), messages.first()) else {
            return Process::untouched();
        };
        let is_one_topic = messages.iter().all(|message| message.topic() == first.topic());
        let is_one_partition =
            is_one_topic && messages.iter().all(|message| message.partition() == first.partition());
        let topic = client.topic(is_one_topic.then(|| first.topic()));
        let partition = is_one_partition.then(|| first.partition());
        let count = u64::try_from(messages.len()).unwrap_or(u64::MAX);
        let beginning = Beginning {
            kind: Kind::Process,
            parent: &topic.named_in(&Context::current()),
            topic,
            started: None,
            partition,
            messages: count,
        };
        Process::new(KafkaSpan::start(client, beginning, |topic, details| {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            details.attributes.push(KeyValue::new(MESSAGING_BATCH_MESSAGE_COUNT, count));
            details.attributes.extend(partition.map(|partition| topic.partition(partition)));
            link_to_creators(client, messages, details);
        }))
    }
}

/// The parent of processing a message, and what is linked to.
fn origin<M: Message>(client: &Client, message: &M) -> (Context, Option<SpanContext>) {
    let ambient = Context::current();
    let extracted = extract(client.propagator(), &ambient, &client.fields(message));
    let (current, creator) = (ambient.span(), extracted.span());
    let (current, creator) = (current.span_context(), creator.span_context());
    if !creator.is_valid() || is_same(current, creator) {
        return (extracted, None);
    }
    match client.settings().process {
        ProcessParent::Ambient => {
            let creator = creator.clone();
            (with_baggage_of(&extracted, ambient), Some(creator))
        }
        _ => {
            let current = current.is_valid().then(|| current.clone());
            (extracted, current)
        }
    }
}

fn is_same(one: &SpanContext, other: &SpanContext) -> bool {
    one.span_id() == other.span_id() && one.trace_id() == other.trace_id()
}

/// The context of a trace of its own, or of the current one, that carries the message's baggage all the same.
fn with_baggage_of(extracted: &Context, ambient: Context) -> Context {
    let baggage = extracted.baggage();
    if baggage.is_empty() {
        return ambient;
    }
    let entries = baggage
        .iter()
        .map(|(key, (value, metadata))| KeyValueMetadata::new(key.clone(), value.clone(), metadata.clone()));
    ambient.with_baggage(entries)
}

fn link_to_creators<M: Message>(client: &Client, messages: &[M], details: &mut Details) {
    for message in messages {
        if details.is_full() {
            return;
        }
        if let Some(span) = creator(&client.without_baggage, &client.fields(message)) {
            details.link(span);
        }
    }
}
