//! Code written for sqlx that compiles with the wrapper in place of sqlx's pool, and what has a span of it.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use futures_util::{StreamExt, TryStreamExt};
use otel_kit_sqlx::{Pool, PoolConnection, Transaction};
use sqlx::{
    Acquire, AssertSqlSafe, Connection, Database, Executor, FromRow, QueryBuilder, SqlSafeStr, Sqlite,
    SqliteConnection, SqlitePool, Statement,
};
use support::App;

#[derive(Debug, FromRow)]
struct User {
    id: i64,
    name: String,
}

#[tokio::test]
async fn queries_take_the_pool() {
    let app = App::new().await;
    let pool = &app.pool;
    sqlx::query("SELECT 1").execute(pool).await.unwrap();
    let users: Vec<User> = sqlx::query_as("SELECT id, name FROM users").fetch_all(pool).await.unwrap();
    assert_eq!((users[2].id, users[2].name.as_str()), (3, "cyd"));
    let one: i64 = sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(pool).await.unwrap();
    assert_eq!(one, 3);
    sqlx::raw_sql("DELETE FROM users WHERE id = 1; DELETE FROM users WHERE id = 2")
        .execute(pool)
        .await
        .unwrap();
    pool.execute("SELECT 1").await.unwrap();
    sqlx::raw_sql("SELECT 1; SELECT 2").execute_many(pool).try_collect::<Vec<_>>().await.unwrap();
    sqlx::query("SELECT 1").map(|_| 1).fetch(pool).try_collect::<Vec<_>>().await.unwrap();
    let mut builder = QueryBuilder::<Sqlite>::new("SELECT id FROM users WHERE id IN (");
    builder.separated(", ").push_bind(1).push_bind(2);
    builder.push(")").build().fetch_all(pool).await.unwrap();
    assert_eq!(app.sql_spans().len(), 8);
}

#[tokio::test]
async fn macros_take_the_pool_and_the_transaction() {
    let app = App::new().await;
    let row = sqlx::query!("SELECT name FROM users WHERE id = ?", 2).fetch_one(&app.pool).await.unwrap();
    assert_eq!(row.name, "bob");
    let mut transaction = app.pool.begin().await.unwrap();
    let user = sqlx::query_as!(User, "SELECT id, name FROM users WHERE name = ?", "ada");
    assert_eq!(user.fetch_one(&mut *transaction).await.unwrap().id, 1);
    let count = sqlx::query_scalar!("SELECT count(*) FROM users").fetch_one(&mut *transaction).await.unwrap();
    assert_eq!(count, 3);
    transaction.commit().await.unwrap();
    assert_eq!(app.names(), ["SELECT users", "BEGIN", "SELECT users", "SELECT users", "COMMIT"]);
}

#[tokio::test]
async fn prepared_statements_run_with_a_span() {
    let app = App::new().await;
    let mut connection = app.pool.acquire().await.unwrap();
    let statement = connection.prepare(SqlSafeStr::into_sql_str("SELECT name FROM users WHERE id = ?")).await;
    let statement = statement.unwrap();
    statement.query().bind(1).fetch_one(&mut *connection).await.unwrap();
    assert_eq!(app.names(), ["SELECT users"]);
}

#[tokio::test]
async fn functions_over_any_executor_take_pool_transaction_and_connection() {
    async fn count<'e>(executor: impl Executor<'e, Database = Sqlite>) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(executor).await.unwrap()
    }
    async fn count_of<DB>(pool: &Pool<DB>) -> usize
    where
        DB: Database,
        for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
    {
        pool.fetch_all("SELECT name FROM users").await.unwrap().len()
    }
    let app = App::new().await;
    assert_eq!(count(&app.pool).await, 3);
    assert_eq!(count_of(&app.pool).await, 3);
    let mut transaction = app.pool.begin().await.unwrap();
    assert_eq!(count(&mut *transaction).await, 3);
    transaction.rollback().await.unwrap();
    let mut connection = app.pool.acquire().await.unwrap();
    assert_eq!(count(&mut *connection).await, 3);
    let expected = ["SELECT users", "SELECT users", "BEGIN", "SELECT users", "ROLLBACK", "SELECT users"];
    assert_eq!(app.names(), expected);
}

#[tokio::test]
async fn functions_over_the_wrappers_types_see_spans() {
    async fn rename(transaction: &mut Transaction<'_, Sqlite>) {
        sqlx::query("UPDATE users SET name = ? WHERE id = 1")
            .bind("eve")
            .execute(&mut **transaction)
            .await
            .unwrap();
    }
    let app = App::new().await;
    let mut transaction = app.pool.begin().await.unwrap();
    rename(&mut transaction).await;
    transaction.commit().await.unwrap();
    assert_eq!(app.names(), ["BEGIN", "UPDATE users", "COMMIT"]);
}

