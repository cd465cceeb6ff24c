use std::time::Duration;

use otel_kit::sqlx::Pool;
use sqlx::{Postgres, Sqlite, pool::PoolOptions};

/// The counts in PostgreSQL, or in SQLite, which needs no server. Where one of the two is enough, its [`Pool`] is.
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

/// Where in Kafka a count was found.
pub struct Place {
    pub partition: i32,
    pub offset: i64,
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

    /// Keeps a count. Once is enough: one that is there already stays as it is.
    pub async fn keep(&self, place: Place, product: i64, pieces: i64) -> Result<(), sqlx::Error> {
        let Place { partition, offset } = place;
        with_pool!(self, |pool| {
            let insert = sqlx::query(KEEP).bind(i64::from(partition)).bind(offset).bind(product).bind(pieces);
            insert.execute(pool).await?;
        });
        Ok(())
    }

    /// How often this product was counted.
    pub async fn times(&self, product: i64) -> Result<i64, sqlx::Error> {
        with_pool!(self, |pool| sqlx::query_scalar(TIMES).bind(product).fetch_one(pool).await)
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

const KEEP: &str = "\
INSERT INTO stock_counts (kafka_partition, kafka_offset, product_id, pieces) VALUES ($1, $2, $3, $4) \
ON CONFLICT DO NOTHING";

const TIMES: &str = "SELECT count(*) FROM stock_counts WHERE product_id = $1";

#[cfg(test)]
mod tests {
    use super::{Database, Place};

    #[tokio::test]
    async fn a_count_that_comes_again_is_kept_once() {
        let database = Database::open("sqlite::memory:").await.unwrap();
        for offset in [1, 1, 2] {
            database.keep(Place { partition: 0, offset }, 7, 21).await.unwrap();
        }
        assert_eq!(database.times(7).await.unwrap(), 2);
    }
}
