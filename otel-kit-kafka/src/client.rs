use std::sync::{Arc, OnceLock};

use opentelemetry::Context;
use otel_kit_core::{Kit, Tracer, exception::Exception, propagation::Propagator, settings::KafkaSettings};
use rdkafka::{ClientConfig, message::Message, statistics::Statistics};

use crate::{
    headers::{Field, fields},
    identity::Identity,
    metrics::{Ending, Instruments, Measured},
    snapshot::Snapshot,
    statistics::{Latest, Observed},
    told_errors::ToldErrors,
    topic::{Topic, TopicTable},
    unreadable::Unreadable,
};

/// What the parts of a producer or consumer share: who it is, and what it makes of its kit at first use.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    identity: OnceLock<Identity>,
    pub(crate) errors: Arc<ToldErrors>,
    own: OnceLock<Kit>,
    client: OnceLock<Arc<Client>>,
}

/// What a producer or consumer makes of its kit.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) tracer: Tracer,
    pub(crate) without_baggage: Propagator,
    pub(crate) errors: Arc<ToldErrors>,
    kit: Kit,
    identity: Identity,
    topics: TopicTable,
    instruments: Instruments,
    unreadable: Unreadable,
}

impl Shared {
    pub(crate) fn of(config: &ClientConfig) -> Arc<Self> {
        let shared = Self::default();
        shared.identify(config);
        Arc::new(shared)
    }

    /// Who the client is, unless that is known already or in use.
    pub(crate) fn identify(&self, config: &ClientConfig) {
        // The first one stays.
        let _ = self.identity.set(Identity::of(config));
    }

    /// Uses this kit from now on, unless another one is in use.
    pub(crate) fn use_kit(&self, kit: &Kit) {
        // The first one stays.
        let _ = self.own.set(kit.clone());
    }

    /// Nothing without a kit, and nothing for what the kit itself sends.
    pub(crate) fn client(&self) -> Option<&Arc<Client>> {
        if Context::is_current_telemetry_suppressed() {
            return None;
        }
        if let Some(client) = self.client.get() {
            return Some(client);
        }
        let kit = self.own.get().cloned().or_else(Kit::global)?;
        Some(self.client.get_or_init(|| Arc::new(Client::new(kit, self))))
    }
}

impl Client {
    fn new(kit: Kit, shared: &Shared) -> Self {
        let identity = shared.identity.get().cloned().unwrap_or_default();
        Self {
            errors: Arc::clone(&shared.errors),
            tracer: kit.tracer(SCOPE, VERSION),
            without_baggage: kit.propagator().without_baggage(),
            instruments: Instruments::new(&kit.meter(SCOPE, VERSION)),
            topics: TopicTable::new(&identity),
            unreadable: Unreadable::default(),
            identity,
            kit,
        }
    }

    pub(crate) fn settings(&self) -> &KafkaSettings {
        &self.kit.settings().kafka
    }

    /// Takes statistics that librdkafka counted.
    pub(crate) fn observe(&self, statistics: &Statistics, latest: &Arc<Latest>) {
        let snapshot = Snapshot::of(statistics, &self.identity);
        latest.update(snapshot, self.tracer.clock(), || {
            self.kit.part(|| Observed::new(&self.kit.meter(SCOPE, VERSION)))
        });
    }

    pub(crate) fn propagator(&self) -> &Propagator {
        self.kit.propagator()
    }

    /// The headers of a message in their order; none if they cannot be read, which is tried once.
    pub(crate) fn fields<'m, M: Message>(&self, message: &'m M) -> Vec<Field<'m>> {
        let Some(headers) = message.headers().filter(|_| !self.unreadable.contains(message)) else {
            return Vec::new();
        };
        fields(headers).unwrap_or_else(|| {
            self.unreadable.add(message);
            self.lost_context(&self.topic(Some(message.topic())));
            Vec::new()
        })
    }

    /// Counts a message whose headers cannot be read.
    #[cold]
    pub(crate) fn lost_context(&self, topic: &Topic) {
        self.instruments.lost_context(topic);
    }

    /// Tells the kit's sinks of an exception.
    pub(crate) fn tell(&self, exception: &Exception<'_>) {
        self.kit.record_exception(exception);
    }

    /// What operations on a topic, or on no single one, have in common.
    pub(crate) fn topic(&self, name: Option<&str>) -> Arc<Topic> {
        self.topics.topic(name, &self.identity)
    }

    pub(crate) fn record(&self, topic: &Topic, ending: &Ending, measured: Measured) {
        self.instruments.record(topic, &self.identity, ending, measured);
    }
}

const SCOPE: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");
