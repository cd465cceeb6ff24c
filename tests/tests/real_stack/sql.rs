use std::{future::Future, sync::LazyLock, time::Duration};

use opentelemetry::trace::SpanKind;
use otel_kit_sqlx::{Pool, StatementLayer};
use otel_kit_testing::{
    Telemetry,
    received::{DataPoint, ReceivedSpan},
};
use sqlx::Database;
use tracing::{
    Dispatch,
    subscriber::{DefaultGuard, NoSubscriber, set_default},
};
use tracing_subscriber::{layer::SubscriberExt, registry};

/// An application with a database of its own in the server, and what it exported.
pub(crate) struct App<DB: Database> {
    pub(crate) telemetry: Telemetry,
    pub(crate) pool: Pool<DB>,
    /// Name of its database.
    pub(crate) database: String,
    subscriber: Option<DefaultGuard>,
}

impl<DB: Database> App<DB> {
    pub(crate) fn new(pool: Pool<DB>, database: String) -> Self {
        let telemetry = Telemetry::new();
        let subscriber = Some(set_default(telemetry.subscriber()));
        Self { pool: pool.with(telemetry.kit()), telemetry, database, subscriber }
    }

    /// The same application with the layer for pools that nobody wrapped.
    pub(crate) fn with_statement_layer(mut self) -> Self {
        // As long as there is a single subscriber, `tracing` asks that of the thread that comes by first.
        static ANOTHER: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(NoSubscriber::new()));
        LazyLock::force(&ANOTHER);
        let statements = StatementLayer::new().with(self.telemetry.kit());
        self.subscriber = None; // the one before goes before the next one comes
        self.subscriber = Some(set_default(registry().with(self.telemetry.layer()).with(statements.build())));
        self
    }

    /// The spans of statements, in the order of their ends.
    pub(crate) fn sql_spans(&self) -> Vec<ReceivedSpan> {
        self.telemetry.spans().into_iter().filter(|span| span.kind == SpanKind::Client).collect()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.sql_spans().into_iter().map(|span| span.name).collect()
    }

    /// The one statement's span there is. Its caller is its parent.
    pub(crate) fn sql_span(&self) -> ReceivedSpan {
        self.telemetry.wait_for_spans(2, LIMIT).unwrap();
        let [span] = &self.sql_spans()[..] else { panic!("one span: {:?}", self.telemetry) };
        let spans = self.telemetry.spans();
        let caller = spans.iter().find(|span| span.name == "caller").expect("the caller's span");
        assert!(span.is_child_of(caller), "{:?}", self.telemetry);
        span.clone()
    }

    /// The one point of a metric.
    pub(crate) fn point(&self, metric: &str) -> DataPoint {
        let metric = self.telemetry.metric(metric).expect(metric);
        let [point] = &metric.points[..] else { panic!("one attribute set: {metric:?}") };
        point.clone()
    }
}

/// Runs a future in a `tracing` span, as users' code does.
#[tracing::instrument(skip_all)]
pub(crate) async fn caller<T>(future: impl Future<Output = T>) -> T {
    future.await
}

/// As long as anything may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(20);
