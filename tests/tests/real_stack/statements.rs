//! What holds on each database; the module around it says which one.

use std::{collections::HashSet, fs, time::Duration};

use futures_util::{StreamExt, TryStreamExt};
use opentelemetry::trace::Status;
use otel_kit_sqlx::Pool;
use sqlx::{Connection, Executor, migrate::Migrator, pool::PoolOptions};

use super::{
    BY_ID, COLUMN_THAT_IS_NOT_THERE, Db, ENDLESS, INSERT, NO_COLUMN, NO_TABLE, SYSTEM, TIMED_OUT, TIMEOUT,
    TWICE, app, server,
};
use crate::{
    service::free_ports,
    sql::{App, LIMIT, caller},
};

#[tokio::test]
async fn a_statement_has_a_span_with_the_attributes_of_the_conventions() {
    let app = app().await;
    let name: String = caller(sqlx::query_scalar(BY_ID).bind(2).fetch_one(&app.pool)).await.unwrap();
    assert_eq!(name, "bob");

    let span = app.sql_span();
    assert_eq!((span.name.as_str(), &span.status), ("SELECT users", &Status::Unset));
    assert_eq!(span.attr("db.system.name"), SYSTEM);
    assert_eq!(span.attr("db.namespace"), app.database.as_str());
    assert_eq!(span.attr("server.address"), "127.0.0.1");
    assert_eq!(span.attr("server.port"), i64::from(server().port));
    assert_eq!(span.attr("db.query.summary"), "SELECT users");
    assert_eq!(span.attr("db.query.text"), BY_ID);
    assert_eq!(span.attr("db.response.returned_rows"), 1);
    assert!(span.attr("otel_kit.db.connection.wait_time").as_f64().unwrap() >= 0.0);
    assert_eq!(span.attributes.len(), 8, "{span:?}");
}

#[tokio::test]
async fn the_duration_says_where_and_leaves_out_the_wait() {
    let app = app().await;
    caller(sqlx::query("SELECT name FROM users").fetch_all(&app.pool)).await.unwrap();
    let span = app.sql_span();
    let point = app.point("db.client.operation.duration");
    assert_eq!(point.count, 1);
    for attribute in ["db.system.name", "db.namespace", "db.query.summary", "server.address", "server.port"] {
        assert_eq!(point.attr(attribute), span.attr(attribute), "{attribute}");
    }
    let waited = span.attr("otel_kit.db.connection.wait_time").as_f64().unwrap();
    assert!((point.sum.unwrap() + waited - span.duration().as_secs_f64()).abs() < 1e-6, "{point:?} {span:?}");
    assert_eq!(app.point("db.client.response.returned_rows").sum, Some(3.0));
    let name = format!("127.0.0.1:{}/{}", server().port, app.database);
    assert_eq!(
        app.point("db.client.connection.wait_time").attr("db.client.connection.pool.name"),
        name.as_str()
    );
}

#[tokio::test]
async fn rows_are_counted_however_they_are_fetched() {
    let app = app().await;
    let sql = "SELECT name FROM users";
    sqlx::query(sql).fetch_all(&app.pool).await.unwrap();
    sqlx::query(sql).fetch(&app.pool).try_collect::<Vec<_>>().await.unwrap();
    sqlx::query(sql).fetch_one(&app.pool).await.unwrap();
    sqlx::query(BY_ID).bind(9).fetch_optional(&app.pool).await.unwrap();
    sqlx::query(sql).execute(&app.pool).await.unwrap();
    sqlx::raw_sql(sql).fetch_all(&app.pool).await.unwrap();
    let rows: Vec<_> =
        app.sql_spans().iter().map(|span| span.attr("db.response.returned_rows").as_i64()).collect();
    assert_eq!(rows, [Some(3), Some(3), Some(1), Some(0), Some(3), Some(3)]);
}

#[tokio::test]
async fn a_row_that_is_not_there_is_no_error() {
    let app = app().await;
    let error = caller(sqlx::query(BY_ID).bind(9).fetch_one(&app.pool)).await.unwrap_err();
    assert!(matches!(error, sqlx::Error::RowNotFound));
    let span = app.sql_span();
    assert!(!span.is_error() && span.attr("error.type").is_absent(), "{span:?}");
}

#[tokio::test]
async fn an_error_of_the_database_is_its_code_on_span_and_metric() {
    let app = app().await;
    let error = caller(sqlx::query(INSERT).bind("ada").execute(&app.pool)).await.unwrap_err();
    assert!(error.as_database_error().unwrap().is_unique_violation());

    let span = app.sql_span();
    assert_eq!((span.name.as_str(), &span.status), ("INSERT users", &Status::error("")));
    let point = app.point("db.client.operation.duration");
    for attribute in ["error.type", "db.response.status_code"] {
        assert_eq!(span.attr(attribute), TWICE);
        assert_eq!(point.attr(attribute), TWICE);
    }
}

