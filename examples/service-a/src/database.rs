use std::time::Duration;

use otel_kit::sqlx::Pool;
use sqlx::{FromRow, Postgres, Sqlite, pool::PoolOptions};

/// The orders in PostgreSQL, or in SQLite, which needs no server. Where one of the two is enough, its [`Pool`] is.
#[derive(Clone)]
pub enum Database {
    Postgres(Pool<Postgres>),
    Sqlite(Pool<Sqlite>),
}

/// The same code for the pool of either database.
macro_rules! with_pool {
    ($database:expr, |$pool:ident| $run:expr) => {
        match $database {
            Self::Postgres($pool) => $run,
            Self::Sqlite($pool) => $run,
        }
    };
}

/// An order with the names of what it is made of.
#[derive(FromRow)]
pub struct Order {
    pub user_id: i64,
    pub user_name: String,
    pub product_id: i64,
    pub product_name: String,
    pub pieces: i64,
}

impl Database {
    /// Connects to `postgres://...` or `sqlite:...` and brings the schema up to date.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        let database = if url.starts_with("postgres") {
            Self::Postgres(PoolOptions::new().acquire_timeout(PATIENCE).connect(url).await?.into())
        } else {
            Self::Sqlite(PoolOptions::new().acquire_timeout(PATIENCE).connect(url).await?.into())
        };
        let mut migrations = sqlx::migrate!();
        migrations.set_ignore_missing(true); // another service may have tables in the same database
        with_pool!(&database, |pool| migrations.run(pool).await)?;
        Ok(database)
    }

    /// The order with this number, if there is one.
    pub async fn order(&self, id: i64) -> Result<Option<Order>, sqlx::Error> {
        with_pool!(self, |pool| sqlx::query_as(ORDER).bind(id).fetch_optional(pool).await)
    }

    /// Whether the database answers. A connection that comes out of the pool has been tested.
    pub async fn is_ready(&self) -> bool {
        with_pool!(self, |pool| pool.acquire().await.is_ok())
    }

    /// Waits until all connections are given back, and closes them.
    pub async fn close(&self) {
        with_pool!(self, |pool| pool.close().await);
    }
}

/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(2);

const ORDER: &str = "\
SELECT users.id AS user_id, users.name AS user_name, products.id AS product_id, products.name AS product_name, \
       orders.pieces \
FROM orders \
JOIN users ON users.id = orders.user_id \
JOIN products ON products.id = orders.product_id \
WHERE orders.id = $1";
