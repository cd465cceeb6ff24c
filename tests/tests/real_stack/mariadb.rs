//! The adapter of sqlx against a real MariaDB.

#[path = "statements.rs"]
mod statements;

use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use otel_kit_sqlx::Pool;
use sqlx::{
    AssertSqlSafe, MySql, MySqlPool,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
};

use crate::{
    service::Service,
    sql::{App, caller},
};

type Db = MySql;

const SYSTEM: &str = "mariadb";
const BY_ID: &str = "SELECT name FROM users WHERE id = ?";
const INSERT: &str = "INSERT INTO users (name) VALUES (?)";
const COLUMN_THAT_IS_NOT_THERE: &str = "SELECT nickname FROM users";
const ENDLESS: &str = "SELECT SLEEP(15)";
const TIMEOUT: &str = "SET max_statement_time = 0.1";

// Numbers of MariaDB's errors.
const TWICE: &str = "1062";
const NO_COLUMN: &str = "1054";
const NO_TABLE: &str = "1146";
const TIMED_OUT: &str = "1969";

fn server() -> &'static Service {
    static SERVER: OnceLock<Service> = OnceLock::new();
    SERVER.get_or_init(|| Service::start("mariadb", ["MARIADB_PORT"]))
}

async fn app() -> App<Db> {
    static DATABASES: AtomicUsize = AtomicUsize::new(0);
    let database = format!("kit_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    let admin = MySqlPool::connect(&server().address).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {database}"))).execute(&admin).await.unwrap();
    admin.close().await;
    let options: MySqlConnectOptions = server().address.parse().unwrap();
    let pool =
        MySqlPoolOptions::new().max_connections(4).connect_with(options.database(&database)).await.unwrap();
    sqlx::raw_sql(
        "CREATE TABLE users (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(99) NOT NULL UNIQUE);
         INSERT INTO users (name) VALUES ('ada'), ('bob'), ('cyd')",
    )
    .execute(&pool)
    .await
    .unwrap();
    App::new(Pool::from(pool).mariadb(), database)
}

#[tokio::test]
async fn without_a_word_about_it_the_system_is_mysql() {
    let app = app().await;
    let pool = Pool::from(app.pool.clone().into_inner()).with(app.telemetry.kit());
    caller(sqlx::query("SELECT 1").execute(&pool)).await.unwrap();
    assert_eq!(app.sql_span().attr("db.system.name"), "mysql");
}

#[tokio::test]
async fn a_stored_procedure_is_named_and_its_rows_are_counted() {
    let app = app().await;
    sqlx::raw_sql("CREATE PROCEDURE everybody() SELECT name FROM users; SELECT 1")
        .execute(&app.pool)
        .await
        .unwrap();
    app.telemetry.clear();
    let rows = caller(sqlx::raw_sql("CALL everybody()").fetch_all(&app.pool)).await.unwrap();
    let span = app.sql_span();
    assert_eq!((span.name.as_str(), rows.len()), ("CALL everybody", 3));
    assert_eq!(span.attr("db.response.returned_rows"), 3);
}

#[tokio::test]
async fn what_a_statement_changed_comes_back_as_from_sqlx() {
    let app = app().await;
    let inserted = sqlx::query(INSERT).bind("dan").execute(&app.pool).await.unwrap();
    assert_eq!((inserted.last_insert_id(), inserted.rows_affected()), (4, 1));
    assert_eq!(app.names(), ["INSERT users"]);
}

#[tokio::test]
async fn a_connection_that_the_server_ends_is_an_error_and_the_pool_goes_on() {
    let app = app().await;
    let mut connection = app.pool.acquire().await.unwrap();
    let process: u64 =
        sqlx::query_scalar("SELECT connection_id()").fetch_one(&mut *connection).await.unwrap();
    app.telemetry.clear();
    let ending = async {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        sqlx::raw_sql(AssertSqlSafe(format!("KILL {process}"))).execute(&*app.pool).await.unwrap();
    };
    let (ended, ()) = tokio::join!(caller(sqlx::query(ENDLESS).execute(&mut *connection)), ending);
    ended.unwrap_err();
    drop(connection);
    assert_eq!(app.sql_span().attr("error.type"), "connection_closed");
    sqlx::query(BY_ID).bind(1).fetch_one(&app.pool).await.unwrap();
}
