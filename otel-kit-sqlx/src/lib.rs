//! OpenTelemetry for [sqlx](https://docs.rs/sqlx): a span for each statement, its duration, and how long it waited
//! for a connection.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use otel_kit_sqlx::Pool;
//! use otel_kit_testing::Telemetry;
//! use sqlx::SqlitePool;
//!
//! let telemetry = Telemetry::new(); // in a service: otel_kit::init!()?, and no with(..) below
//! let pool = Pool::from(SqlitePool::connect("sqlite::memory:").await?).with(telemetry.kit());
//!
//! let answer: i64 = sqlx::query_scalar("SELECT 40 + ?").bind(2).fetch_one(&pool).await?;
//! assert_eq!(answer, 42);
//!
//! let [span] = &telemetry.spans()[..] else { panic!("{telemetry:?}") };
//! assert_eq!(span.name, "SELECT");
//! assert_eq!(span.attr("db.query.text"), "SELECT 40 + ?");
//! # Ok(()) }
//! ```
//!
//! # What is emitted
//!
//! - A [CLIENT span](https://opentelemetry.io/docs/specs/semconv/db/sql/) for each statement, from the first poll
//!   to the end or the drop of its rows; for `BEGIN`, `COMMIT`, `ROLLBACK` and savepoints too. Its name is
//!   `db.query.summary`. `db.query.text` is the statement as it is where its values are parameters, and without its
//!   literals where it has none.
//! - `db.client.operation.duration`, without the wait for a connection, and `db.client.response.returned_rows`
//!   ([metrics](https://opentelemetry.io/docs/specs/semconv/db/database-metrics/)), sampled or not.
//! - Of the pool: `db.client.connection.{count,max,idle.min,wait_time,use_time,pending_requests,timeouts}`.
//!
//! An error's `error.type` is the database's own code (SQLSTATE; the number of MySQL), else one of `timeout`,
//! `pool_closed`, `connection_refused` and other words of a fixed set. A row that is not there is no error. A statement
//! that the caller drops is no error: its span has `otel_kit.cancelled`.
//!
//! # What changes in the code
//!
//! The type of the pool. Queries, macros, streams, migrations, `&mut *transaction`, functions over `&PgPool` or any
//! executor compile as they are. A function that takes a `PgPool` by value is given `(*pool).clone()`, and a field that
//! holds a `sqlx::Transaction` is given `transaction.into_inner()` or another type. No callback of sqlx tells when it
//! opens a connection, so `db.client.connection.create_time` is missing.
//!
//! Statements past the wrapper, on sqlx's own types, have simpler spans by [`StatementLayer`], which `init` installs.
//!
//! # Configuration
//!
//! [`SqlSettings`](otel_kit_core::settings::SqlSettings): whether the text is on the span, what is slow, and whether
//! statements past the wrapper have spans. The features `mysql`, `postgres` and `sqlite` name the databases whose
//! transactions and connections are executors.

mod auto;
mod client;
mod connection;
mod execute;
mod executors;
mod failure;
mod gauges;
mod lease;
mod lender;
mod mark;
mod metrics;
mod pool;
mod query;
mod rows;
mod series;
mod slow;
mod span;
mod statement;
mod target;
mod transaction;
mod within;

pub use self::{
    auto::StatementLayer,
    connection::{Conn, PoolConnection},
    pool::Pool,
    transaction::{Transaction, Tx},
};