#[tokio::test]
async fn connections_begin_transactions_in_all_of_sqlxs_ways() {
    async fn rename(connection: &mut PoolConnection<Sqlite>, name: &'static str) -> Result<i64, sqlx::Error> {
        let renamed = connection.transaction(|transaction| {
            Box::pin(async move {
                let query = sqlx::query("UPDATE users SET name = ? WHERE id = 1").bind(name);
                query.execute(&mut **transaction).await?;
                sqlx::query_scalar("SELECT 1").fetch_one(&mut **transaction).await
            })
        });
        renamed.await
    }
    let app = App::new().await;
    let mut connection = app.pool.acquire().await.unwrap();
    connection.begin().await.unwrap().commit().await.unwrap();
    let mut immediate = connection.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let nested = immediate.begin().await.unwrap();
    nested.commit().await.unwrap();
    immediate.rollback().await.unwrap();
    assert_eq!(rename(&mut connection, "eve").await.unwrap(), 1);
    rename(&mut connection, "bob").await.unwrap_err();
    let expected = [
        "BEGIN",
        "COMMIT",
        "BEGIN",
        "SAVEPOINT",
        "RELEASE SAVEPOINT",
        "ROLLBACK",
        "BEGIN",
        "UPDATE users",
        "SELECT",
        "COMMIT",
        "BEGIN",
        "UPDATE users",
        "ROLLBACK",
    ];
    assert_eq!(app.names(), expected);
    assert_eq!(app.sql_spans()[2].attr("db.query.text"), "BEGIN IMMEDIATE");
    let of_ref: &SqliteConnection = connection.as_ref();
    assert!(!Connection::is_in_transaction(of_ref));
}

#[tokio::test]
async fn functions_over_sqlxs_types_get_them() {
    async fn of_pool(pool: &SqlitePool) -> i64 {
        sqlx::query_scalar("SELECT 1").fetch_one(pool).await.unwrap()
    }
    async fn of_connection(connection: &mut SqliteConnection) -> i64 {
        sqlx::query_scalar("SELECT 2").fetch_one(&mut *connection).await.unwrap()
    }
    async fn of_transaction(transaction: &mut sqlx::Transaction<'_, Sqlite>) -> i64 {
        sqlx::query_scalar("SELECT 3").fetch_one(&mut **transaction).await.unwrap()
    }
    async fn of_any<'a>(any: impl Acquire<'a, Database = Sqlite>) -> i64 {
        let mut connection = any.acquire().await.unwrap();
        sqlx::query_scalar("SELECT 4").fetch_one(&mut *connection).await.unwrap()
    }
    let app = App::new().await;
    let pool = &app.pool;
    assert_eq!((of_pool(pool).await, of_any(pool).await), (1, 4));
    let mut transaction = pool.begin().await.unwrap();
    assert_eq!(of_connection(&mut transaction).await, 2);
    assert_eq!(of_transaction(&mut transaction).await, 3);
    assert_eq!(of_any(&mut transaction).await, 4);
    drop(transaction);
    let mut connection = pool.acquire().await.unwrap();
    assert_eq!(of_connection(&mut connection).await, 2);
    Connection::begin(&mut ***connection).await.unwrap().commit().await.unwrap();
    drop(connection);
    // By value, it takes one more word.
    assert!(!SqlitePool::is_closed(&(**pool).clone()) && !pool.clone().into_inner().is_closed());
}

#[tokio::test]
async fn migrations_run_on_the_pool() {
    let app = App::new().await;
    sqlx::migrate!("tests/migrations").run(&app.pool).await.unwrap();
    sqlx::query("SELECT id FROM items").fetch_all(&app.pool).await.unwrap();
}

#[tokio::test]
async fn statements_run_in_tasks_and_side_by_side() {
    let app = App::new().await;
    let pool = app.pool.clone();
    tokio::spawn(async move {
        let mut transaction = pool.begin().await.unwrap();
        sqlx::query("SELECT id FROM users").fetch(&mut *transaction).try_collect::<Vec<_>>().await.unwrap();
        transaction.commit().await.unwrap();
    })
    .await
    .unwrap();
    let pool = &app.pool;
    let both = futures_util::try_join!(
        sqlx::query("SELECT 1").execute(pool),
        sqlx::query(AssertSqlSafe(format!("SELECT {}", 2))).execute(pool),
    );
    both.unwrap();
    let all = futures_util::stream::iter(0..4).map(|id| sqlx::query("SELECT ?").bind(id).fetch_one(pool));
    all.buffer_unordered(2).try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(app.sql_spans().len(), 3 + 2 + 4);
}
