//! Kits that are less than what `init` installs.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

use otel_kit_core::Kit;
use otel_kit_sqlx::Pool;
use otel_kit_testing::Telemetry;
use sqlx::{Sqlite, SqlitePool};

async fn pool() -> Pool<Sqlite> {
    Pool::from(SqlitePool::connect("sqlite::memory:").await.unwrap())
}

#[tokio::test]
async fn spans_and_metrics_come_out_of_a_bare_sdk() {
    let telemetry = Telemetry::new();
    let kit = Kit::builder()
        .tracer_provider(telemetry.tracer_provider().get_ref().clone())
        .meter_provider(telemetry.meter_provider().get_ref().clone())
        .build();
    sqlx::query("SELECT 1").execute(&pool().await.with(&kit)).await.unwrap();
    assert_eq!(telemetry.spans().len(), 1);
    assert_eq!(telemetry.metric("db.client.operation.duration").unwrap().points[0].count, 1);
}

#[tokio::test]
async fn without_any_sdk_statements_pass() {
    let pool = pool().await.with(&Kit::builder().build());
    let mut transaction = pool.begin().await.unwrap();
    sqlx::query("SELECT 1").execute(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
}

#[tokio::test]
async fn before_a_kit_is_installed_statements_pass() {
    let pool = pool().await;
    let mut connection = pool.acquire().await.unwrap();
    sqlx::query("SELECT 1").fetch_one(&mut *connection).await.unwrap();
    drop(connection);
    let mut transaction = pool.begin().await.unwrap();
    sqlx::query("SELECT 1").fetch_one(&mut *transaction).await.unwrap();
    transaction.rollback().await.unwrap();
    let one: i64 = sqlx::query_scalar("SELECT 1").fetch_one(&pool).await.unwrap();
    assert_eq!(one, 1);
}
