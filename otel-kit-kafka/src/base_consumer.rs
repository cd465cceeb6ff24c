use std::{iter, ops::Deref, sync::Arc};

use rdkafka::{
    ClientConfig,
    config::{FromClientConfig, FromClientConfigAndContext},
    consumer::{self, CommitMode, Consumer, ConsumerContext, DefaultConsumerContext},
    error::KafkaResult,
    message::{BorrowedMessage, Message},
    util::Timeout,
};

use crate::{
    client::Shared,
    commit::{Committed, commit, commit_methods},
    context::OtelContext,
    partition_queue::PartitionQueue,
    poll::poll,
    process::Process,
    processor::Processor,
    setup::{identified_by, telling_errors, with_kit},
};

/// [`rdkafka`'s `BaseConsumer`](consumer::BaseConsumer), with spans for polling, processing and committing
/// messages.
///
/// It is made like that one, from a [`ClientConfig`], and has its methods: those that are not here are reached
/// through `Deref`, and with rdkafka's trait [`Consumer`]. One that is there already is wrapped by `From`.
///
/// `C` is the context of rdkafka's consumer. A consumer with a context of the application's own keeps it as it is.
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
#[must_use = "a consumer that is dropped receives nothing"]
pub struct BaseConsumer<C = OtelContext<DefaultConsumerContext>>
where
    C: ConsumerContext,
{
    inner: Arc<consumer::BaseConsumer<C>>,
    shared: Arc<Shared>,
}

impl<C: ConsumerContext> BaseConsumer<C> {
    with_kit!();
    identified_by!();
    telling_errors!();

    /// Polls for a message, as [rdkafka's](consumer::BaseConsumer::poll) does. A poll that gives none has no span.
    pub fn poll<T: Into<Timeout>>(&self, timeout: T) -> Option<KafkaResult<BorrowedMessage<'_>>> {
        poll(&self.shared, || self.inner.poll(timeout))
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
    pub fn processor(&self) -> Processor {
        Processor::of(Arc::clone(&self.shared))
    }

    /// Splits a partition's messages off into their own queue, as
    /// [rdkafka's](consumer::BaseConsumer::split_partition_queue) does.
    pub fn split_partition_queue(&self, topic: &str, partition: i32) -> Option<PartitionQueue<C>> {
        let queue = self.inner.split_partition_queue(topic, partition)?;
        Some(PartitionQueue::new(queue, Arc::clone(&self.shared)))
    }

    /// The consumer that is wrapped. What is polled and committed through it has no spans.
    #[must_use]
    pub const fn get_ref(&self) -> &Arc<consumer::BaseConsumer<C>> {
        &self.inner
    }

    /// The consumer that is wrapped, for
    /// [`set_nonempty_callback`](consumer::BaseConsumer::set_nonempty_callback); `None` while it is shared with a
    /// partition's queue or with a clone of what [`get_ref`](Self::get_ref) gives.
    #[must_use]
    pub fn get_mut(&mut self) -> Option<&mut consumer::BaseConsumer<C>> {
        Arc::get_mut(&mut self.inner)
    }
}

/// Commits have the span `commit {topic}`.
impl<C: ConsumerContext> BaseConsumer<C> {
    commit_methods!();
}

impl<C: ConsumerContext> Deref for BaseConsumer<C> {
    type Target = consumer::BaseConsumer<C>;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl FromClientConfig for BaseConsumer<OtelContext<DefaultConsumerContext>> {
    fn from_config(config: &ClientConfig) -> KafkaResult<Self> {
        let (context, shared) = OtelContext::around(DefaultConsumerContext, config);
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

/// Without what only its configuration tells, until [`identified_by`](BaseConsumer::identified_by) is told of that: client
/// id, group, server.
impl<C: ConsumerContext> From<consumer::BaseConsumer<C>> for BaseConsumer<C> {
    fn from(inner: consumer::BaseConsumer<C>) -> Self {
        Self { inner: Arc::new(inner), shared: Arc::default() }
    }
}
