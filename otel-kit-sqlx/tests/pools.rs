//! What the pool tells of its connections.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use opentelemetry::{
    InstrumentationScope,
    metrics::{
        AsyncInstrumentBuilder, Histogram, HistogramBuilder, InstrumentProvider, Meter, MeterProvider,
        ObservableUpDownCounter,
    },
};
use otel_kit_core::Kit;
use otel_kit_sqlx::Pool;
use otel_kit_testing::{Telemetry, received::DataPoint};
use sqlx::{Acquire, Sqlite, SqlitePool, sqlite::SqlitePoolOptions};
use support::App;

/// Connections by state, `idle` and `used`.
fn connections(app: &App) -> Option<[i64; 2]> {
    let metric = app.telemetry.metric("db.client.connection.count")?;
    Some(["idle", "used"].map(|state| {
        let of_state = |point: &&_| point_state(point) == state;
        let point = metric.points.iter().find(of_state).expect(state);
        assert_eq!(point.attr("db.client.connection.pool.name"), "sqlite");
        point.value.as_i64().unwrap()
    }))
}

fn point_state(point: &DataPoint) -> String {
    point.attr("db.client.connection.state").as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_pool_tells_its_connections_and_limits_as_long_as_it_is_open() {
    let app = App::new().await;
    let mut connection = app.pool.acquire().await.unwrap();
    assert_eq!(connections(&app), Some([0, 1]));
    sqlx::query("SELECT 1").execute(&mut *connection).await.unwrap();
    connection.return_to_pool().await;
    assert_eq!(connections(&app), Some([1, 0]));
    assert_eq!(app.point("db.client.connection.max").value, 1);
    assert_eq!(app.point("db.client.connection.idle.min").value, 0);

    app.pool.close().await;
    assert_eq!(connections(&app), None, "{:?}", app.telemetry);
}

#[tokio::test]
async fn a_pool_is_not_kept_alive_for_its_numbers() {
    let app = App::new().await;
    sqlx::query("SELECT 1").execute(&app.pool).await.unwrap();
    let closed = app.pool.close_event();
    let App { telemetry, pool, .. } = app;
    drop(pool);
    closed.await;
    assert!(telemetry.metric("db.client.connection.max").is_none());
}

#[tokio::test]
async fn how_long_a_connection_is_in_use_is_recorded_on_every_path() {
    let app = App::new().await;
    sqlx::query("SELECT 1").execute(&app.pool).await.unwrap();
    app.pool.begin().await.unwrap().commit().await.unwrap();
    drop(app.pool.begin().await.unwrap());
    while app.pool.num_idle() == 0 {
        tokio::task::yield_now().await; // a task brings it back
    }
    app.pool.try_begin().await.unwrap().unwrap().rollback().await.unwrap();
    drop(app.pool.acquire().await.unwrap());
    drop(Acquire::acquire(&app.pool).await.unwrap());
    Acquire::begin(&app.pool).await.unwrap().rollback().await.unwrap();
    assert_eq!(app.point("db.client.connection.use_time").count, 5);
    assert_eq!(app.point("db.client.connection.wait_time").count, 7);
}

#[tokio::test]
async fn a_use_ends_when_the_connection_is_given_back_and_has_no_time_when_nobody_tells() {
    let app = App::with(Telemetry::builder().manual_clock().build()).await;
    let clock = app.telemetry.clock().clone();
    let second = Duration::from_secs(1);
    let uses = || {
        app.telemetry
            .metric("db.client.connection.use_time")
            .map(|uses| (uses.points[0].count, uses.points[0].sum))
    };

    let mut connection = app.pool.acquire().await.unwrap();
    clock.advance(second);
    connection.return_to_pool().await;
    clock.advance(second);
    drop(connection);
    assert_eq!(uses(), Some((1, Some(1.0))));

    let connection = app.pool.acquire().await.unwrap().into_inner();
    clock.advance(second);
    drop(connection);
    let transaction = app.pool.begin().await.unwrap().into_inner();
    clock.advance(second);
    transaction.rollback().await.unwrap();
    assert_eq!(uses(), Some((1, Some(1.0))));

    let connection = app.pool.acquire().await.unwrap();
    clock.advance(second);
    sqlx::Connection::close(connection.detach()).await.unwrap();
    let connection = app.pool.acquire().await.unwrap();
    clock.advance(second);
    connection.close().await.unwrap();
    assert_eq!(uses(), Some((3, Some(3.0))));
    drop(app.pool.acquire().await.unwrap().leak());
    assert_eq!(uses(), Some((3, Some(3.0))));
}

#[tokio::test]
async fn pools_to_one_database_have_names_of_their_own() {
    let telemetry = Telemetry::new();
    let pools: Vec<_> = (1..=3).map(|max| lazy(max).with(telemetry.kit())).collect();
    for pool in &pools {
        sqlx::query("SELECT 1").execute(pool).await.unwrap();
    }
    assert_eq!(limits(&telemetry), [("sqlite".into(), 1), ("sqlite#2".into(), 2), ("sqlite#3".into(), 3)]);
    for metric in ["db.client.connection.wait_time", "db.client.connection.use_time"] {
        assert_eq!(names(&telemetry, metric), ["sqlite", "sqlite#2", "sqlite#3"]);
    }
    let [first, second, third] = pools.try_into().unwrap();
    drop(second);
    let mine = lazy(5).with(telemetry.kit()).named("mine");
    let also_mine = lazy(7).with(telemetry.kit()).named("mine");
    let next = lazy(9).with(telemetry.kit());
    for pool in [&mine, &also_mine, &next, &first.clone().with(telemetry.kit())] {
        sqlx::query("SELECT 1").execute(pool).await.unwrap();
    }
    let expected =
        [("mine".into(), 12), ("sqlite".into(), 1), ("sqlite#2".into(), 9), ("sqlite#3".into(), 3)];
    assert_eq!(limits(&telemetry), expected, "wrapped twice, and it counts once");
    drop((first, third));
}

#[tokio::test]
async fn pools_that_come_and_go_leave_nothing_behind() {
    let telemetry = Telemetry::new();
    let counting = Counting(telemetry.meter_provider().clone(), Arc::default());
    let registered = Arc::clone(&counting.1);
    let kit = Kit::builder().meter_provider(counting).build();
    let closed = SqlitePool::connect_lazy("sqlite::memory:").unwrap();
    closed.close().await;
    for number in 0..1000 {
        let pool = if number % 100 == 0 { lazy(1) } else { Pool::from(closed.clone()) }.with(&kit);
        let pool = if number % 2 == 0 { pool } else { pool.named("named") };
        assert!(pool.acquire().await.is_ok() == (number % 100 == 0));
    }
    assert_eq!(registered.load(Ordering::Relaxed), 3);
    assert_eq!(names(&telemetry, "db.client.connection.wait_time"), ["named", "sqlite"]);
    assert!(telemetry.metric("db.client.connection.max").is_none());
    let pool = lazy(5).with(&kit);
    drop(pool.acquire().await.unwrap());
    assert_eq!(limits(&telemetry), [("sqlite".into(), 5)]);
}

/// A pool that was not used yet.
fn lazy(most: u32) -> Pool<Sqlite> {
    Pool::from(SqlitePoolOptions::new().max_connections(most).connect_lazy("sqlite::memory:").unwrap())
}

fn name_of(point: &DataPoint) -> String {
    point.attr("db.client.connection.pool.name").as_str().unwrap().to_owned()
}

/// The pools that a metric names.
fn names(telemetry: &Telemetry, metric: &str) -> Vec<String> {
    let mut names: Vec<_> = telemetry.metric(metric).unwrap().points.iter().map(name_of).collect();
    names.sort_unstable();
    names
}

/// Connections at most, by pool.
fn limits(telemetry: &Telemetry) -> Vec<(String, i64)> {
    let metric = telemetry.metric("db.client.connection.max").unwrap();
    let mut limits: Vec<_> =
        metric.points.iter().map(|point| (name_of(point), point.value.as_i64().unwrap())).collect();
    limits.sort_unstable();
    limits
}

/// Counts the observable instruments that are made, each with its callback.
struct Counting<P>(P, Arc<AtomicUsize>);

struct CountingInstruments(Meter, Arc<AtomicUsize>);

impl<P: MeterProvider> MeterProvider for Counting<P> {
    fn meter_with_scope(&self, scope: InstrumentationScope) -> Meter {
        let meter = self.0.meter_with_scope(scope);
        Meter::new(Arc::new(CountingInstruments(meter, Arc::clone(&self.1))))
    }
}

impl InstrumentProvider for CountingInstruments {
    fn f64_histogram(&self, builder: HistogramBuilder<'_, Histogram<f64>>) -> Histogram<f64> {
        self.0.f64_histogram(builder.name).build()
    }

    fn i64_observable_up_down_counter(
        &self,
        builder: AsyncInstrumentBuilder<'_, ObservableUpDownCounter<i64>, i64>,
    ) -> ObservableUpDownCounter<i64> {
        self.1.fetch_add(builder.callbacks.len(), Ordering::Relaxed);
        let own = self.0.i64_observable_up_down_counter(builder.name);
        builder.callbacks.into_iter().fold(own, |own, callback| own.with_callback(callback)).build()
    }
}
