use std::{iter, ops::Deref, sync::Arc};

use otel_kit_core::Kit;
use rdkafka::{
    ClientConfig, TopicPartitionList,
    config::{FromClientConfig, FromClientConfigAndContext},
    consumer::{self, CommitMode, Consumer, ConsumerContext, DefaultConsumerContext},
    error::KafkaResult,
    message::{BorrowedMessage, Message},
    util::Timeout,
};

use crate::{
    client::Shared,
    commit::{Committed, commit},
    context::OtelContext,
    poll::Polling,
    process::Process,
    processor::Processor,
};

/// [`rdkafka`'s `BaseConsumer`](consumer::BaseConsumer), with spans for polling, processing and committing
/// messages.
///
/// It is made like that one, from a [`ClientConfig`], and has its methods: those that are not here are reached
/// through `Deref`, and with rdkafka's trait [`Consumer`]. One that is there already is wrapped by `From`. A
/// consumer with a context of the application's own keeps it as it is.
///
/// ```no_run
/// use std::time::Duration;
/// use otel_kit_kafka::{BaseConsumer, rdkafka::message::Message};
///
/// # fn run(consumer: BaseConsumer) -> Result<(), Box<dyn std::error::Error>> {
/// while let Some(message) = consumer.poll(Duration::from_secs(1)) {
///     consumer.process(&message?, |order| std::fs::write("order", order.payload().unwrap_or_default()))?;
/// }
/// # Ok(()) }
/// ```
pub struct BaseConsumer<C = OtelContext<DefaultConsumerContext>>
where
    C: ConsumerContext,
{
    inner: Arc<consumer::BaseConsumer<C>>,
    shared: Arc<Shared>,
}

impl<C: ConsumerContext> BaseConsumer<C> {
    /// Uses this kit instead of the one that `otel_kit::init!()` installs. Has to come before the first message.
    #[must_use]
    pub fn with(self, kit: &Kit) -> Self {
        self.shared.use_kit(kit);
        self
    }

    /// Polls for a message, as [rdkafka's](consumer::BaseConsumer::poll) does. A poll that gives none has no span.
    pub fn poll<T: Into<Timeout>>(&self, timeout: T) -> Option<KafkaResult<BorrowedMessage<'_>>> {
        let polling = Polling::start(&self.shared);
        let result = self.inner.poll(timeout);
        if let (Some(polling), Some(result)) = (polling, &result) {
            polling.finish(result);
        }
        result
    }

    /// All messages, as [rdkafka's](consumer::BaseConsumer::iter): it waits for each and never ends.
    pub fn iter(&self) -> impl Iterator<Item = KafkaResult<BorrowedMessage<'_>>> {
        iter::repeat_with(|| self.poll(None)).flatten()
    }

    /// Processes a message: the handler runs in its span, and its result is passed on unchanged.
    ///
    /// # Errors
    /// Those of the handler.
    pub fn process<'m, M, T, E>(
        &self,
        message: &'m M,
        handler: impl FnOnce(&'m M) -> Result<T, E>,
    ) -> Result<T, E>
    where
        M: Message,
        E: 'static,
    {
        let process = self.start_process(message);
        let result = {
            let _attached = process.attach();
            handler(message)
        };
        process.finish(&result);
        result
    }

    /// Starts to process a message: see [`Processor::start`].
    pub fn start_process<M: Message>(&self, message: &M) -> Process {
        self.processor().start(message)
    }

    /// What gives spans to the processing of this consumer's messages, batches too, to be taken elsewhere.
    #[must_use]
    pub fn processor(&self) -> Processor {
        Processor::of(Arc::clone(&self.shared))
    }

    /// The consumer that is wrapped, for [`split_partition_queue`](consumer::BaseConsumer::split_partition_queue).
    #[must_use]
    pub const fn get_ref(&self) -> &Arc<consumer::BaseConsumer<C>> {
        &self.inner
    }
}

/// Commits have the span `commit {topic}`.
impl<C: ConsumerContext> BaseConsumer<C> {
    /// Commits offsets, as rdkafka's [`Consumer::commit`] does.
    ///
    /// # Errors
    /// Those of rdkafka.
    pub fn commit(&self, offsets: &TopicPartitionList, mode: CommitMode) -> KafkaResult<()> {
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
}

impl<C: ConsumerContext> Deref for BaseConsumer<C> {
    type Target = consumer::BaseConsumer<C>;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl FromClientConfig for BaseConsumer<OtelContext<DefaultConsumerContext>> {
    fn from_config(config: &ClientConfig) -> KafkaResult<Self> {
        let shared = Shared::of(config);
        let context = OtelContext::new(DefaultConsumerContext, Arc::clone(&shared));
        let inner = consumer::BaseConsumer::from_config_and_context(config, context)?;
        Ok(Self { inner: Arc::new(inner), shared })
    }
}

impl<C: ConsumerContext> FromClientConfigAndContext<C> for BaseConsumer<C> {
    fn from_config_and_context(config: &ClientConfig, context: C) -> KafkaResult<Self> {
        let inner = consumer::BaseConsumer::from_config_and_context(config, context)?;
        Ok(Self { inner: Arc::new(inner), shared: Shared::of(config) })
    }
}

/// Without what only the configuration tells: client id, group, server.
impl<C: ConsumerContext> From<consumer::BaseConsumer<C>> for BaseConsumer<C> {
    fn from(inner: consumer::BaseConsumer<C>) -> Self {
        Self { inner: Arc::new(inner), shared: Arc::default() }
    }
}
