use std::{ops::Deref, sync::Arc};

use otel_kit_core::Kit;
use rdkafka::{
    ClientConfig,
    config::{FromClientConfig, FromClientConfigAndContext},
    error::{KafkaError, KafkaResult},
    message::ToBytes,
    producer::{self, BaseRecord, DefaultProducerContext, NoCustomPartitioner, Partitioner, ProducerContext},
};

use crate::{client::Shared, context::OtelContext, tracked::send};

/// [`rdkafka`'s `BaseProducer`](producer::BaseProducer), with a span for each message that ends when
/// `ProducerContext::delivery` is told of it.
///
/// It is made like that one, from a [`ClientConfig`], and has its methods: those that are not here are reached
/// through `Deref`. It has to be polled, as that one.
pub struct BaseProducer<C = DefaultProducerContext, Part = NoCustomPartitioner>
where
    C: ProducerContext<Part> + 'static,
    Part: Partitioner,
{
    inner: producer::BaseProducer<OtelContext<C>, Part>,
    shared: Arc<Shared>,
}

impl<C, Part> BaseProducer<C, Part>
where
    C: ProducerContext<Part> + 'static,
    Part: Partitioner,
{
    /// Uses this kit instead of the one that `otel_kit::init!()` installs. Has to come before the first message.
    pub fn with(self, kit: &Kit) -> Self {
        self.shared.use_kit(kit);
        self
    }

    /// Sends a message, as [rdkafka's](producer::BaseProducer::send) does. Its span ends when it is delivered.
    ///
    /// # Errors
    /// Those of rdkafka, with the record as it was given.
    #[allow(clippy::result_large_err, clippy::type_complexity, reason = "the same as rdkafka's")]
    pub fn send<'a, K, P>(
        &self,
        record: BaseRecord<'a, K, P, C::DeliveryOpaque>,
    ) -> Result<(), (KafkaError, BaseRecord<'a, K, P, C::DeliveryOpaque>)>
    where
        K: ToBytes + ?Sized,
        P: ToBytes + ?Sized,
    {
        send(&self.shared, record, |record| self.inner.send(record))
    }

    /// The producer that is wrapped.
    pub const fn get_ref(&self) -> &producer::BaseProducer<OtelContext<C>, Part> {
        &self.inner
    }
}

impl<C, Part> Deref for BaseProducer<C, Part>
where
    C: ProducerContext<Part> + 'static,
    Part: Partitioner,
{
    type Target = producer::BaseProducer<OtelContext<C>, Part>;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl FromClientConfig for BaseProducer {
    fn from_config(config: &ClientConfig) -> KafkaResult<Self> {
        Self::from_config_and_context(config, DefaultProducerContext)
    }
}

impl<C, Part> FromClientConfigAndContext<C> for BaseProducer<C, Part>
where
    C: ProducerContext<Part> + 'static,
    Part: Partitioner,
{
    fn from_config_and_context(config: &ClientConfig, context: C) -> KafkaResult<Self> {
        let shared = Shared::of(config);
        let context = OtelContext::new(context, Arc::clone(&shared));
        Ok(Self { inner: producer::BaseProducer::from_config_and_context(config, context)?, shared })
    }
}