#[tokio::test]
async fn a_statement_that_cannot_be_prepared_has_the_databases_code() {
    let app = app().await;
    for (sql, code) in
        [(COLUMN_THAT_IS_NOT_THERE, NO_COLUMN), ("SELECT name FROM nobody_made_this", NO_TABLE)]
    {
        sqlx::query(sql).fetch_all(&app.pool).await.unwrap_err();
        assert_eq!(app.sql_spans()[0].attr("error.type"), code, "{sql}");
        app.telemetry.clear();
    }
}

#[tokio::test]
async fn begin_commit_and_rollback_have_spans_and_savepoints_too() {
    let app = app().await;
    let mut outer = app.pool.begin().await.unwrap();
    sqlx::query("DELETE FROM users WHERE id = 1").execute(&mut *outer).await.unwrap();
    let mut inner = outer.begin().await.unwrap();
    sqlx::query("DELETE FROM users WHERE id = 2").execute(&mut *inner).await.unwrap();
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
    for span in app.sql_spans() {
        assert_eq!(span.attr("db.namespace"), app.database.as_str(), "{span:?}");
    }
    let left: Vec<String> =
        sqlx::query_scalar("SELECT name FROM users ORDER BY id").fetch_all(&app.pool).await.unwrap();
    assert_eq!(left, ["bob", "cyd"], "the savepoint was taken back, the rest was not");
}

#[tokio::test]
async fn a_transaction_that_is_dropped_is_taken_back() {
    let app = app().await;
    let mut transaction = app.pool.begin().await.unwrap();
    sqlx::query("DELETE FROM users").execute(&mut *transaction).await.unwrap();
    drop(transaction);
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(&app.pool).await.unwrap();
    assert_eq!(left, 3);
    assert_eq!(app.names(), ["BEGIN", "DELETE users", "SELECT users"]);
}

#[tokio::test]
async fn literals_of_a_statement_without_parameters_stay_in_the_process() {
    let app = app().await;
    let query = sqlx::query("SELECT id FROM users WHERE name = 'ada' AND id < 17");
    caller(query.fetch_all(&app.pool)).await.unwrap();
    assert_eq!(app.sql_span().attr("db.query.text"), "SELECT id FROM users WHERE name = ? AND id < ?");
}

#[tokio::test]
async fn rows_that_are_dropped_after_some_are_enough_and_the_connection_is_good() {
    let app = app().await;
    caller(async {
        let mut rows = sqlx::query("SELECT name FROM users").fetch(&app.pool);
        rows.try_next().await.unwrap().unwrap();
    })
    .await;
    let span = app.sql_span();
    assert!(span.attr("otel_kit.cancelled").is_absent() && !span.is_error(), "{span:?}");
    assert_eq!(span.attr("db.response.returned_rows"), 1);
    let names = sqlx::query("SELECT name FROM users").fetch_all(&app.pool).await.unwrap();
    assert_eq!(names.len(), 3);
}

#[tokio::test]
async fn a_statement_that_the_caller_gives_up_is_cancelled_and_no_error() {
    let app = app().await;
    let gave_up = async {
        tokio::time::timeout(Duration::from_millis(200), sqlx::query(ENDLESS).execute(&app.pool)).await
    };
    assert!(caller(gave_up).await.is_err());
    let span = app.sql_span();
    assert_eq!((&span.status, span.attr("error.type").is_absent()), (&Status::Unset, true));
    assert_eq!(span.attr("otel_kit.cancelled"), true);
    // Less than the limit by what was done before the span began.
    assert!(span.duration() >= Duration::from_millis(100), "{span:?}");
    assert_eq!(app.point("db.client.operation.duration").count, 1);
    assert_eq!(app.point("db.client.connection.pending_requests").value, 0);
}

#[tokio::test]
async fn a_statement_that_the_database_gives_up_has_the_databases_code() {
    let app = app().await;
    let mut connection = app.pool.acquire().await.unwrap();
    sqlx::raw_sql(TIMEOUT).execute(&mut *connection).await.unwrap();
    app.telemetry.clear();
    let error = caller(sqlx::query(ENDLESS).execute(&mut *connection)).await.unwrap_err();
    assert!(error.as_database_error().is_some(), "{error:?}");
    let span = app.sql_span();
    assert!(span.is_error(), "{span:?}");
    assert_eq!(span.attr("error.type"), TIMED_OUT);
}

