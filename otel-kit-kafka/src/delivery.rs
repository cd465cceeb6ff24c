use std::any::Any;

use rdkafka::{
    message::{DeliveryResult, Message},
    producer::{Partitioner, ProducerContext},
    util::IntoOpaque,
};

use crate::{context::OtelContext, send::SendSpan};

/// What goes with a message through librdkafka: its span, and the application's own.
#[derive(Debug)]
pub struct InFlight<D> {
    span: Option<SendSpan>,
    own: D,
}

impl<D> InFlight<D> {
    pub(crate) const fn new(span: Option<SendSpan>, own: D) -> Self {
        Self { span, own }
    }

    pub(crate) fn into_parts(self) -> (Option<SendSpan>, D) {
        (self.span, self.own)
    }
}

/// Ends the span of a message that was delivered or not, then tells the application's context, with the span's
/// context current.
impl<C, Part> ProducerContext<Part> for OtelContext<C>
where
    C: ProducerContext<Part> + Any,
    C::DeliveryOpaque: IntoOpaque,
    Part: Partitioner,
{
    type DeliveryOpaque = Box<InFlight<C::DeliveryOpaque>>;

    fn delivery(&self, result: &DeliveryResult<'_>, in_flight: Self::DeliveryOpaque) {
        let InFlight { mut span, own } = *in_flight;
        let _attached = span.as_ref().map(SendSpan::attach);
        match (&mut span, result) {
            (Some(span), Ok(message)) => span.delivered(message.partition(), message.offset(), None),
            (Some(span), Err((error, _))) => span.failed(error, None),
            (None, _) => {}
        }
        self.get_ref().delivery(result, own);
    }

    fn get_custom_partitioner(&self) -> Option<&Part> {
        self.get_ref().get_custom_partitioner()
    }
}
