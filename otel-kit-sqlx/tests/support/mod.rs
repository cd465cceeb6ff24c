//! An application over SQLite in memory, whose queries come from an instrumented caller, and what was exported.

#![allow(dead_code, reason = "each test file uses a part")]

pub(crate) mod lines;
pub(crate) mod logged;

use std::{future::Future, time::Duration};

use opentelemetry::trace::SpanKind;
use otel_kit_core::settings::{Settings, SqlSettings};
use otel_kit_sqlx::Pool;
use otel_kit_testing::{
    Telemetry,
    received::{DataPoint, ReceivedSpan},
};
use sqlx::{Sqlite, sqlite::SqlitePoolOptions};
use tracing::subscriber::{DefaultGuard, set_default};

pub(crate) struct App {
    pub(crate) telemetry: Telemetry,
    pub(crate) pool: Pool<Sqlite>,
    _subscriber: DefaultGuard,
}

impl App {
    pub(crate) async fn new() -> Self {
        Self::with(Telemetry::new()).await
    }

    pub(crate) async fn with_settings(change: impl FnOnce(&mut SqlSettings)) -> Self {
        let mut settings = Settings::default();
        change(&mut settings.sql);
        Self::with(Telemetry::builder().settings(settings).build()).await
    }

    /// One connection: an SQLite in memory is gone with its connection, and others would see another one.
    pub(crate) async fn with(telemetry: Telemetry) -> Self {
        let _subscriber = set_default(telemetry.subscriber());
        let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
        sqlx::raw_sql("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
            .execute(&pool)
            .await
            .unwrap();
        sqlx::raw_sql("INSERT INTO users (name) VALUES ('ada'), ('bob'), ('cyd')")
            .execute(&pool)
            .await
            .unwrap();
        let pool = Pool::from(pool).with(telemetry.kit());
        telemetry.clear();
        Self { telemetry, pool, _subscriber }
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
        // SQLite's worker holds the caller's span as long as it is busy with the statement.
        self.telemetry.wait_for_spans(2, Duration::from_secs(20)).unwrap();
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