#[tokio::test]
async fn waiting_for_a_connection_in_vain_is_a_timeout() {
    let app = app().await;
    let options = PoolOptions::<Db>::new().max_connections(1).acquire_timeout(Duration::from_secs(1));
    let pool = options.connect_with((*app.pool.connect_options()).clone()).await.unwrap();
    let pool = Pool::from(pool).named("small").with(app.telemetry.kit());
    let held = pool.acquire().await.unwrap();
    let error = caller(sqlx::query(BY_ID).bind(1).execute(&pool)).await.unwrap_err();
    assert!(matches!(error, sqlx::Error::PoolTimedOut));
    drop(held);
    assert_eq!(app.sql_span().attr("error.type"), "timeout");
    let timeouts = app.point("db.client.connection.timeouts");
    assert_eq!(timeouts.attr("db.client.connection.pool.name"), "small");
}

#[tokio::test]
async fn a_server_that_is_not_there_and_a_pool_that_is_closed_are_errors() {
    let app = app().await;
    let [port] = free_ports();
    let nowhere = (*app.pool.connect_options()).clone().port(port);
    let nowhere = PoolOptions::<Db>::new().acquire_timeout(Duration::from_secs(1)).connect_lazy_with(nowhere);
    let nowhere = Pool::from(nowhere).with(app.telemetry.kit());
    caller(sqlx::query(BY_ID).bind(1).execute(&nowhere)).await.unwrap_err();
    let span = app.sql_span();
    let error = span.attr("error.type").as_str().unwrap();
    // sqlx tries again until the time for a connection is over.
    assert!(["connection_refused", "timeout"].contains(&error), "{span:?}");
    assert_eq!(span.attr("server.port"), i64::from(port));

    app.telemetry.clear();
    app.pool.close().await;
    caller(sqlx::query(BY_ID).bind(1).execute(&app.pool)).await.unwrap_err();
    assert_eq!(app.sql_span().attr("error.type"), "pool_closed");
}

#[tokio::test]
async fn migrations_run_on_the_pool() {
    let app = app().await;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("1_items.sql"), "CREATE TABLE items (id INT); INSERT INTO items VALUES (7)")
        .unwrap();
    let migrations = Migrator::new(folder.path()).await.unwrap();
    migrations.run(&app.pool).await.unwrap();
    migrations.run(&app.pool).await.unwrap();
    let items: Vec<i32> = sqlx::query_scalar("SELECT id FROM items").fetch_all(&app.pool).await.unwrap();
    assert_eq!(items, [7]);
}

#[tokio::test]
async fn code_for_sqlx_gets_sqlxs_types_and_wrapped_ones_are_executors() {
    async fn count<'e>(executor: impl Executor<'e, Database = Db>) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(executor).await.unwrap()
    }
    async fn of_pool(pool: &sqlx::Pool<Db>) -> i64 {
        count(pool).await
    }
    async fn of_connection(connection: &mut <Db as sqlx::Database>::Connection) -> i64 {
        count(connection).await
    }
    let app = app().await;
    assert_eq!((count(&app.pool).await, of_pool(&app.pool).await), (3, 3));
    let mut transaction = app.pool.begin().await.unwrap();
    assert_eq!((count(&mut *transaction).await, of_connection(&mut transaction).await), (3, 3));
    transaction.commit().await.unwrap();
    let mut connection = app.pool.acquire().await.unwrap();
    assert_eq!((count(&mut *connection).await, of_connection(&mut connection).await), (3, 3));
    Connection::ping(&mut ***connection).await.unwrap();
    assert_eq!(app.names(), ["SELECT users", "BEGIN", "SELECT users", "COMMIT", "SELECT users"]);
}

#[tokio::test]
async fn a_statement_of_a_pool_that_nobody_wrapped_has_one_span_below_its_caller() {
    let (app, plain) = app_with_plain_pool().await;
    let name: String = caller(sqlx::query_scalar(BY_ID).bind(2).fetch_one(&plain)).await.unwrap();
    assert_eq!(name, "bob");
    let span = app.sql_span();
    assert_eq!((span.name.as_str(), &span.status), ("SELECT users", &Status::Unset));
    assert_eq!(span.attr("db.system.name"), "other_sql");
    assert_eq!(span.attr("db.query.summary"), "SELECT users");
    assert_eq!(span.attr("db.query.text"), "SELECT name FROM users WHERE id = ?");
    assert_eq!(span.attr("db.response.returned_rows"), 1);
    assert_eq!(span.attributes.len(), 4, "{span:?}");
    assert_eq!(app.point("db.client.operation.duration").count, 1);
}

