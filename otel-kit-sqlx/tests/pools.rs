//! What the pool tells of its connections.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use sqlx::Acquire;
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

fn point_state(point: &otel_kit_testing::received::DataPoint) -> String {
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
    assert_eq!(app.point("db.client.connection.wait_time").count, 6);
}
