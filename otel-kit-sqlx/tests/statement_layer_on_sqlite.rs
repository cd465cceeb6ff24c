//! Both ways to the span of a statement, together, on SQLite: that works on threads of its own, so the subscriber is the
//! process's.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{
    pin::pin,
    task::{Context as Task, Waker},
    time::{Duration, Instant},
};

use futures_util::TryStreamExt;
use opentelemetry::{
    Context,
    trace::{FutureExt, SpanContext, TraceContextExt, TraceFlags, TraceState},
};
use otel_kit_core::operation::{Operation, Outcome, Role};
use otel_kit_sqlx::{Pool, StatementLayer};
use otel_kit_testing::{Telemetry, received::ReceivedSpan};
use sqlx::{
    Executor, SqlSafeStr, Sqlite, SqliteConnection, SqlitePool, Statement, sqlite::SqlitePoolOptions,
};
use support::{caller, lines::Lines};
use tracing_subscriber::{Layer, filter::LevelFilter, layer::SubscriberExt, registry};

struct App {
    telemetry: Telemetry,
    lines: Lines,
    plain: SqlitePool,
    wrapped: Pool<Sqlite>,
}

impl App {
    async fn start() -> Self {
        let (telemetry, lines) = (Telemetry::new(), Lines::default());
        let subscriber = registry()
            .with(telemetry.layer())
            .with(lines.clone().with_filter(LevelFilter::INFO))
            .with(StatementLayer::new().with(telemetry.kit()).build());
        let plain = database().await;
        sqlx::raw_sql("CREATE TABLE users (name TEXT); INSERT INTO users VALUES ('ada'), ('bob'), ('cyd')")
            .execute(&plain)
            .await
            .unwrap();
        tracing::subscriber::set_global_default(subscriber).unwrap();
        let wrapped = Pool::from(plain.clone()).with(telemetry.kit());
        Self { telemetry, lines, plain, wrapped }
    }

    /// The spans of statements that `work` ran for a caller with a `tracing` span, in the order of their starts; each is
    /// the caller's child.
    async fn spans_of<T>(&self, work: impl Future<Output = T>) -> Vec<ReceivedSpan> {
        self.telemetry.clear();
        caller(work).await;
        // SQLite's thread holds on to the caller's span until it is done with all that the caller asked for.
        let is_caller = |span: &ReceivedSpan| span.name == "caller";
        wait_until(|| self.telemetry.spans().iter().any(is_caller));
        let (callers, mut spans): (Vec<_>, Vec<_>) = self.telemetry.spans().into_iter().partition(is_caller);
        let [caller] = &callers[..] else { panic!("one caller: {:?}", self.telemetry) };
        assert!(spans.iter().all(|span| span.is_child_of(caller)), "{:?}", self.telemetry);
        spans.sort_by_key(|span| span.start_nanos);
        spans
    }

    async fn names_of<T>(&self, work: impl Future<Output = T>) -> Vec<String> {
        self.spans_of(work).await.into_iter().map(|span| span.name).collect()
    }

    fn durations(&self) -> u64 {
        let metric = self.telemetry.metric("db.client.operation.duration");
        metric.map_or(0, |metric| metric.points.iter().map(|point| point.count).sum())
    }
}

/// One connection: an SQLite in memory is gone with its connection, and others would see another one.
/// In memory, and so gone with its one connection, which sqlx closes where a check of it is given up.
async fn database() -> SqlitePool {
    let options = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
    options.connect("sqlite::memory:").await.unwrap()
}

fn wait_until(is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(20), "it never came about");
        std::thread::sleep(Duration::from_millis(1));
    }
}

const SELECT: &str = "SELECT name FROM users WHERE name <> 'secret'";

#[tokio::test]
async fn each_statement_has_one_span_below_its_caller_whichever_way() {
    let app = App::start().await;
    statements_of_a_plain_pool(&app).await;
    statements_of_a_wrapped_pool(&app).await;
    statements_that_go_past_the_wrapper(&app).await;
    migrations(&app).await;
    callers_without_a_tracing_span(&app).await;
    callers_that_are_not_sampled(&app).await;
    assert!(app.lines.all().is_empty(), "{:?}", app.lines.all());
}

async fn statements_of_a_plain_pool(app: &App) {
    let spans = app.spans_of(sqlx::query(SELECT).fetch_all(&app.plain)).await;
    let [span] = &spans[..] else { panic!("one span: {spans:?}") };
    assert_eq!(span.name, "SELECT users");
    assert_eq!(span.attr("db.system.name"), "sqlite");
    assert_eq!(span.attr("db.query.text"), "SELECT name FROM users WHERE name <> ?");
    assert_eq!(span.attr("db.response.returned_rows"), 3);
    let early = app.names_of(async { sqlx::query(SELECT).fetch(&app.plain).try_next().await.unwrap() });
    assert_eq!(early.await, ["SELECT users"]);
}

