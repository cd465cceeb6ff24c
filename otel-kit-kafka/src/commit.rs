use std::sync::Arc;

use opentelemetry::{Context, KeyValue};
use otel_kit_core::semconv::attribute::MESSAGING_KAFKA_OFFSET;
use rdkafka::{
    TopicPartitionList,
    error::KafkaResult,
    message::{BorrowedMessage, Message},
    topic_partition_list::Offset,
};

use crate::{
    client::{Client, Shared},
    failure::outcome,
    headers::creator,
    kind::Kind,
    span::{Beginning, KafkaSpan},
};

/// The commits of a consumer that is wrapped, `inner`, with spans.
macro_rules! commit_methods {
    () => {
        /// Commits offsets, as rdkafka's [`Consumer::commit`] does.
        ///
        /// # Errors
        /// Those of rdkafka.
        pub fn commit(&self, offsets: &rdkafka::TopicPartitionList, mode: CommitMode) -> KafkaResult<()> {
            commit(&self.shared, &Committed::List(offsets), || self.inner.commit(offsets, mode))
        }

        /// Commits what was received so far, as rdkafka's [`Consumer::commit_consumer_state`] does.
        ///
        /// # Errors
        /// Those of rdkafka.
        pub fn commit_consumer_state(&self, mode: CommitMode) -> KafkaResult<()> {
            commit(&self.shared, &Committed::State, || self.inner.commit_consumer_state(mode))
        }

        /// Commits a message, as rdkafka's [`Consumer::commit_message`] does.
        ///
        /// # Errors
        /// Those of rdkafka.
        pub fn commit_message(&self, message: &BorrowedMessage<'_>, mode: CommitMode) -> KafkaResult<()> {
            commit(&self.shared, &Committed::Message(message), || self.inner.commit_message(message, mode))
        }
    };
}

pub(crate) use commit_methods;

/// What is committed.
pub(crate) enum Committed<'a> {
    Message(&'a BorrowedMessage<'a>),
    List(&'a TopicPartitionList),
    /// All that was stored.
    State,
}

/// What all parts of a commit have in common.
#[derive(Default)]
struct Common {
    topic: Option<String>,
    partition: Option<i32>,
    offset: Option<i64>,
}

/// Commits within a span: until the broker answered, or, where nobody waits for that, until it is on its way.
pub(crate) fn commit<T>(
    shared: &Shared,
    committed: &Committed<'_>,
    commit: impl FnOnce() -> KafkaResult<T>,
) -> KafkaResult<T> {
    let Some(client) = shared.client() else { return commit() };
    let mut span = start(client, committed);
    let result = {
        let _attached = span.attach();
        commit()
    };
    span.finish(&outcome(&result));
    result
}

fn start(client: &Arc<Client>, committed: &Committed<'_>) -> KafkaSpan {
    let common = committed.common();
    let parent = Context::current();
    let topic = client.topic(common.topic.as_deref());
    let beginning = Beginning {
        kind: Kind::Commit,
        topic,
        parent: &parent,
        started: None,
        partition: common.partition,
        messages: 0,
    };
    KafkaSpan::start(client, beginning, |topic, details| {
        details.attributes.extend(common.partition.map(|partition| topic.partition(partition)));
        details.attributes.extend(common.offset.map(|offset| KeyValue::new(MESSAGING_KAFKA_OFFSET, offset)));
        if let Committed::Message(message) = committed {
            let span = creator(&client.without_baggage, &client.fields(*message));
            span.into_iter().for_each(|span| details.link(span));
        }
    })
}

impl Committed<'_> {
    fn common(&self) -> Common {
        match self {
            Self::Message(message) => Common {
                topic: Some(message.topic().to_owned()),
                partition: Some(message.partition()),
                offset: Some(message.offset()),
            },
            Self::List(list) => Common::of(list),
            Self::State => Common::default(),
        }
    }
}

impl Common {
    fn of(list: &TopicPartitionList) -> Self {
        let parts = list.elements();
        let Some(first) = parts.first() else { return Self::default() };
        if parts.iter().any(|part| part.topic() != first.topic()) {
            return Self::default();
        }
        let only = parts.len() == 1;
        let offset = match first.offset() {
            Offset::Offset(offset) if only => Some(offset),
            _ => None,
        };
        Self { topic: Some(first.topic().to_owned()), partition: only.then(|| first.partition()), offset }
    }
}
