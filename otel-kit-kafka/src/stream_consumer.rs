use std::{
    future::poll_fn,
    ops::Deref,
    pin::Pin,
    sync::Arc,
    task::{Poll, ready},
};

use futures_core::Stream;
use otel_kit_core::Kit;
use rdkafka::{
    ClientConfig, TopicPartitionList,
    config::{FromClientConfig, FromClientConfigAndContext},
    consumer::{self, CommitMode, Consumer, ConsumerContext, DefaultConsumerContext},
    error::{KafkaError, KafkaResult},
    message::{BorrowedMessage, Message},
    util::{AsyncRuntime, DefaultRuntime},
};

use crate::{
    client::Shared,
    commit::{Committed, commit},
    context::OtelContext,
    message_stream::MessageStream,
    process::Process,
    processor::Processor,
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
/// A consumer with a context of the application's own keeps it as it is.
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
    /// Uses this kit instead of the one that `otel_kit::init!()` installs. Has to come before the first message.
    pub fn with(self, kit: &Kit) -> Self {
        self.shared.use_kit(kit);
        self
    }

    /// Receives the next message, as [rdkafka's](consumer::StreamConsumer::recv) does: its span is there when
    /// the message is, and begins at the call.
    ///
    /// # Errors
    /// Those of rdkafka.
    pub async fn recv(&self) -> Result<BorrowedMessage<'_>, KafkaError> {
        let mut stream = self.stream();
        poll_fn(|task| match ready!(Pin::new(&mut stream).poll_next(task)) {
            Some(result) => Poll::Ready(result),
            // A stream of messages has no end.
            None => Poll::Pending,
        })
        .await
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
    #[must_use]
    pub fn processor(&self) -> Processor {
        Processor::of(Arc::clone(&self.shared))
    }

    /// The consumer that is wrapped, for [`split_partition_queue`](consumer::StreamConsumer::split_partition_queue).
    pub const fn get_ref(&self) -> &Arc<consumer::StreamConsumer<C, R>> {
        &self.inner
    }
}

/// Commits have the span `commit {topic}`.
impl<C, R> StreamConsumer<C, R>
where
    C: ConsumerContext,
{
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
        let shared = Shared::of(config);
        let context = OtelContext::new(DefaultConsumerContext, Arc::clone(&shared));
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

/// Without what only the configuration tells: client id, group, server.
impl<C, R> From<consumer::StreamConsumer<C, R>> for StreamConsumer<C, R>
where
    C: ConsumerContext,
{
    fn from(inner: consumer::StreamConsumer<C, R>) -> Self {
        Self { inner: Arc::new(inner), shared: Arc::default() }
    }
}
