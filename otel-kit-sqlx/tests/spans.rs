//! What a span and its duration say of a statement and its answer.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use futures_util::TryStreamExt;
use opentelemetry::trace::Status;
use otel_kit_core::semconv::{SCHEMA_URL, metric::DB_DURATION_BUCKETS};
use sqlx::Row;
use support::{App, caller};

#[tokio::test]
async fn a_statement_has_a_span_with_the_attributes_of_the_conventions() {
    let app = App::new().await;
    let query = sqlx::query("SELECT name FROM users WHERE id = ?").bind(2);
    let row = caller(query.fetch_one(&app.pool)).await.unwrap();
    assert_eq!(row.get::<String, _>(0), "bob");

    let span = app.sql_span();
    assert_eq!((span.name.as_str(), &span.status), ("SELECT users", &Status::Unset));
    assert_eq!(span.attr("db.system.name"), "sqlite");
    assert_eq!(span.attr("db.query.summary"), "SELECT users");
    assert_eq!(span.attr("db.query.text"), "SELECT name FROM users WHERE id = ?");
    assert_eq!(span.attr("db.response.returned_rows"), 1);
    assert!(span.attr("otel_kit.db.connection.wait_time").as_f64().unwrap() >= 0.0);
    assert_eq!(span.attributes.len(), 5, "{span:?}");
    assert_eq!((span.scope.name.as_str(), span.scope.schema_url.as_str()), ("otel-kit-sqlx", SCHEMA_URL));
}

#[tokio::test]
async fn the_duration_has_the_unit_and_the_buckets_of_the_conventions_and_no_wait() {
    let app = App::new().await;
    caller(sqlx::query("SELECT name FROM users").fetch_all(&app.pool)).await.unwrap();
    let span = app.sql_span();
    let metric = app.telemetry.metric("db.client.operation.duration").unwrap();
    assert_eq!((metric.unit.as_str(), metric.scope.name.as_str()), ("s", "otel-kit-sqlx"));
    let point = app.point("db.client.operation.duration");
    assert_eq!((point.count, &point.bounds[..]), (1, &DB_DURATION_BUCKETS[..]));
    assert_eq!(point.attr("db.query.summary"), "SELECT users");
    let waited = span.attr("otel_kit.db.connection.wait_time").as_f64().unwrap();
    assert!((point.sum.unwrap() + waited - span.duration().as_secs_f64()).abs() < 1e-6, "{point:?} {span:?}");
    let rows = app.point("db.client.response.returned_rows");
    assert_eq!((rows.count, rows.sum), (1, Some(3.0)));
    let waits = app.point("db.client.connection.wait_time");
    for point in [point, rows, waits] {
        let [exemplar] = &point.exemplars[..] else { panic!("{point:?}") };
        assert_eq!((&exemplar.trace_id, &exemplar.span_id), (&span.trace_id, &span.span_id));
    }
}

#[tokio::test]
async fn rows_are_counted_however_they_are_fetched() {
    let app = App::new().await;
    let sql = "SELECT name FROM users";
    sqlx::query(sql).fetch_all(&app.pool).await.unwrap();
    sqlx::query(sql).fetch(&app.pool).try_collect::<Vec<_>>().await.unwrap();
    sqlx::query(sql).fetch_one(&app.pool).await.unwrap();
    sqlx::query("SELECT name FROM users WHERE id = 9").fetch_optional(&app.pool).await.unwrap();
    sqlx::query(sql).execute(&app.pool).await.unwrap();
    let rows: Vec<_> =
        app.sql_spans().iter().map(|span| span.attr("db.response.returned_rows").as_i64()).collect();
    assert_eq!(rows, [Some(3), Some(3), Some(1), Some(0), Some(3)]);
}

