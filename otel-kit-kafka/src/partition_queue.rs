use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use rdkafka::{
    consumer::{ConsumerContext, DefaultConsumerContext, base_consumer},
    error::KafkaResult,
    message::BorrowedMessage,
    util::Timeout,
};

use crate::{client::Shared, context::OtelContext, poll::poll};

/// The queue of one partition of a [`BaseConsumer`](crate::BaseConsumer), with a span for each message that it
/// gives: [`rdkafka`'s](base_consumer::PartitionQueue), whose other methods are reached through `Deref`.
pub struct PartitionQueue<C = OtelContext<DefaultConsumerContext>>
where
    C: ConsumerContext,
{
    inner: base_consumer::PartitionQueue<C>,
    shared: Arc<Shared>,
}

impl<C: ConsumerContext> PartitionQueue<C> {
    pub(crate) const fn new(inner: base_consumer::PartitionQueue<C>, shared: Arc<Shared>) -> Self {
        Self { inner, shared }
    }

    /// Polls for a message, as [rdkafka's](base_consumer::PartitionQueue::poll) does. A poll that gives none has no
    /// span.
    pub fn poll<T: Into<Timeout>>(&self, timeout: T) -> Option<KafkaResult<BorrowedMessage<'_>>> {
        poll(&self.shared, || self.inner.poll(timeout))
    }
}

impl<C: ConsumerContext> Deref for PartitionQueue<C> {
    type Target = base_consumer::PartitionQueue<C>;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl<C: ConsumerContext> DerefMut for PartitionQueue<C> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.inner
    }
}
