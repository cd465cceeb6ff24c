//! Spans for statements of pools that nobody wrapped, from the events that sqlx logs of them.

mod aside;
mod carrier;
mod event;
mod filter;
mod layer;
mod others;
mod record;

use otel_kit_core::Kit;
use tracing::Subscriber;
use tracing_subscriber::{Layer, filter::LevelFilter, registry::LookupSpan};

pub(crate) use self::carrier::carrier;
use self::{filter::StatementFilter, layer::Statements};

/// A `tracing` layer for statements whose pool is not a [`Pool`](crate::Pool): sqlx logs each of them, and this makes
/// a span and a duration of that. Statements of a [`Pool`](crate::Pool) have theirs already, and get no second one.
///
/// `otel_kit::init!()` installs it (`sql.auto`); it is here for subscribers of your own. It brings its own filter, and
/// goes on the subscriber last, so that it comes after those that write log lines: their lines stay as they are.
///
/// What sqlx's events do not say is missing: whether the statement failed, which database it went to
/// (`db.system.name` is `other_sql`, except on SQLite), and whether it had parameters, so that its text is always
/// without literals. sqlx says nothing where it logs no statements (`disable_statement_logging()`) or does so at level
/// `TRACE`, and nothing of the `BEGIN` of PostgreSQL and SQLite.
///
/// The span belongs to the current span. SQLite works on a thread of its own, which knows the `tracing` span around a
/// statement and nothing else: without one, the span begins a trace.
///
/// ```
/// use otel_kit_sqlx::StatementLayer;
/// use otel_kit_testing::Telemetry;
/// use sqlx::SqlitePool;
/// use tracing_subscriber::{layer::SubscriberExt, registry};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let telemetry = Telemetry::new(); // in a service: otel_kit::init!()?, and nothing else of this
/// let statements = StatementLayer::new().with(telemetry.kit()).build();
/// tracing::subscriber::set_global_default(registry().with(telemetry.layer()).with(statements))?;
///
/// let pool = SqlitePool::connect("sqlite::memory:").await?;
/// telemetry.clear();
/// sqlx::query("SELECT 40 + 2").fetch_one(&pool).await?;
///
/// pool.close().await;
/// let [span] = &telemetry.spans()[..] else { panic!("{telemetry:?}") };
/// assert_eq!(span.attr("db.query.text"), "SELECT ? + ?");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "it does nothing until it is built and added to a subscriber"]
pub struct StatementLayer {
    kit: Option<Kit>,
}

impl StatementLayer {
    /// A layer that uses the installed kit; it may be built before `init`.
    pub const fn new() -> Self {
        Self { kit: None }
    }

    /// Uses this kit instead of the installed one.
    pub fn with(mut self, kit: &Kit) -> Self {
        self.kit = Some(kit.clone());
        self
    }

    /// The layer.
    pub fn build<S>(self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        self.build_above(|| Some(LevelFilter::OFF))
    }

    /// The layer, as the outer one of a pair: directly above a registry, a pair takes its level hint from that one
    /// alone, so that it has to speak for both. `level` is the hint of the inner one, asked whenever filters change.
    pub fn build_above<S, L>(self, level: L) -> impl Layer<S> + Send + Sync + use<S, L>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
        L: Fn() -> Option<LevelFilter> + Send + Sync + 'static,
    {
        Statements::new(self.kit.as_ref()).with_filter(StatementFilter { level })
    }
}