#[tokio::test]
async fn a_statement_that_asks_for_rows_tells_of_none_and_another_one_says_nothing_however_it_is_run() {
    let app = App::new().await;
    let rows_of = async |sql: &'static str| {
        app.telemetry.clear();
        assert!(sqlx::query(sql).fetch_all(&app.pool).await.unwrap().is_empty());
        assert!(sqlx::query(sql).fetch(&app.pool).try_next().await.unwrap().is_none());
        assert!(sqlx::query(sql).fetch_optional(&app.pool).await.unwrap().is_none());
        assert!(matches!(sqlx::query(sql).fetch_one(&app.pool).await, Err(sqlx::Error::RowNotFound)));
        sqlx::query(sql).execute(&app.pool).await.unwrap();
        sqlx::raw_sql(sql).execute_many(&app.pool).try_collect::<Vec<_>>().await.unwrap();
        let mut transaction = app.pool.begin().await.unwrap();
        assert!(sqlx::query(sql).fetch_optional(&mut *transaction).await.unwrap().is_none());
        transaction.commit().await.unwrap();
        let spans =
            app.sql_spans().into_iter().filter(|span| !["BEGIN", "COMMIT"].contains(&span.name.as_str()));
        spans.map(|span| span.attr("db.response.returned_rows").as_i64()).collect::<Vec<_>>()
    };
    for sql in ["SELECT name FROM users WHERE id = 9", "DELETE FROM users WHERE id = 9 RETURNING name"] {
        assert_eq!(rows_of(sql).await, [Some(0); 7], "{sql}");
    }
    for sql in ["DELETE FROM users WHERE id = 9", "CREATE TABLE IF NOT EXISTS t (id)"] {
        assert_eq!(rows_of(sql).await, [None; 7], "{sql}");
    }
    let metric = app.telemetry.metric("db.client.response.returned_rows").unwrap();
    let counts: Vec<_> = metric.points.iter().map(|point| (point.count, point.sum)).collect();
    assert_eq!(counts, [(7, Some(0.0)); 2], "queries and changes that return rows");
}

#[tokio::test]
async fn a_query_that_fails_before_its_first_row_says_nothing_of_rows() {
    let app = App::new().await;
    caller(sqlx::query("SELECT name FROM nowhere").fetch_all(&app.pool)).await.unwrap_err();
    assert!(app.sql_span().attr("db.response.returned_rows").is_absent());
}

#[tokio::test]
async fn a_row_that_is_not_there_is_no_error() {
    let app = App::new().await;
    let query = sqlx::query("SELECT name FROM users WHERE id = ?").bind(9);
    let error = caller(query.fetch_one(&app.pool)).await.unwrap_err();
    assert!(matches!(error, sqlx::Error::RowNotFound));
    let span = app.sql_span();
    assert!(!span.is_error() && span.attr("error.type").is_absent(), "{span:?}");
}

#[tokio::test]
async fn an_error_of_the_database_is_its_code_on_span_and_metric() {
    let app = App::new().await;
    let query = sqlx::query("INSERT INTO users (name) VALUES (?)").bind("ada");
    let error = caller(query.execute(&app.pool)).await.unwrap_err();
    assert!(error.as_database_error().unwrap().is_unique_violation());

    let span = app.sql_span();
    assert_eq!(span.status, Status::error(""));
    assert_eq!(span.attr("error.type"), "2067");
    assert_eq!(span.attr("db.response.status_code"), "2067");
    let point = app.point("db.client.operation.duration");
    assert_eq!(point.attr("error.type"), "2067");
    assert_eq!(point.attr("db.response.status_code"), "2067");
}

#[tokio::test]
async fn begin_commit_and_rollback_have_spans_and_savepoints_too() {
    let app = App::new().await;
    let mut outer = app.pool.begin().await.unwrap();
    sqlx::query("DELETE FROM users WHERE id = ?").bind(1).execute(&mut *outer).await.unwrap();
    let mut inner = outer.begin().await.unwrap();
    sqlx::query("DELETE FROM users WHERE id = ?").bind(2).execute(&mut *inner).await.unwrap();
    inner.rollback().await.unwrap();
    outer.begin().await.unwrap().commit().await.unwrap();
    outer.commit().await.unwrap();
    app.pool.begin().await.unwrap().rollback().await.unwrap();
    let expected = [
        "BEGIN",
        "DELETE users",
        "SAVEPOINT",
        "DELETE users",
        "ROLLBACK TO SAVEPOINT",
        "SAVEPOINT",
        "RELEASE SAVEPOINT",
        "COMMIT",
        "BEGIN",
        "ROLLBACK",
    ];
    assert_eq!(app.names(), expected);
}

#[tokio::test]
async fn the_text_is_left_out_where_it_is_not_asked_for() {
    let app = App::with_settings(|settings| settings.query_text = false).await;
    let query = sqlx::query("SELECT name FROM users WHERE id = ?").bind(2);
    caller(query.fetch_one(&app.pool)).await.unwrap();
    let span = app.sql_span();
    assert!(span.attr("db.query.text").is_absent() && span.name == "SELECT users", "{span:?}");
}

#[tokio::test]
async fn literals_of_a_statement_without_parameters_stay_in_the_process() {
    let app = App::new().await;
    caller(sqlx::query("SELECT id FROM users WHERE name = 'ada' AND id < 17").fetch_all(&app.pool))
        .await
        .unwrap();
    assert_eq!(app.sql_span().attr("db.query.text"), "SELECT id FROM users WHERE name = ? AND id < ?");
}
