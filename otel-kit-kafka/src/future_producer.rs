use std::{ops::Deref, sync::Arc};

use rdkafka::{
    ClientConfig,
    client::{ClientContext, DefaultClientContext},
    config::{FromClientConfig, FromClientConfigAndContext},
    error::{KafkaError, KafkaResult},
    message::ToBytes,
    producer::{
        self,
        future_producer::{FutureRecord, OwnedDeliveryResult},
    },
    util::{AsyncRuntime, DefaultRuntime, Timeout},
};

use crate::{
    attached::Attached,
    client::Shared,
    context::OtelContext,
    delivery_future::{DeliveryFuture, conclude},
    send::{Outgoing, SendSpan},
    setup::{identified_by, with_kit},
};

/// [`rdkafka`'s `FutureProducer`](producer::FutureProducer), with a span for each message.
///
/// It is made like that one, from a [`ClientConfig`], and has its methods: those that are not here are reached
/// through `Deref`. One that is there already is wrapped by `From`. `C` is the context of rdkafka's producer: an
/// [`OtelContext`] around the application's own, or what one that is there already has.
///
/// A send that is dropped before its end leaves a span with `otel_kit.cancelled`; the message may still go out.
/// For messages whose delivery nobody waits for, [`ThreadedProducer`](crate::ThreadedProducer) has spans that
/// end when they are delivered.
///
/// ```
/// use otel_kit_kafka::{FutureProducer, rdkafka::ClientConfig};
///
/// let producer: FutureProducer = ClientConfig::new().set("bootstrap.servers", "k1:9092").create()?;
/// # let _ = producer;
/// # Ok::<_, otel_kit_kafka::rdkafka::error::KafkaError>(())
/// ```
#[must_use = "a producer that is dropped sends nothing"]
pub struct FutureProducer<C = OtelContext<DefaultClientContext>, R = DefaultRuntime>
where
    C: ClientContext + 'static,
{
    inner: producer::FutureProducer<C, R>,
    shared: Arc<Shared>,
}

impl<C, R> FutureProducer<C, R>
where
    C: ClientContext + 'static,
    R: AsyncRuntime,
{
    with_kit!();
    identified_by!();

    /// Sends a message and waits for its delivery, as
    /// [rdkafka's](producer::FutureProducer::send) does.
    ///
    /// # Errors
    /// Those of rdkafka, with the message; its headers hold the context that was written.
    pub async fn send<K, P, T>(
        &self,
        mut record: FutureRecord<'_, K, P>,
        queue_timeout: T,
    ) -> OwnedDeliveryResult
    where
        K: ToBytes + ?Sized,
        P: ToBytes + ?Sized,
        T: Into<Timeout>,
    {
        let Some((mut span, _)) = SendSpan::start(&self.shared, outgoing(&mut record)) else {
            return self.inner.send(record, queue_timeout).await;
        };
        let context = span.context().clone();
        let sending = async {
            let result = self.inner.send(record, queue_timeout).await;
            conclude(&mut span, &result, None);
            result
        };
        Attached::new(sending, context).await
    }

    /// Sends a message and gives a future of its delivery, as
    /// [rdkafka's](producer::FutureProducer::send_result) does. The span ends when it is delivered.
    ///
    /// # Errors
    /// Those of rdkafka, with the record as it was given.
    #[allow(clippy::result_large_err, reason = "the same as rdkafka's")]
    pub fn send_result<'a, K, P>(
        &self,
        mut record: FutureRecord<'a, K, P>,
    ) -> Result<DeliveryFuture, (KafkaError, FutureRecord<'a, K, P>)>
    where
        K: ToBytes + ?Sized,
        P: ToBytes + ?Sized,
    {
        let Some((mut span, before)) = SendSpan::start(&self.shared, outgoing(&mut record)) else {
            return Ok(DeliveryFuture::new(self.inner.send_result(record)?, None));
        };
        match self.inner.send_result(record) {
            Ok(inner) => Ok(DeliveryFuture::new(inner, Some(span))),
            Err((error, mut record)) => {
                span.failed(&error, None);
                before.restore(&mut record.headers);
                Err((error, record))
            }
        }
    }

    /// The producer that is wrapped.
    pub const fn get_ref(&self) -> &producer::FutureProducer<C, R> {
        &self.inner
    }
}

impl<C, R> Deref for FutureProducer<C, R>
where
    C: ClientContext + 'static,
{
    type Target = producer::FutureProducer<C, R>;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl<C, R> Clone for FutureProducer<C, R>
where
    C: ClientContext + 'static,
{
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), shared: Arc::clone(&self.shared) }
    }
}

impl<R: AsyncRuntime> FromClientConfig for FutureProducer<OtelContext<DefaultClientContext>, R> {
    fn from_config(config: &ClientConfig) -> KafkaResult<Self> {
        Self::from_config_and_context(config, DefaultClientContext)
    }
}

impl<C, R> FromClientConfigAndContext<C> for FutureProducer<OtelContext<C>, R>
where
    C: ClientContext + 'static,
    R: AsyncRuntime,
{
    fn from_config_and_context(config: &ClientConfig, context: C) -> KafkaResult<Self> {
        let (context, shared) = OtelContext::around(context, config);
        Ok(Self { inner: producer::FutureProducer::from_config_and_context(config, context)?, shared })
    }
}

/// Without what only its configuration tells, until [`identified_by`](FutureProducer::identified_by) is told of that:
/// `messaging.client.id`, `server.address`, `server.port`.
impl<C, R> From<producer::FutureProducer<C, R>> for FutureProducer<C, R>
where
    C: ClientContext + 'static,
{
    fn from(inner: producer::FutureProducer<C, R>) -> Self {
        Self { inner, shared: Arc::default() }
    }
}

fn outgoing<'a, K, P>(record: &'a mut FutureRecord<'_, K, P>) -> Outgoing<'a>
where
    K: ToBytes + ?Sized,
    P: ToBytes + ?Sized,
{
    Outgoing {
        topic: record.topic,
        partition: record.partition,
        key: record.key.map(ToBytes::to_bytes),
        payload: record.payload.map(ToBytes::to_bytes),
        headers: &mut record.headers,
    }
}
