//! Methods that clients and processors have in common. They say to what they share with their parts, a field `shared`,
//! how they are to work.

macro_rules! with_kit {
    () => {
        /// Uses this kit instead of the one that `otel_kit::init!()` installs. Has to come before the first message.
        pub fn with(self, kit: &otel_kit_core::Kit) -> Self {
            self.shared.use_kit(kit);
            self
        }
    };
}

macro_rules! identified_by {
    () => {
        /// Tells who the client is, by the configuration that it was made from: client id, group, server. Has to come
        /// before the first message. It is for clients that were wrapped when they were there already and for
        /// [`Processor::new`](crate::Processor::new), as rdkafka tells nothing of it; others know it.
        ///
        /// ```
        /// use otel_kit_kafka::{Processor, rdkafka::ClientConfig};
        ///
        /// let mut config = ClientConfig::new();
        /// config.set("bootstrap.servers", "k1:9092").set("group.id", "billing");
        /// let processor = Processor::new().identified_by(&config);
        /// # let _ = processor;
        /// ```
        pub fn identified_by(self, config: &rdkafka::ClientConfig) -> Self {
            self.shared.identify(config);
            self
        }
    };
}

macro_rules! telling_errors {
    () => {
        /// Has the kit's [exception sinks](otel_kit_core::exception) told the message of a handler's error, and what is
        /// behind it: of those in a `Box<dyn Error>` they are anyway; of each other type only its name, until it is
        /// made known here.
        ///
        /// ```
        /// use otel_kit_kafka::Processor;
        ///
        /// let processor = Processor::new().telling_errors(|error: &std::io::Error| error);
        /// // Where the type is no error itself: .telling_errors(|error: &anyhow::Error| error.as_ref())
        /// # let _ = processor;
        /// ```
        pub fn telling_errors<E: 'static>(
            self,
            as_error: fn(&E) -> &(dyn std::error::Error + 'static),
        ) -> Self {
            self.shared.errors.add(as_error);
            self
        }
    };
}

pub(crate) use {identified_by, telling_errors, with_kit};
