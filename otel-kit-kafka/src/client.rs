use std::sync::{Arc, OnceLock};

use opentelemetry::Context;
use otel_kit_core::{Kit, Tracer, exception::Exception, propagation::Propagator, settings::KafkaSettings};
use rdkafka::{ClientConfig, statistics::Statistics};

use crate::{
    identity::Identity,
    metrics::{Ending, Instruments, Measured},
    snapshot::Snapshot,
    statistics::{Latest, Observed},
    topic::{Topic, TopicTable},
};

/// What the parts of a producer or consumer share: who it is, and what it makes of its kit at first use.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    identity: Identity,
    own: OnceLock<Kit>,
    client: OnceLock<Arc<Client>>,
}

/// What a producer or consumer makes of its kit.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) tracer: Tracer,
    pub(crate) without_baggage: Propagator,
    kit: Kit,
    identity: Identity,
    topics: TopicTable,
    instruments: Instruments,
}

impl Shared {
    pub(crate) fn of(config: &ClientConfig) -> Arc<Self> {
        Arc::new(Self { identity: Identity::of(config), ..Self::default() })
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
        Some(self.client.get_or_init(|| Arc::new(Client::new(kit, self.identity.clone()))))
    }
}

impl Client {
    fn new(kit: Kit, identity: Identity) -> Self {
        Self {
            tracer: kit.tracer(SCOPE, VERSION),
            without_baggage: kit.propagator().without_baggage(),
            instruments: Instruments::new(&kit.meter(SCOPE, VERSION)),
            topics: TopicTable::new(&identity),
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
        latest.update(snapshot, || self.kit.part(|| Observed::new(&self.kit.meter(SCOPE, VERSION))));
    }

    pub(crate) fn propagator(&self) -> &Propagator {
        self.kit.propagator()
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
