mod executor;

use std::{fmt, ops::Deref, sync::Arc};

use otel_kit_core::Kit;
use sqlx_core::{connection::Connection, database::Database, error::Error, sql_str::SqlSafeStr};

use crate::{
    client::{Client, Source},
    connection::PoolConnection,
    gauges::Observed,
    lease,
    target::Target,
    transaction::{self, Transaction},
};

/// A [`sqlx::Pool`](sqlx_core::pool::Pool) whose statements have spans and metrics.
///
/// It is made [from](From) sqlx's, derefs to it, and is an executor as that is: queries take `&pool`. What is asked
/// of sqlx's own pool, through the deref, has no span from here.
///
/// It may be built before `init`: until a kit is installed, everything passes through untouched.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), sqlx::Error> {
/// let pool = otel_kit_sqlx::Pool::from(sqlx::SqlitePool::connect("sqlite::memory:").await?);
/// let one: i64 = sqlx::query_scalar("SELECT 1").fetch_one(&pool).await?;
/// assert_eq!(one, 1);
/// # Ok(()) }
/// ```
pub struct Pool<DB: Database> {
    inner: Arc<Observed<DB>>,
    pub(crate) source: Arc<Source>,
}

impl<DB: Database> From<sqlx_core::pool::Pool<DB>> for Pool<DB> {
    fn from(pool: sqlx_core::pool::Pool<DB>) -> Self {
        let target = Target::of::<DB>(&pool.connect_options());
        Self::new(pool, target, None)
    }
}

impl<DB: Database> Pool<DB> {
    /// Opens a pool with at least one connection to `url`, with sqlx's defaults.
    ///
    /// # Errors
    /// Those of sqlx: the URL is wrong, or the database does not answer.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        sqlx_core::pool::Pool::connect(url).await.map(Self::from)
    }

    /// A pool that connects to `url` when it is first used, with sqlx's defaults.
    ///
    /// # Errors
    /// The URL is wrong.
    pub fn connect_lazy(url: &str) -> Result<Self, Error> {
        sqlx_core::pool::Pool::connect_lazy(url).map(Self::from)
    }

    /// Opens a pool with at least one connection, with sqlx's defaults for the pool.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn connect_with(options: <DB::Connection as Connection>::Options) -> Result<Self, Error> {
        sqlx_core::pool::Pool::connect_with(options).await.map(Self::from)
    }

    /// A pool that connects when it is first used, with sqlx's defaults for the pool.
    #[must_use]
    pub fn connect_lazy_with(options: <DB::Connection as Connection>::Options) -> Self {
        Self::from(sqlx_core::pool::Pool::connect_lazy_with(options))
    }

    /// Uses this kit instead of the installed one.
    #[must_use]
    pub fn with(self, kit: &Kit) -> Self {
        self.rebuild(Some(kit.clone()), |_| {})
    }

    /// Names the pool on its metrics
    /// ([`db.client.connection.pool.name`](https://opentelemetry.io/docs/specs/semconv/db/database-metrics/)).
    ///
    /// By default it is `address:port/namespace`, with `#2` and so on where another pool in use has that name; from
    /// the hundredth on they share `#100`. The numbers of pools that share a name add up.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        self.rebuild(None, |target| target.name = Some(name.into()))
    }

    /// Tells the schema that names are looked up in, which no option of the connection says: `db.namespace` becomes
    /// `database|schema`.
    #[must_use]
    pub fn in_schema(self, schema: &str) -> Self {
        self.rebuild(None, |target| target.set_schema(schema))
    }

    /// Tells that the server is `MariaDB`, which it says to nobody before it is asked: `db.system.name` becomes
    /// `mariadb`.
    #[must_use]
    pub fn mariadb(self) -> Self {
        self.rebuild(None, |target| target.system = "mariadb".into())
    }

    /// sqlx's own pool.
    #[must_use]
    pub fn into_inner(self) -> sqlx_core::pool::Pool<DB> {
        self.inner.pool.clone()
    }

    /// Takes a connection out of the pool; how long that took is recorded.
    ///
    /// # Errors
    /// Those of [`sqlx::Pool::acquire`](sqlx_core::pool::Pool::acquire).
    pub async fn acquire(&self) -> Result<PoolConnection<DB>, Error> {
        PoolConnection::acquire(self).await
    }

    /// Takes a connection out of the pool if one is idle.
    #[must_use]
    pub fn try_acquire(&self) -> Option<PoolConnection<DB>> {
        Some(PoolConnection::new(self.take_idle()?, &self.source))
    }

    /// Takes a connection out of the pool and begins a transaction on it.
    ///
    /// # Errors
    /// Those of [`sqlx::Pool::begin`](sqlx_core::pool::Pool::begin).
    pub async fn begin(&self) -> Result<Transaction<'static, DB>, Error> {
        transaction::begin_on(self, None).await
    }

    /// The same with a statement of the caller's in place of `BEGIN`.
    ///
    /// # Errors
    /// Those of [`sqlx::Pool::begin_with`](sqlx_core::pool::Pool::begin_with).
    pub async fn begin_with(&self, statement: impl SqlSafeStr) -> Result<Transaction<'static, DB>, Error> {
        transaction::begin_on(self, Some(statement.into_sql_str())).await
    }

    /// Begins a transaction if a connection is idle.
    ///
    /// # Errors
    /// Those of [`sqlx::Pool::try_begin`](sqlx_core::pool::Pool::try_begin).
    pub async fn try_begin(&self) -> Result<Option<Transaction<'static, DB>>, Error> {
        transaction::try_begin_on(self, None).await
    }

    /// The same with a statement of the caller's in place of `BEGIN`.
    ///
    /// # Errors
    /// Those of [`sqlx::Pool::try_begin_with`](sqlx_core::pool::Pool::try_begin_with).
    pub async fn try_begin_with(
        &self,
        statement: impl SqlSafeStr,
    ) -> Result<Option<Transaction<'static, DB>>, Error> {
        transaction::try_begin_on(self, Some(statement.into_sql_str())).await
    }

    pub(crate) fn client(&self) -> Option<&Arc<Client>> {
        self.source.client()
    }

    pub(crate) fn plain(&self) -> &sqlx_core::pool::Pool<DB> {
        &self.inner.pool
    }

    /// A connection if one is idle.
    pub(crate) fn take_idle(&self) -> Option<sqlx_core::pool::PoolConnection<DB>> {
        match self.client() {
            Some(client) => lease::try_acquire(self.plain(), client),
            None => self.plain().try_acquire(),
        }
    }

    fn new(pool: sqlx_core::pool::Pool<DB>, target: Target, kit: Option<Kit>) -> Self {
        let inner = Arc::new(Observed { pool });
        let observed = Arc::downgrade(&inner);
        Self { inner, source: Arc::new(Source::new(target, kit, observed)) }
    }

    fn rebuild(self, kit: Option<Kit>, change: impl FnOnce(&mut Target)) -> Self {
        let mut target = self.source.target.clone();
        change(&mut target);
        let kit = kit.or_else(|| self.source.kit.clone());
        Self::new(self.into_inner(), target, kit)
    }
}

impl<DB: Database> Clone for Pool<DB> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), source: Arc::clone(&self.source) }
    }
}

impl<DB: Database> Deref for Pool<DB> {
    type Target = sqlx_core::pool::Pool<DB>;

    fn deref(&self) -> &Self::Target {
        &self.inner.pool
    }
}

impl<DB: Database> fmt::Debug for Pool<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.pool.fmt(f)
    }
}
