use std::{ops::Deref, sync::Arc};

use rdkafka::{
    ClientConfig,
    config::{FromClientConfig, FromClientConfigAndContext},
    error::{KafkaError, KafkaResult},
    message::ToBytes,
    producer::{self, BaseRecord, DefaultProducerContext, NoCustomPartitioner, Partitioner, ProducerContext},
};

use crate::{client::Shared, context::OtelContext, setup::with_kit, tracked::send};

/// A producer whose messages are tracked by their `DeliveryOpaque`: rdkafka's of the same name, wrapped.
macro_rules! tracked_producer {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[must_use = "a producer that is dropped sends nothing"]
        pub struct $name<C = OtelContext<DefaultProducerContext>, Part = NoCustomPartitioner>
        where
            C: ProducerContext<Part> + 'static,
            Part: Partitioner,
        {
            inner: producer::$name<C, Part>,
            shared: Arc<Shared>,
        }

        impl<C, Part> $name<C, Part>
        where
            C: ProducerContext<Part> + 'static,
            Part: Partitioner,
        {
            with_kit!();

            /// The producer that is wrapped.
            pub const fn get_ref(&self) -> &producer::$name<C, Part> {
                &self.inner
            }
        }

        impl<C, Part> $name<OtelContext<C>, Part>
        where
            C: ProducerContext<Part> + 'static,
            Part: Partitioner,
        {
            #[doc = concat!("Sends a message, as [rdkafka's](producer::", stringify!($name), "::send) does. Its span")]
            /// ends when it is delivered.
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
        }

        impl<C, Part> Deref for $name<C, Part>
        where
            C: ProducerContext<Part> + 'static,
            Part: Partitioner,
        {
            type Target = producer::$name<C, Part>;

            fn deref(&self) -> &Self::Target {
                &self.inner
            }
        }

        impl FromClientConfig for $name {
            fn from_config(config: &ClientConfig) -> KafkaResult<Self> {
                Self::from_config_and_context(config, DefaultProducerContext)
            }
        }

        impl<C, Part> FromClientConfigAndContext<C> for $name<OtelContext<C>, Part>
        where
            C: ProducerContext<Part> + 'static,
            Part: Partitioner,
            producer::$name<OtelContext<C>, Part>: FromClientConfigAndContext<OtelContext<C>>,
        {
            fn from_config_and_context(config: &ClientConfig, context: C) -> KafkaResult<Self> {
                let (context, shared) = OtelContext::around(context, config);
                Ok(Self { inner: producer::$name::from_config_and_context(config, context)?, shared })
            }
        }
    };
}

tracked_producer! {
    /// [`rdkafka`'s `BaseProducer`](producer::BaseProducer), with a span for each message that ends when
    /// `ProducerContext::delivery` is told of it.
    ///
    /// It is made like that one, from a [`ClientConfig`], and has its methods: those that are not here are reached
    /// through `Deref`. It has to be polled, as that one. `C` is the context of rdkafka's producer: an
    /// [`OtelContext`] around the application's own.
    BaseProducer
}

tracked_producer! {
    /// [`rdkafka`'s `ThreadedProducer`](producer::ThreadedProducer), with a span for each message that ends when it
    /// is delivered or given up, without anybody waiting.
    ///
    /// It is made like that one, from a [`ClientConfig`], and has its methods: those that are not here are reached
    /// through `Deref`. `C` is the context of rdkafka's producer: an [`OtelContext`] around the application's own.
    ///
    /// ```
    /// use otel_kit_kafka::{ThreadedProducer, rdkafka::{ClientConfig, producer::BaseRecord}};
    ///
    /// let producer: ThreadedProducer = ClientConfig::new().set("bootstrap.servers", "127.0.0.1:1").create()?;
    /// let sent = producer.send(BaseRecord::to("orders").key("7").payload("paid"));
    /// assert!(sent.is_ok(), "it is on its way");
    /// # Ok::<_, otel_kit_kafka::rdkafka::error::KafkaError>(())
    /// ```
    ThreadedProducer
}

/// The same producer once more, as with rdkafka's: for those without a partitioner of the application's own.
impl<C: ProducerContext + 'static> Clone for ThreadedProducer<C> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), shared: Arc::clone(&self.shared) }
    }
}
