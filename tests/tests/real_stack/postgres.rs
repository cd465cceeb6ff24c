//! The adapter of sqlx against a real PostgreSQL.

#[path = "statements.rs"]
mod statements;

use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use futures_util::TryStreamExt;
use otel_kit_sqlx::Pool;
use sqlx::{
    AssertSqlSafe, PgPool, Postgres,
    postgres::{PgConnectOptions, PgListener, PgPoolCopyExt, PgPoolOptions},
};

use crate::{
    service::Service,
    sql::{App, LIMIT, caller},
};

type Db = Postgres;

const SYSTEM: &str = "postgresql";
const BY_ID: &str = "SELECT name FROM users WHERE id = $1";
const INSERT: &str = "INSERT INTO users (name) VALUES ($1)";
const COLUMN_THAT_IS_NOT_THERE: &str = "SELECT nickname FROM users";
const ENDLESS: &str = "SELECT pg_sleep(15)";
const TIMEOUT: &str = "SET statement_timeout = 100";

// SQLSTATEs.
const TWICE: &str = "23505";
const NO_COLUMN: &str = "42703";
const NO_TABLE: &str = "42P01";
const TIMED_OUT: &str = "57014";

pub(crate) fn server() -> &'static Service {
    static SERVER: OnceLock<Service> = OnceLock::new();
    SERVER.get_or_init(|| Service::start("postgres", ["POSTGRES_PORT"]))
}

async fn app() -> App<Db> {
    static DATABASES: AtomicUsize = AtomicUsize::new(0);
    let database = format!("kit_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let admin = PgPool::connect(&server().address).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {database}"))).execute(&admin).await.unwrap();
    admin.close().await;
    let options: PgConnectOptions = server().address.parse().unwrap();
    let pool =
        PgPoolOptions::new().max_connections(4).connect_with(options.database(&database)).await.unwrap();
    sqlx::raw_sql(
        "CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT NOT NULL UNIQUE);
         INSERT INTO users (name) VALUES ('ada'), ('bob'), ('cyd')",
    )
    .execute(&pool)
    .await
    .unwrap();
    App::new(Pool::from(pool), database)
}

#[tokio::test]
async fn rows_go_in_and_out_by_copy() {
    let app = app().await;
    let mut copy = app.pool.copy_in_raw("COPY users (name) FROM STDIN").await.unwrap();
    copy.send(&b"dan\neve\n"[..]).await.unwrap();
    assert_eq!(copy.finish().await.unwrap(), 2);

    let mut connection = app.pool.acquire().await.unwrap();
    let out = connection.copy_out_raw("COPY users (name) TO STDOUT").await.unwrap();
    let chunks: Vec<_> = out.try_collect().await.unwrap();
    assert_eq!(chunks.concat(), b"ada\nbob\ncyd\ndan\neve\n");
}

#[tokio::test]
async fn a_listener_is_made_of_the_pool_and_hears_what_a_statement_notifies() {
    let app = app().await;
    let mut listener = PgListener::connect_with(&app.pool).await.unwrap();
    listener.listen("orders").await.unwrap();
    sqlx::query("SELECT pg_notify($1, $2)").bind("orders").bind("7").execute(&app.pool).await.unwrap();
    let heard = tokio::time::timeout(LIMIT, listener.recv()).await.unwrap().unwrap();
    assert_eq!((heard.channel(), heard.payload()), ("orders", "7"));
    assert_eq!(app.sql_spans()[0].attr("db.query.text"), "SELECT pg_notify($1, $2)");
}

#[tokio::test]
async fn a_schema_that_is_told_is_in_the_namespace() {
    let app = app().await;
    let pool = app.pool.clone().in_schema("public");
    caller(sqlx::query("SELECT 1").execute(&pool)).await.unwrap();
    assert_eq!(app.sql_span().attr("db.namespace"), format!("{}|public", app.database).as_str());
}

#[tokio::test]
async fn rows_of_an_insert_are_counted() {
    let app = app().await;
    let id: i32 = sqlx::query_scalar("INSERT INTO users (name) VALUES ($1) RETURNING id")
        .bind("dan")
        .fetch_one(&app.pool)
        .await
        .unwrap();
    assert_eq!(id, 4);
    let span = &app.sql_spans()[0];
    assert_eq!(
        (span.name.as_str(), span.attr("db.response.returned_rows").as_i64()),
        ("INSERT users", Some(1))
    );
}

#[tokio::test]
async fn a_connection_that_the_server_ends_is_an_error_with_its_code_and_the_pool_goes_on() {
    let app = app().await;
    let mut connection = app.pool.acquire().await.unwrap();
    let process: i32 =
        sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut *connection).await.unwrap();
    app.telemetry.clear();
    let ending = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        sqlx::query("SELECT pg_terminate_backend($1)").bind(process).execute(&*app.pool).await.unwrap();
    };
    let (ended, ()) = tokio::join!(caller(sqlx::query(ENDLESS).execute(&mut *connection)), ending);
    ended.unwrap_err();
    drop(connection);
    assert_eq!(app.sql_span().attr("error.type"), "57P01");
    sqlx::query(BY_ID).bind(1).fetch_one(&app.pool).await.unwrap();
}
