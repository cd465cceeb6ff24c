use std::{ops::Deref, sync::Arc};

use rdkafka::{
    consumer::{ConsumerContext, DefaultConsumerContext, stream_consumer},
    error::KafkaResult,
    message::BorrowedMessage,
    util::DefaultRuntime,
};

use crate::{client::Shared, context::OtelContext, message_stream::MessageStream, poll::receive};

/// The queue of one partition of a [`StreamConsumer`](crate::StreamConsumer), with a span for each message that it
/// gives: [`rdkafka`'s](stream_consumer::StreamPartitionQueue), which is reached through `Deref`.
pub struct StreamPartitionQueue<C = OtelContext<DefaultConsumerContext>, R = DefaultRuntime>
where
    C: ConsumerContext,
{
    inner: stream_consumer::StreamPartitionQueue<C, R>,
    shared: Arc<Shared>,
}

impl<C: ConsumerContext, R> StreamPartitionQueue<C, R> {
    pub(crate) const fn new(inner: stream_consumer::StreamPartitionQueue<C, R>, shared: Arc<Shared>) -> Self {
        Self { inner, shared }
    }

    /// Receives the next message: see [`StreamConsumer::recv`](crate::StreamConsumer::recv).
    ///
    /// # Errors
    /// Those of rdkafka.
    pub async fn recv(&self) -> KafkaResult<BorrowedMessage<'_>> {
        receive(&self.shared, self.inner.recv()).await
    }

    /// The messages as a stream, as [rdkafka's](stream_consumer::StreamPartitionQueue::stream).
    pub fn stream(&self) -> MessageStream<'_, C> {
        MessageStream::new(self.inner.stream(), &self.shared)
    }
}

impl<C: ConsumerContext, R> Deref for StreamPartitionQueue<C, R> {
    type Target = stream_consumer::StreamPartitionQueue<C, R>;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}
