//! The databases that are asked, and what they are asked: SQLite in memory, whose worker is a thread of its own, and
//! one that answers at once, so that what costs more on it is the wrapper's own.
//!
//! Of that one the half of a driver is left out that reads and writes values: its rows are empty.

mod at_once;
mod link;
mod never;

use sql_input::{MANY, ONE, SCHEMA};
use sqlx::{
    Error, Executor, Pool, Sqlite, SqlitePool, pool::PoolOptions, query_scalar, query_with, raw_sql,
    sqlite::SqlitePoolOptions,
};

pub use self::{
    at_once::{AtOnce, Done, Empty, Values},
    link::{Link, Options, Transactions},
    never::Never,
};

/// A pool of the database that answers at once.
///
/// # Errors
/// None.
pub async fn at_once() -> Result<Pool<AtOnce>, Error> {
    PoolOptions::new().max_connections(1).connect_with(Options).await
}

/// One row of it.
///
/// # Errors
/// None.
pub async fn one<'c>(executor: impl Executor<'c, Database = AtOnce>) -> Result<Empty, Error> {
    query_with(ONE, Values(1)).fetch_one(executor).await
}

/// Ten rows of it.
///
/// # Errors
/// None.
pub async fn many<'c>(executor: impl Executor<'c, Database = AtOnce>) -> Result<Vec<Empty>, Error> {
    query_with(MANY, Values(1)).fetch_all(executor).await
}

/// A pool of SQLite.
///
/// # Errors
/// If the system gives no thread.
pub async fn sqlite() -> Result<SqlitePool, Error> {
    // Each connection has a database of its own.
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    raw_sql(SCHEMA).execute(&pool).await?;
    Ok(pool)
}

/// One row of it.
///
/// # Errors
/// If it is not there.
pub async fn name<'c>(executor: impl Executor<'c, Database = Sqlite>) -> Result<String, Error> {
    query_scalar(ONE).bind(7).fetch_one(executor).await
}
