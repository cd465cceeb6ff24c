use std::{
    any::{Any, TypeId},
    error::Error,
    sync::Arc,
};

use otel_kit_core::Kit;
use rdkafka::{
    ClientConfig,
    client::{ClientContext, DefaultClientContext, OAuthToken},
    config::RDKafkaLogLevel,
    consumer::{ConsumerContext, DefaultConsumerContext},
    error::KafkaError,
    producer::DefaultProducerContext,
    statistics::Statistics,
};

use crate::{client::Shared, statistics::Latest};

/// The context of our clients, around the application's own: it measures librdkafka's statistics, and passes
/// everything on.
///
/// Statistics come where `statistics.interval.ms` is set. rdkafka's own contexts would write all of them into
/// the log; around one of those nothing is passed on. A context of the application's own is told of them, and writes
/// them into the log too unless it has a `stats` itself, as that is what rdkafka's trait does by default and nobody can
/// see from outside. `fn stats(&self, _: Statistics) {}` keeps it silent.
///
/// What is measured is gone when no new statistics came for three intervals, as of a consumer that nobody polls.
///
/// A consumer with a context of the application's own keeps it, as what a rebalance tells one context cannot
/// be passed on to another. There, an `OtelContext` as a part of it measures the statistics:
///
/// ```
/// use otel_kit_kafka::{OtelContext, StreamConsumer, rdkafka::{ClientConfig, ClientContext, consumer::ConsumerContext}};
///
/// struct Rebalances {
///     otel: OtelContext,
/// }
///
/// impl ClientContext for Rebalances {
///     fn stats_raw(&self, statistics: &[u8]) {
///         self.otel.stats_raw(statistics);
///     }
/// }
///
/// impl ConsumerContext for Rebalances {
///     // pre_rebalance, post_rebalance, commit_callback, ...
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut config = ClientConfig::new();
/// config.set("bootstrap.servers", "127.0.0.1:1").set("group.id", "billing").set("statistics.interval.ms", "15000");
/// let otel = OtelContext::from_config(&config);
/// let consumer: StreamConsumer<_> = config.create_with_context(Rebalances { otel })?;
/// # let _ = consumer;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct OtelContext<C = DefaultClientContext> {
    inner: C,
    shared: Arc<Shared>,
    latest: Arc<Latest>,
}

impl OtelContext {
    /// A context that measures the statistics of a client of this configuration, as a part of another one.
    #[must_use]
    pub fn from_config(config: &ClientConfig) -> Self {
        Self::around(DefaultClientContext, config).0
    }

    /// Uses this kit instead of the one that `otel_kit::init!()` installs.
    #[must_use]
    pub fn with(self, kit: &Kit) -> Self {
        self.shared.use_kit(kit);
        self
    }
}

impl<C> OtelContext<C> {
    /// With what it shares with the client of this configuration.
    pub(crate) fn around(inner: C, config: &ClientConfig) -> (Self, Arc<Shared>) {
        let shared = Shared::of(config);
        (Self { inner, shared: Arc::clone(&shared), latest: Latest::of(config) }, shared)
    }

    /// The application's own context.
    pub const fn get_ref(&self) -> &C {
        &self.inner
    }
}

impl<C: ClientContext + Any> ClientContext for OtelContext<C> {
    const ENABLE_REFRESH_OAUTH_TOKEN: bool = C::ENABLE_REFRESH_OAUTH_TOKEN;

    fn log(&self, level: RDKafkaLogLevel, fac: &str, log_message: &str) {
        self.inner.log(level, fac, log_message);
    }

    fn stats(&self, statistics: Statistics) {
        if let Some(client) = self.shared.client() {
            client.observe(&statistics, &self.latest);
        }
        if !is_rdkafkas::<C>() {
            self.inner.stats(statistics);
        }
    }

    fn stats_raw(&self, statistics: &[u8]) {
        Parsed(&|statistics| {
            if let Some(client) = self.shared.client() {
                client.observe(&statistics, &self.latest);
            }
        })
        .stats_raw(statistics);
        if !is_rdkafkas::<C>() {
            self.inner.stats_raw(statistics);
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        self.inner.error(error, reason);
    }

    fn generate_oauth_token(&self, oauthbearer_config: Option<&str>) -> Result<OAuthToken, Box<dyn Error>> {
        self.inner.generate_oauth_token(oauthbearer_config)
    }
}

/// Only around rdkafka's own: what a rebalance tells a context cannot be passed on to another one.
impl ConsumerContext for OtelContext<DefaultConsumerContext> {}

/// Has rdkafka parse raw statistics, and takes them.
struct Parsed<'a>(&'a (dyn Fn(Statistics) + Send + Sync));

impl ClientContext for Parsed<'_> {
    fn stats(&self, statistics: Statistics) {
        (self.0)(statistics);
    }
}

/// Those contexts do nothing with statistics but to log them.
fn is_rdkafkas<C: Any>() -> bool {
    let id = TypeId::of::<C>();
    id == TypeId::of::<DefaultClientContext>()
        || id == TypeId::of::<DefaultConsumerContext>()
        || id == TypeId::of::<DefaultProducerContext>()
}
