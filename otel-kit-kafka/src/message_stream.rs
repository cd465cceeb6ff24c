use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_core::Stream;
use rdkafka::{
    consumer::{self, ConsumerContext},
    error::KafkaResult,
    message::BorrowedMessage,
};

use crate::{client::Shared, poll::Polling};

/// The messages of a [`StreamConsumer`](crate::StreamConsumer), with a span for each.
#[must_use = "streams do nothing unless polled"]
pub struct MessageStream<'a, C: ConsumerContext> {
    inner: consumer::MessageStream<'a, C>,
    shared: &'a Shared,
    polling: Option<Polling<'a>>,
}

impl<'a, C: ConsumerContext> MessageStream<'a, C> {
    pub(crate) const fn new(inner: consumer::MessageStream<'a, C>, shared: &'a Shared) -> Self {
        Self { inner, shared, polling: None }
    }
}

impl<'a, C: ConsumerContext> Stream for MessageStream<'a, C> {
    type Item = KafkaResult<BorrowedMessage<'a>>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.polling.is_none() {
            this.polling = Polling::start(this.shared);
        }
        let item = ready!(Pin::new(&mut this.inner).poll_next(task));
        if let (Some(polling), Some(result)) = (this.polling.take(), &item) {
            polling.finish(result);
        }
        Poll::Ready(item)
    }
}
