use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures_core::Stream;
use rdkafka::{
    consumer::{self, ConsumerContext},
    error::KafkaResult,
    message::BorrowedMessage,
};

use crate::{client::Shared, poll::Polling, wakeup::Wakeup};

/// The messages of a [`StreamConsumer`](crate::StreamConsumer) or of one of its partitions, with a span for each.
///
/// A span is the time from when the stream was found empty, if it was, to when there was a message. How long the message
/// lies there until the stream is asked again, as while a chunk of `ready_chunks` is processed, is not in it.
#[must_use = "streams do nothing unless polled"]
pub struct MessageStream<'a, C: ConsumerContext> {
    inner: consumer::MessageStream<'a, C>,
    shared: &'a Shared,
    polling: Option<Polling<'a>>,
    wakeup: Option<Arc<Wakeup>>,
}

impl<'a, C: ConsumerContext> MessageStream<'a, C> {
    pub(crate) const fn new(inner: consumer::MessageStream<'a, C>, shared: &'a Shared) -> Self {
        Self { inner, shared, polling: None, wakeup: None }
    }
}

impl<'a, C: ConsumerContext> Stream for MessageStream<'a, C> {
    type Item = KafkaResult<BorrowedMessage<'a>>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let woken = this.wakeup.as_deref().and_then(Wakeup::take);
        let Some(polling) = this.polling.take().or_else(|| Polling::start(this.shared)) else {
            return Pin::new(&mut this.inner).poll_next(task);
        };
        let mut item = Pin::new(&mut this.inner).poll_next(task);
        if item.is_pending() {
            let wakeup = this.wakeup.get_or_insert_with(|| Wakeup::new(polling.clock()));
            item = Pin::new(&mut this.inner).poll_next(&mut Context::from_waker(&wakeup.waker_for(task)));
        }
        match &item {
            Poll::Ready(Some(result)) => polling.finish(result, woken),
            Poll::Ready(None) => {}
            Poll::Pending => this.polling = Some(polling),
        }
        item
    }
}
