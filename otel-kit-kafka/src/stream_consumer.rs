use std::{ops::Deref, sync::Arc};

use rdkafka::{
    ClientConfig,
    config::{FromClientConfig, FromClientConfigAndContext},
    consumer::{self, CommitMode, Consumer, ConsumerContext, DefaultConsumerContext},
    error::{KafkaError, KafkaResult},
    message::{BorrowedMessage, Message},
    util::{AsyncRuntime, DefaultRuntime},
};

use crate::{
    client::Shared,
    commit::{Committed, commit, commit_methods},
    context::OtelContext,
    message_stream::MessageStream,
    poll::receive,
    process::Process,
    processor::Processor,
    setup::{identified_by, telling_errors, with_kit},
    stream_partition_queue::StreamPartitionQueue,
};

/// [`rdkafka`'s `StreamConsumer`](consumer::StreamConsumer), with spans for receiving, processing and
/// committing messages.
///
/// It is made like that one, from a [`ClientConfig`], and has its methods: those that are not here are reached
/// through `Deref`, and with rdkafka's trait [`Consumer`]. One that is there already is wrapped by `From`.
///
/// Receiving and processing are spans of their own, as only the application knows where processing begins and
/// ends:
///
/// ```no_run
/// use otel_kit_kafka::{StreamConsumer, rdkafka::{message::{BorrowedMessage, Message}, consumer::CommitMode}};
///
/// # async fn run(consumer: StreamConsumer) -> Result<(), Box<dyn std::error::Error>> {
/// async fn store(order: &BorrowedMessage<'_>) -> Result<(), std::io::Error> {
///     println!("{:?}", order.payload());
///     Ok(())
/// }
///
/// loop {
///     let message = consumer.recv().await?; // poll orders
///     consumer.process(&message, store).await?; // process orders
///     consumer.commit_message(&message, CommitMode::Async)?; // commit orders
/// }
/// # }
/// ```
///
/// `C` is the context of rdkafka's consumer. A consumer with a context of the application's own keeps it as it is.
#[must_use = "a consumer that is dropped receives nothing"]
pub struct StreamConsumer<C = OtelContext<DefaultConsumerContext>, R = DefaultRuntime>
where
    C: ConsumerContext,
{
    inner: Arc<consumer::StreamConsumer<C, R>>,
    shared: Arc<Shared>,
}

impl<C, R> StreamConsumer<C, R>
where
    C: ConsumerContext + 'static,
{
    with_kit!();
    identified_by!();
    telling_errors!();

    /// Receives the next message, as [rdkafka's](consumer::StreamConsumer::recv) does: its span is there when
    /// the message is, and begins at the call.
    ///
    /// # Errors
    /// Those of rdkafka.
    pub async fn recv(&self) -> Result<BorrowedMessage<'_>, KafkaError> {
        receive(&self.shared, self.inner.recv()).await
    }

    /// The messages as a stream, as [rdkafka's](consumer::StreamConsumer::stream).
    pub fn stream(&self) -> MessageStream<'_, C> {
        MessageStream::new(self.inner.stream(), &self.shared)
    }

    /// Processes a message: see [`Processor::process`].
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
        self.processor().process(message, handler).await
    }

    /// Processes a batch of messages: see [`Processor::process_batch`].
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
        self.processor().process_batch(messages, handler).await
    }

    /// Starts to process a message: see [`Processor::start`].
    pub fn start_process<M: Message>(&self, message: &M) -> Process {
        self.processor().start(message)
    }

    /// What gives spans to the processing of this consumer's messages, to be taken elsewhere.
    pub fn processor(&self) -> Processor {
        Processor::of(Arc::clone(&self.shared))
    }

    /// Splits a partition's messages off into their own queue, as
    /// [rdkafka's](consumer::StreamConsumer::split_partition_queue) does.
    pub fn split_partition_queue(&self, topic: &str, partition: i32) -> Option<StreamPartitionQueue<C, R>> {
        let queue = self.inner.split_partition_queue(topic, partition)?;
        Some(StreamPartitionQueue::new(queue, Arc::clone(&self.shared)))
    }

    /// The consumer that is wrapped. What is received and committed through it has no spans.
    pub const fn get_ref(&self) -> &Arc<consumer::StreamConsumer<C, R>> {
        &self.inner
    }
}

/// Commits have the span `commit {topic}`.
impl<C, R> StreamConsumer<C, R>
where
    C: ConsumerContext,
{
    commit_methods!();
}

impl<C, R> Deref for StreamConsumer<C, R>
where
    C: ConsumerContext,
{
    type Target = consumer::StreamConsumer<C, R>;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl<R: AsyncRuntime> FromClientConfig for StreamConsumer<OtelContext<DefaultConsumerContext>, R> {
    fn from_config(config: &ClientConfig) -> KafkaResult<Self> {
        let (context, shared) = OtelContext::around(DefaultConsumerContext, config);
        let inner = consumer::StreamConsumer::from_config_and_context(config, context)?;
        Ok(Self { inner: Arc::new(inner), shared })
    }
}

impl<C, R> FromClientConfigAndContext<C> for StreamConsumer<C, R>
where
    C: ConsumerContext + 'static,
    R: AsyncRuntime,
{
    fn from_config_and_context(config: &ClientConfig, context: C) -> KafkaResult<Self> {
        let inner = consumer::StreamConsumer::from_config_and_context(config, context)?;
        Ok(Self { inner: Arc::new(inner), shared: Shared::of(config) })
    }
}

/// Without what only its configuration tells, until [`identified_by`](StreamConsumer::identified_by) is told of that: client
/// id, group, server.
impl<C, R> From<consumer::StreamConsumer<C, R>> for StreamConsumer<C, R>
where
    C: ConsumerContext,
{
    fn from(inner: consumer::StreamConsumer<C, R>) -> Self {
        Self { inner: Arc::new(inner), shared: Arc::default() }
    }
}
