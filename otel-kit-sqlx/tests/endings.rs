//! How a statement ends that does not come to its end, and what waits for a connection.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use futures_util::TryStreamExt;
use opentelemetry::trace::Status;
use otel_kit_core::settings::Settings;
use otel_kit_sqlx::Pool;
use otel_kit_testing::Telemetry;
use sqlx::sqlite::SqlitePoolOptions;
use support::{App, caller};

#[tokio::test]
async fn a_statement_that_is_never_polled_has_no_span() {
    let app = App::new().await;
    drop(sqlx::query("SELECT 1").execute(&app.pool));
    drop(sqlx::query("SELECT 1").fetch(&app.pool));
    assert!(app.sql_spans().is_empty() && app.telemetry.metric("db.client.operation.duration").is_none());
}

#[tokio::test]
async fn a_statement_that_the_caller_drops_is_cancelled_and_no_error() {
    let app = App::new().await;
    {
        let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 3000000) SELECT count(*) FROM c";
        let mut running = pin!(caller(sqlx::query(endless).fetch_all(&app.pool)));
        for _ in 0..3 {
            assert!(poll_once(running.as_mut()).is_pending());
            tokio::task::yield_now().await;
        }
    }
    let span = app.sql_span();
    assert_eq!((&span.status, span.attr("error.type").is_absent()), (&Status::Unset, true));
    assert_eq!(span.attr("otel_kit.cancelled"), true);
    assert_eq!(app.point("db.client.operation.duration").count, 1);
}

#[tokio::test]
async fn rows_that_are_dropped_after_some_are_enough() {
    let app = App::new().await;
    caller(async {
        let mut rows = sqlx::query("SELECT name FROM users").fetch(&app.pool);
        rows.try_next().await.unwrap().unwrap();
    })
    .await;
    let span = app.sql_span();
    assert!(span.attr("otel_kit.cancelled").is_absent() && !span.is_error(), "{span:?}");
    assert_eq!(span.attr("db.response.returned_rows"), 1);
}

#[tokio::test]
async fn waiting_for_a_connection_in_vain_is_a_timeout() {
    let telemetry = Telemetry::new();
    let options = SqlitePoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(2));
    let pool =
        Pool::from(options.connect("sqlite::memory:").await.unwrap()).named("small").with(telemetry.kit());
    let held = pool.acquire().await.unwrap();
    let error = sqlx::query("SELECT 1").execute(&pool).await.unwrap_err();
    assert!(matches!(error, sqlx::Error::PoolTimedOut));
    drop(held);

    let [span] = &telemetry.spans()[..] else { panic!("{telemetry:?}") };
    assert_eq!((&span.status, span.attr("error.type").as_str()), (&Status::error(""), Some("timeout")));
    let timeouts = telemetry.metric("db.client.connection.timeouts").unwrap();
    assert_eq!(timeouts.points[0].attr("db.client.connection.pool.name"), "small");
    let waits = telemetry.metric("db.client.connection.wait_time").unwrap();
    assert_eq!(waits.points[0].count, 2, "{waits:?}");
    let pending = telemetry.metric("db.client.connection.pending_requests").unwrap();
    assert_eq!(pending.points[0].value, 0, "{pending:?}");
    let uses = telemetry.metric("db.client.connection.use_time").unwrap();
    assert_eq!(uses.points[0].count, 1, "{uses:?}");
}

#[tokio::test]
async fn waiting_for_a_connection_that_the_caller_gives_up_is_cancelled() {
    let app = App::new().await;
    let held = app.pool.acquire().await.unwrap();
    {
        let mut waiting = pin!(caller(sqlx::query("SELECT 1").execute(&app.pool)));
        assert!(poll_once(waiting.as_mut()).is_pending());
        let pending = app.point("db.client.connection.pending_requests");
        assert_eq!(pending.value, 1);
    }
    drop(held);
    assert_eq!(app.sql_span().attr("otel_kit.cancelled"), true);
    assert_eq!(app.point("db.client.connection.pending_requests").value, 0);
}

#[tokio::test]
async fn the_wait_for_a_connection_is_part_of_the_span_and_not_of_the_duration() {
    let app = App::with(Telemetry::builder().manual_clock().build()).await;
    let clock = app.telemetry.clock().clone();
    let mut held = app.pool.acquire().await.unwrap();
    {
        let mut waiting = pin!(caller(sqlx::query("SELECT 1").fetch_all(&app.pool)));
        assert!(poll_once(waiting.as_mut()).is_pending());
        clock.advance(Duration::from_secs(3));
        held.return_to_pool().await;
        waiting.await.unwrap();
    }
    let span = app.sql_span();
    assert_eq!(span.duration(), Duration::from_secs(3));
    assert_eq!(span.attr("otel_kit.db.connection.wait_time"), 3.0);
    assert_eq!(app.point("db.client.operation.duration").sum, Some(0.0));
    assert_eq!(app.point("db.client.connection.wait_time").sum, Some(3.0));
}

#[tokio::test]
async fn a_wait_that_is_given_up_is_no_duration_either() {
    let app = App::with(Telemetry::builder().manual_clock().build()).await;
    let held = app.pool.acquire().await.unwrap();
    {
        let mut waiting = pin!(caller(sqlx::query("SELECT 1").execute(&app.pool)));
        assert!(poll_once(waiting.as_mut()).is_pending());
        app.telemetry.clock().advance(Duration::from_secs(3));
    }
    drop(held);
    assert_eq!(app.sql_span().attr("otel_kit.db.connection.wait_time"), 3.0);
    assert_eq!(app.point("db.client.operation.duration").sum, Some(0.0));
}

#[tokio::test]
async fn after_an_error_the_connection_is_back_though_the_rows_are_still_there() {
    let app = App::new().await;
    let mut rows = sqlx::query("SELECT nothing FROM nowhere").fetch(&app.pool);
    rows.try_next().await.unwrap_err();
    while app.pool.num_idle() == 0 {
        tokio::task::yield_now().await; // a task brings it back
    }
    sqlx::query("SELECT 1").execute(&app.pool).await.unwrap();
    drop(rows);
}

fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn failures_are_exceptions_where_that_is_asked_for_and_no_rows_are_none() {
    for is_asked_for in [true, false] {
        let mut settings = Settings::default();
        settings.exceptions.client_calls = is_asked_for;
        let app = App::with(Telemetry::builder().settings(settings).build()).await;
        caller(sqlx::query("SELECT name FROM nowhere").fetch_all(&app.pool)).await.unwrap_err();
        let failed = app.sql_span();
        caller(sqlx::query("SELECT name FROM users WHERE 1 = 2").fetch_one(&app.pool)).await.unwrap_err();
        let told = app.telemetry.exceptions();
        assert_eq!(told.len(), usize::from(is_asked_for));
        for exception in told {
            assert_eq!(exception.event_name, "db.client.operation.exception");
            assert_eq!(exception.span_id, failed.span_id);
            assert!(exception.message.unwrap().contains("nowhere"));
        }
    }
}