async fn statements_of_a_wrapped_pool(app: &App) {
    let pool = &app.wrapped;
    let spans = app.spans_of(sqlx::query(SELECT).fetch_all(pool)).await;
    let [span] = &spans[..] else { panic!("one span: {spans:?}") };
    assert!(!span.attr("otel_kit.db.connection.wait_time").is_absent(), "the wrapper's: {span:?}");
    assert_eq!(app.names_of(sqlx::query(SELECT).fetch_one(pool)).await, ["SELECT users"]);
    assert_eq!(app.names_of(pool.execute("SELECT 1; SELECT 2")).await, ["SELECT SELECT"]);
    let early = app.names_of(async { sqlx::query(SELECT).fetch(pool).try_next().await.unwrap() });
    assert_eq!(early.await, ["SELECT users"]);
    let transaction = app.names_of(async {
        let mut transaction = pool.begin().await.unwrap();
        sqlx::query("DELETE FROM users WHERE name = ?").bind("dan").execute(&mut *transaction).await.unwrap();
        transaction.begin().await.unwrap().commit().await.unwrap();
        transaction.commit().await.unwrap();
        drop(pool.begin().await.unwrap());
        sqlx::query(SELECT).fetch_one(pool).await.unwrap();
    });
    let expected =
        ["BEGIN", "DELETE users", "SAVEPOINT", "RELEASE SAVEPOINT", "COMMIT", "BEGIN", "SELECT users"];
    assert_eq!(transaction.await, expected);
    let prepared = app.names_of(async {
        let mut connection = pool.acquire().await.unwrap();
        let statement = connection.prepare(SqlSafeStr::into_sql_str(SELECT)).await.unwrap();
        statement.query().fetch_all(&mut *connection).await.unwrap();
    });
    assert_eq!(prepared.await, ["SELECT users"]);
    let dropped = app.names_of(async {
        let mut running = pin!(sqlx::query(SELECT).fetch_all(pool));
        for _ in 0..3 {
            if running.as_mut().poll(&mut Task::from_waker(Waker::noop())).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
    });
    assert_eq!(dropped.await, ["SELECT users"]);
}

async fn statements_that_go_past_the_wrapper(app: &App) {
    async fn of_pool(pool: &SqlitePool) {
        sqlx::query(SELECT).fetch_all(pool).await.unwrap();
    }
    async fn of_connection(connection: &mut SqliteConnection) {
        sqlx::query(SELECT).fetch_all(connection).await.unwrap();
    }
    let names = app.names_of(async {
        of_pool(&app.wrapped).await;
        let mut transaction = app.wrapped.begin().await.unwrap();
        of_connection(&mut transaction).await;
        transaction.rollback().await.unwrap();
    });
    assert_eq!(names.await, ["SELECT users", "BEGIN", "SELECT users", "ROLLBACK"]);
}

async fn migrations(app: &App) {
    let migrator = sqlx::migrate!("tests/migrations");
    let (plain, wrapped) = (database().await, Pool::from(database().await).with(app.telemetry.kit()));
    let of_plain = app.names_of(migrator.run(&plain)).await;
    let of_wrapped = app.names_of(migrator.run(&wrapped)).await;
    assert!(of_plain.iter().any(|name| name.starts_with("CREATE TABLE")), "{of_plain:?}");
    assert_eq!(of_wrapped, of_plain, "sqlx's own pool runs them");
}

/// Such as a request's handler that nobody instrumented.
async fn callers_without_a_tracing_span(app: &App) {
    app.telemetry.clear();
    let tracer = app.telemetry.kit().tracer("server", "0");
    let server =
        Operation::start(&tracer, &Context::new(), || opentelemetry::trace::SpanBuilder::from_name("server"));
    let context = server.context().clone();
    sqlx::query(SELECT).fetch_all(&app.wrapped).with_context(context.clone()).await.unwrap();
    sqlx::query(SELECT).fetch_all(&app.plain).with_context(context).await.unwrap();
    server.end(&Outcome::Success, Role::Server, server.elapsed());
    let spans = app.telemetry.wait_for_spans(3, Duration::from_secs(20)).unwrap();
    let server = spans.iter().find(|span| span.name == "server").unwrap();
    let (below, alone): (Vec<_>, Vec<_>) =
        spans.iter().filter(|span| span.name == "SELECT users").partition(|span| span.is_child_of(server));
    let ([below], [alone]) = (&below[..], &alone[..]) else { panic!("one each: {spans:?}") };
    assert!(!below.attr("otel_kit.db.connection.wait_time").is_absent(), "the wrapper's: {spans:?}");
    assert!(alone.is_root(), "{spans:?}");
}

async fn callers_that_are_not_sampled(app: &App) {
    app.telemetry.clear();
    let unsampled =
        SpanContext::new(7_u128.into(), 7_u64.into(), TraceFlags::NOT_SAMPLED, true, TraceState::NONE);
    let (context, before) = (Context::new().with_remote_span_context(unsampled), app.durations());
    for _ in 0..2 {
        caller(sqlx::query(SELECT).fetch_all(&app.plain)).with_context(context.clone()).await.unwrap();
        caller(sqlx::query(SELECT).fetch_all(&app.wrapped)).with_context(context.clone()).await.unwrap();
    }
    wait_until(|| app.durations() >= before + 4);
    app.plain.close().await;
    assert_eq!(app.durations(), before + 4);
    assert!(app.telemetry.spans().is_empty(), "{:?}", app.telemetry);
}
