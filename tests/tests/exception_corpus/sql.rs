//! SQLite's, as all that needs no server.

use std::time::Duration;

use sqlx::{Error, Row, SqlitePool, sqlite::SqlitePoolOptions};
use tokio::runtime::Builder;

use super::{Cause, causes_of};

pub(super) fn causes() -> Vec<Cause> {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(Duration::from_millis(20))
            .connect("sqlite::memory:")
            .await
            .unwrap();
        sqlx::query("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)")
            .execute(&pool)
            .await
            .unwrap();
        sqlx::query("INSERT INTO users VALUES (1, 'ann'), (2, 'bob')").execute(&pool).await.unwrap();
        [statements(&pool).await, rows(&pool).await, connections(&pool).await].concat()
    })
}

async fn statements(pool: &SqlitePool) -> Vec<Cause> {
    let fail = |statements: [&'static str; 2]| async move {
        let [one, other] = statements.map(|statement| sqlx::query(statement).execute(pool));
        [one.await.unwrap_err(), other.await.unwrap_err()]
    };
    vec![
        causes_of("sql table", fail(["SELECT 1 FROM missing", "SELECT 2 FROM missing"]).await),
        causes_of("sql column", fail(["SELECT missing FROM users", "SELECT missing, 1 FROM users"]).await),
        causes_of("sql syntax", fail(["SELEC 1", "SELEC 22"]).await),
        causes_of(
            "sql unique",
            fail(["INSERT INTO users VALUES (7, 'ann')", "INSERT INTO users VALUES (8, 'bob')"]).await,
        ),
        causes_of(
            "sql null",
            fail(["INSERT INTO users VALUES (7, NULL)", "INSERT INTO users VALUES (8, NULL)"]).await,
        ),
    ]
}

async fn rows(pool: &SqlitePool) -> Vec<Cause> {
    let mut errors = (Vec::new(), Vec::new(), Vec::new());
    for id in [1, 2] {
        let none = sqlx::query("SELECT 1 FROM users WHERE id = ?").bind(id + 100).fetch_one(pool).await;
        errors.0.push(none.unwrap_err());
        let row = sqlx::query("SELECT name FROM users WHERE id = ?").bind(id).fetch_one(pool).await.unwrap();
        errors.1.push(row.try_get::<String, _>("age").unwrap_err());
        errors.2.push(row.try_get::<i64, _>("name").unwrap_err());
    }
    vec![
        causes_of("sql no row", errors.0),
        causes_of("sql no such column", errors.1),
        causes_of("sql wrong type", errors.2),
    ]
}

async fn connections(pool: &SqlitePool) -> Vec<Cause> {
    let held = pool.acquire().await.unwrap();
    let late = [pool.acquire().await.unwrap_err(), pool.acquire().await.unwrap_err()];
    drop(held);
    pool.close().await;
    let closed = [pool.acquire().await.unwrap_err(), pool.acquire().await.unwrap_err()];
    let reset = || Error::Io(std::io::ErrorKind::ConnectionReset.into());
    vec![
        causes_of("sql late", late),
        causes_of("sql closed", closed),
        causes_of("sql reset", [reset(), reset()]),
        causes_of("sql protocol", ["message 7", "message 12"].map(|text| Error::Protocol(text.to_owned()))),
    ]
}