/// A pool of one connection that is there already: what a driver sets on a new one is a statement, too.
async fn app_with_plain_pool() -> (App<Db>, sqlx::Pool<Db>) {
    let app = app().await;
    let options = (*app.pool.connect_options()).clone();
    let plain = PoolOptions::<Db>::new().max_connections(1).connect_with(options).await.unwrap();
    (app.with_statement_layer(), plain)
}

#[tokio::test]
async fn however_a_plain_pool_is_used_each_statement_has_one_span() {
    let (app, plain) = app_with_plain_pool().await;
    caller(async {
        sqlx::query("SELECT name FROM users").fetch_all(&plain).await.unwrap();
        sqlx::query("SELECT name FROM users").fetch(&plain).try_next().await.unwrap();
        sqlx::query(INSERT).bind("ada").execute(&plain).await.unwrap_err();
        sqlx::raw_sql("DELETE FROM users WHERE name = 'ada'").execute(&plain).await.unwrap();
    })
    .await;
    let expected = ["SELECT users", "SELECT users", "INSERT users", "DELETE users"];
    assert_eq!(app.names(), expected);
    let spans = app.telemetry.spans();
    let caller = spans.iter().find(|span| span.name == "caller").unwrap();
    assert!(app.sql_spans().iter().all(|span| span.is_child_of(caller)), "{:?}", app.telemetry);
}

#[tokio::test]
async fn with_the_layer_too_a_statement_of_a_wrapped_pool_has_one_span_still() {
    async fn of_connection(connection: &mut <Db as sqlx::Database>::Connection) {
        sqlx::query("SELECT name FROM users").fetch_all(connection).await.unwrap();
    }
    let app = app().await.with_statement_layer();
    caller(async {
        sqlx::query("SELECT name FROM users").fetch_all(&app.pool).await.unwrap();
        sqlx::query("SELECT name FROM users").fetch(&app.pool).try_next().await.unwrap();
        sqlx::query(INSERT).bind("ada").execute(&app.pool).await.unwrap_err();
        let endless = sqlx::query(ENDLESS).execute(&app.pool);
        tokio::time::timeout(Duration::from_millis(100), endless).await.unwrap_err();
        let mut transaction = app.pool.begin().await.unwrap();
        sqlx::raw_sql("DELETE FROM users WHERE id = 1").execute(&mut *transaction).await.unwrap();
        transaction.begin().await.unwrap().commit().await.unwrap();
        of_connection(&mut transaction).await; // past the wrapper, by the layer
        transaction.commit().await.unwrap();
        drop(app.pool.begin().await.unwrap());
        sqlx::query(BY_ID).bind(2).fetch_one(&app.pool).await.unwrap();
    })
    .await;
    let expected = [
        "SELECT users",
        "SELECT users",
        "INSERT users",
        "SELECT",
        "BEGIN",
        "DELETE users",
        "SAVEPOINT",
        "RELEASE SAVEPOINT",
        "SELECT users",
        "COMMIT",
        "BEGIN",
        "SELECT users",
    ];
    assert_eq!(app.names(), expected);
    let spans = app.sql_spans();
    let by_layer = spans.iter().filter(|span| span.attr("db.system.name") == "other_sql");
    assert_eq!(by_layer.count(), 1, "{:?}", app.telemetry);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_five_thousand_statements_none_is_lost_or_doubled() {
    const STATEMENTS: u64 = 5_000;
    let app = app().await;
    let all = futures_util::stream::iter(0..STATEMENTS).map(|number| {
        let pool = app.pool.clone();
        tokio::spawn(async move {
            let id = i32::try_from(number % 3).unwrap() + 1;
            sqlx::query_scalar::<_, String>(BY_ID).bind(id).fetch_one(&pool).await.map(|name| (id, name))
        })
    });
    let names = ["ada", "bob", "cyd"];
    all.buffer_unordered(16)
        .for_each(|answer| {
            let (id, name) = answer.unwrap().unwrap();
            assert_eq!(name, names[usize::try_from(id).unwrap() - 1]);
            std::future::ready(())
        })
        .await;
    let spans = app.telemetry.wait_for_spans(usize::try_from(STATEMENTS).unwrap(), LIMIT).unwrap();
    let ids: HashSet<_> = spans.iter().map(|span| &span.span_id).collect();
    assert_eq!((spans.len(), ids.len()), (5_000, 5_000));
    assert!(spans.iter().all(|span| !span.is_error() && span.name == "SELECT users"));
    assert_eq!(app.point("db.client.operation.duration").count, STATEMENTS);
    assert_eq!(app.point("db.client.response.returned_rows").sum, Some(5_000.0));
    assert_eq!(app.point("db.client.connection.pending_requests").value, 0);
}
