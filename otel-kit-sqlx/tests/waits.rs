//! How long callers wait for a connection, on each path that takes one.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod scripted;

use std::{
    pin::pin,
    task::{Context, Waker},
    time::Duration,
};

use futures_core::future::BoxFuture;
use futures_util::TryStreamExt;
use otel_kit_sqlx::Pool;
use otel_kit_testing::Telemetry;
use scripted::{Script, Scripted, Step, Values};
use sqlx::{Acquire, Database, Error, Executor, SqlSafeStr, SqlStr, pool::PoolOptions, query_with};

type Path = (&'static str, fn(Pool<Scripted>) -> BoxFuture<'static, Result<(), Error>>);

const PATHS: [Path; 18] = [
    ("fetch", |pool| Box::pin(async move { query().fetch(&pool).try_for_each(nothing).await })),
    ("fetch_many", |pool| Box::pin(async move { pool.fetch_many(query()).try_for_each(nothing).await })),
    ("fetch_all", |pool| Box::pin(async move { query().fetch_all(&pool).await.map(drop) })),
    ("fetch_one", |pool| Box::pin(async move { query().fetch_one(&pool).await.map(drop) })),
    ("fetch_optional", |pool| Box::pin(async move { query().fetch_optional(&pool).await.map(drop) })),
    ("execute", |pool| Box::pin(async move { query().execute(&pool).await.map(drop) })),
    ("execute_many", |pool| Box::pin(async move { pool.execute_many(query()).try_for_each(nothing).await })),
    ("map", |pool| Box::pin(async move { query().map(drop).fetch_all(&pool).await.map(drop) })),
    ("raw_sql", |pool| Box::pin(async move { sqlx::raw_sql("SELECT 1").execute(&pool).await.map(drop) })),
    ("any executor", |pool| Box::pin(async move { run_on(&pool).await })),
    ("prepare", |pool| Box::pin(async move { pool.prepare(text()).await.map(drop) })),
    ("prepare_with", |pool| Box::pin(async move { pool.prepare_with(text(), &[]).await.map(drop) })),
    ("describe", |pool| Box::pin(async move { pool.describe(text()).await.map(drop) })),
    ("begin", |pool| Box::pin(async move { pool.begin().await?.commit().await })),
    ("begin_with", |pool| Box::pin(async move { pool.begin_with("BEGIN SOON").await?.rollback().await })),
    ("acquire", |pool| Box::pin(async move { pool.acquire().await.map(drop) })),
    ("any acquire", |pool| Box::pin(async move { Acquire::acquire(&pool).await.map(drop) })),
    ("any begin", |pool| Box::pin(async move { Acquire::begin(&pool).await?.commit().await })),
];

fn query<'q>() -> sqlx::query::Query<'q, Scripted, Values> {
    query_with("SELECT a FROM b WHERE c = ?", Values::default())
}

fn text() -> SqlStr {
    "SELECT 1".into_sql_str()
}

async fn nothing<T>(_: T) -> Result<(), Error> {
    Ok(())
}

/// As a user's function over any executor.
async fn run_on<'c, DB: Database>(executor: impl Executor<'c, Database = DB>) -> Result<(), Error> {
    executor.fetch_all("SELECT 1").await.map(drop)
}

struct App {
    telemetry: Telemetry,
    pool: Pool<Scripted>,
}

impl App {
    fn new(options: PoolOptions<Scripted>) -> Self {
        let telemetry = Telemetry::builder().manual_clock().build();
        let (pool, _) = Script::pool_with(options, &[Step::Row, Step::Done], &telemetry);
        Self { telemetry, pool }
    }

    /// How many have waited, and how long together.
    fn waits(&self) -> (u64, f64) {
        self.telemetry.metric("db.client.connection.wait_time").map_or((0, 0.0), |waits| {
            let [point] = &waits.points[..] else { panic!("one pool: {waits:?}") };
            (point.count, point.sum.unwrap())
        })
    }

    fn pending(&self) -> i64 {
        self.telemetry
            .metric("db.client.connection.pending_requests")
            .unwrap()
            .points
            .first()
            .unwrap()
            .value
            .as_i64()
            .unwrap()
    }
}

#[tokio::test]
async fn every_path_that_takes_a_connection_tells_how_long_it_waited() {
    for (path, run) in PATHS {
        let app = App::new(PoolOptions::new());
        let held = app.pool.acquire().await.unwrap();
        let mut waiting = pin!(run(app.pool.clone()));
        assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(), "{path}");
        assert_eq!((app.waits(), app.pending()), ((1, 0.0), 1), "{path}");
        app.telemetry.clock().advance(Duration::from_secs(3));
        drop(held);
        let result = waiting.await;
        let is_unsupported = matches!(path, "prepare" | "prepare_with" | "describe");
        assert!(is_unsupported == matches!(result, Err(Error::Protocol(_))), "{path}: {result:?}");
        assert_eq!((app.waits(), app.pending()), ((2, 3.0), 0), "{path}");
    }
}

#[tokio::test]
async fn every_path_tells_how_long_it_waited_for_nothing_when_it_is_given_up() {
    for (path, run) in PATHS {
        let app = App::new(PoolOptions::new());
        let _held = app.pool.acquire().await.unwrap();
        {
            let mut waiting = pin!(run(app.pool.clone()));
            assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(), "{path}");
            app.telemetry.clock().advance(Duration::from_secs(3));
        }
        assert_eq!((app.waits(), app.pending()), ((2, 3.0), 0), "{path}");
        assert!(app.telemetry.metric("db.client.connection.timeouts").is_none(), "{path}");
    }
}

#[tokio::test]
async fn every_path_tells_how_long_it_waited_until_the_pool_gave_up() {
    for (path, run) in PATHS {
        let app = App::new(PoolOptions::new().acquire_timeout(Duration::from_millis(20)));
        let _held = app.pool.acquire().await.unwrap();
        let mut waiting = pin!(run(app.pool.clone()));
        assert!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(), "{path}");
        app.telemetry.clock().advance(Duration::from_secs(3));
        assert!(matches!(waiting.await, Err(Error::PoolTimedOut)), "{path}");
        assert_eq!((app.waits(), app.pending()), ((2, 3.0), 0), "{path}");
        let timeouts = app.telemetry.metric("db.client.connection.timeouts").unwrap();
        assert_eq!(timeouts.points[0].value, 1, "{path}");
    }
}

#[tokio::test]
async fn a_connection_that_is_idle_was_waited_for_in_no_time() {
    let app = App::new(PoolOptions::new());
    drop(app.pool.acquire().await.unwrap());
    while app.pool.num_idle() == 0 {
        tokio::task::yield_now().await; // a task brings it back
    }
    let held = app.pool.try_acquire().unwrap();
    assert_eq!(app.waits(), (2, 0.0));
    assert!(app.pool.try_acquire().is_none() && app.pool.try_begin().await.unwrap().is_none());
    assert_eq!(app.waits(), (2, 0.0));
    drop(held);
    while app.pool.num_idle() == 0 {
        tokio::task::yield_now().await;
    }
    app.pool.try_begin_with("BEGIN SOON").await.unwrap().unwrap().commit().await.unwrap();
    assert_eq!(app.waits(), (3, 0.0));
}
