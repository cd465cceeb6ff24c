use std::{
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use otel_kit_core::Moment;
use rdkafka::{
    error::KafkaError,
    producer::{self, future_producer::OwnedDeliveryResult},
};

use crate::{send::SendSpan, wakeup::Wakeup};

/// The delivery of a message that was sent by [`FutureProducer::send_result`](crate::FutureProducer::send_result).
///
/// It ends like rdkafka's [`DeliveryFuture`](producer::DeliveryFuture). Its span ends when the message was delivered
/// or given up, however late this is asked for it.
#[must_use = "a delivery that nobody waits for counts as cancelled"]
pub struct DeliveryFuture {
    inner: producer::DeliveryFuture,
    state: State,
}

type Output = <producer::DeliveryFuture as Future>::Output;

enum State {
    Waiting {
        span: SendSpan,
        wakeup: Arc<Wakeup>,
    },
    /// It came before anybody asked.
    There(Output),
    /// Without a kit, or over.
    Untouched,
}

impl DeliveryFuture {
    /// Waits for the delivery from now on, be it asked for or not.
    pub(crate) fn new(inner: producer::DeliveryFuture, span: Option<SendSpan>) -> Self {
        let Some(span) = span else { return Self { inner, state: State::Untouched } };
        let wakeup = Wakeup::new(span.clock());
        let mut this = Self { inner, state: State::Waiting { span, wakeup } };
        if let Poll::Ready(output) = this.poll_with(&Context::from_waker(Waker::noop())) {
            this.state = State::There(output);
        }
        this
    }

    fn poll_with(&mut self, task: &Context<'_>) -> Poll<Output> {
        match mem::replace(&mut self.state, State::Untouched) {
            State::There(output) => Poll::Ready(output),
            State::Untouched => Pin::new(&mut self.inner).poll(&mut Context::from_waker(task.waker())),
            State::Waiting { mut span, wakeup } => {
                let waker = wakeup.waker_for(task);
                let output = Pin::new(&mut self.inner).poll(&mut Context::from_waker(&waker));
                match &output {
                    Poll::Ready(output) => finish(&mut span, output, wakeup.take()),
                    Poll::Pending => self.state = State::Waiting { span, wakeup },
                }
                output
            }
        }
    }
}

impl Future for DeliveryFuture {
    type Output = Output;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        self.poll_with(task)
    }
}

/// A message that was delivered is so even if nobody asks any more.
impl Drop for DeliveryFuture {
    fn drop(&mut self) {
        if matches!(self.state, State::Waiting { .. }) {
            let _ = self.poll_with(&Context::from_waker(Waker::noop()));
        }
    }
}

fn finish(span: &mut SendSpan, output: &Output, ended: Option<Moment>) {
    match output {
        Ok(result) => conclude(span, result, ended),
        Err(_) => span.failed(&KafkaError::Canceled, ended),
    }
}

/// Ends the span as the delivery says.
pub(crate) fn conclude(span: &mut SendSpan, result: &OwnedDeliveryResult, ended: Option<Moment>) {
    match result {
        Ok(delivery) => span.delivered(delivery.partition, delivery.offset, ended),
        Err((error, _)) => span.failed(error, ended),
    }
}
