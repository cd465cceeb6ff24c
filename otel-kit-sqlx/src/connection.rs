use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use futures_core::future::BoxFuture;
use sqlx_core::{acquire::Acquire, database::Database, error::Error, sql_str::SqlSafeStr};

use crate::{
    client::Source,
    lease::{self, Use},
    pool::Pool,
    transaction::{self, Transaction},
};

/// A connection out of a [`Pool`], whose statements have spans: `&mut *connection` is the executor.
///
/// It derefs, in the end, to sqlx's connection. How long it was in use is recorded when it is dropped, closed, detached
/// or given back.
pub struct PoolConnection<DB: Database>(Conn<DB>);

/// What a [`PoolConnection`] derefs to: the executor, and below it sqlx's own connection.
pub struct Conn<DB: Database> {
    pub(crate) inner: sqlx_core::pool::PoolConnection<DB>,
    pub(crate) source: Arc<Source>,
    use_: Option<Use>,
}

impl<DB: Database> PoolConnection<DB> {
    pub(crate) fn new(connection: sqlx_core::pool::PoolConnection<DB>, source: &Arc<Source>) -> Self {
        let use_ = source.client().map(Use::begin);
        Self(Conn { inner: connection, source: Arc::clone(source), use_ })
    }

    pub(crate) async fn acquire(pool: &Pool<DB>) -> Result<Self, Error> {
        let connection = match pool.client() {
            Some(client) => lease::acquire(pool.plain(), client).await?,
            None => pool.plain().acquire().await?,
        };
        Ok(Self::new(connection, &pool.source))
    }

    /// Begins a transaction on this connection, or sets a savepoint if one is under way.
    ///
    /// # Errors
    /// Those of [`sqlx::Connection::begin`](sqlx_core::connection::Connection::begin).
    pub async fn begin(&mut self) -> Result<Transaction<'_, DB>, Error> {
        transaction::begin(&mut *self.0.inner, &self.0.source).await
    }

    /// Begins a transaction on this connection with a statement of the caller's in place of `BEGIN`.
    ///
    /// # Errors
    /// Those of [`sqlx::Connection::begin_with`](sqlx_core::connection::Connection::begin_with).
    pub async fn begin_with(&mut self, statement: impl SqlSafeStr) -> Result<Transaction<'_, DB>, Error> {
        transaction::begin_with(&mut *self.0.inner, &self.0.source, statement.into_sql_str()).await
    }

    /// Runs `callback` in a transaction, which is committed if that succeeds and rolled back if it fails.
    ///
    /// # Errors
    /// Those of `callback`, and those of [`sqlx::Connection::transaction`](sqlx_core::connection::Connection::transaction).
    pub async fn transaction<F, R, E>(&mut self, callback: F) -> Result<R, E>
    where
        F: for<'t> FnOnce(&'t mut Transaction<'_, DB>) -> BoxFuture<'t, Result<R, E>>,
        E: From<Error>,
    {
        let mut transaction = self.begin().await?;
        match callback(&mut transaction).await {
            Ok(result) => transaction.commit().await.map(|()| result).map_err(E::from),
            Err(error) => {
                transaction.rollback().await?;
                Err(error)
            }
        }
    }

    /// sqlx's own connection, still one of the pool's. How long it is in use, is not recorded: sqlx does not tell when
    /// it is back.
    #[must_use]
    pub fn into_inner(self) -> sqlx_core::pool::PoolConnection<DB> {
        let Conn { inner, use_, .. } = self.0;
        if let Some(use_) = use_ {
            use_.lose_sight();
        }
        inner
    }

    /// Gives the connection back before it is dropped; it must not be used after that.
    #[doc(hidden)] // as sqlx's
    pub fn return_to_pool(&mut self) -> impl Future<Output = ()> + Send + 'static + use<DB> {
        self.0.use_ = None;
        self.0.inner.return_to_pool()
    }

    /// Closes the connection.
    ///
    /// # Errors
    /// Those of [`sqlx::pool::PoolConnection::close`](sqlx_core::pool::PoolConnection::close).
    pub async fn close(self) -> Result<(), Error> {
        self.0.inner.close().await
    }

    /// Takes the connection away from its pool, which may open another one in its place.
    #[must_use]
    pub fn detach(self) -> DB::Connection {
        self.0.inner.detach()
    }

    /// Takes the connection away from its pool, which counts it as open as long as the pool lives. How long it is in
    /// use, is not recorded: it never comes back.
    #[must_use]
    pub fn leak(self) -> DB::Connection {
        self.into_inner().leak()
    }
}

impl<DB: Database> Deref for PoolConnection<DB> {
    type Target = Conn<DB>;

    fn deref(&self) -> &Conn<DB> {
        &self.0
    }
}

impl<DB: Database> DerefMut for PoolConnection<DB> {
    fn deref_mut(&mut self) -> &mut Conn<DB> {
        &mut self.0
    }
}

impl<DB: Database> Deref for Conn<DB> {
    type Target = sqlx_core::pool::PoolConnection<DB>;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl<DB: Database> DerefMut for Conn<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.inner
    }
}

impl<DB: Database> AsRef<DB::Connection> for PoolConnection<DB> {
    fn as_ref(&self) -> &DB::Connection {
        &self.0.inner
    }
}

impl<DB: Database> AsMut<DB::Connection> for PoolConnection<DB> {
    fn as_mut(&mut self) -> &mut DB::Connection {
        &mut self.0.inner
    }
}

/// For functions that take anything with connections: they get sqlx's own.
impl<'c, DB: Database> Acquire<'c> for &'c mut PoolConnection<DB> {
    type Database = DB;
    type Connection = &'c mut DB::Connection;

    fn acquire(self) -> BoxFuture<'c, Result<Self::Connection, Error>> {
        Acquire::acquire(&mut self.0.inner)
    }

    fn begin(self) -> BoxFuture<'c, Result<sqlx_core::transaction::Transaction<'c, DB>, Error>> {
        Acquire::begin(&mut self.0.inner)
    }
}

impl<DB: Database> fmt::Debug for PoolConnection<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<DB: Database> fmt::Debug for Conn<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}
