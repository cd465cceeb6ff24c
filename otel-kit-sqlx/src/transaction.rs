use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use futures_core::future::BoxFuture;
use sqlx_core::{
    acquire::Acquire, database::Database, error::Error, sql_str::SqlStr, transaction::TransactionManager,
};

use crate::{
    client::{Client, Source},
    lease::Use,
    lender::{FromPool, Lender, Lent},
    pool::Pool,
    span::SqlSpan,
    within::Within,
};

/// A transaction whose statements have spans: `&mut *transaction` is the executor.
///
/// `BEGIN`, `COMMIT` and `ROLLBACK` have spans of their own, savepoints too. A transaction that is dropped is rolled
/// back by sqlx when its connection is next used, and that has no span.
///
/// It derefs, in the end, to sqlx's connection.
pub struct Transaction<'c, DB: Database>(Tx<'c, DB>);

/// What a [`Transaction`] derefs to: the executor, and below it sqlx's own transaction.
pub struct Tx<'c, DB: Database> {
    pub(crate) inner: sqlx_core::transaction::Transaction<'c, DB>,
    pub(crate) source: Arc<Source>,
    /// No savepoint. SQLite's own count lags behind when one was dropped.
    is_outermost: bool,
    use_: Option<Use>,
}

/// Takes a connection out of the pool and begins a transaction on it.
pub(crate) async fn begin_on<DB: Database>(
    pool: &Pool<DB>,
    statement: Option<SqlStr>,
) -> Result<Transaction<'static, DB>, Error> {
    let Some(client) = pool.client() else {
        let connection = pool.plain().acquire().await?;
        let inner = sqlx_core::transaction::Transaction::begin(connection, statement).await?;
        return Ok(Transaction::new(inner, &pool.source, None, true));
    };
    let mut span = start(client, statement.as_ref().map_or(BEGIN, SqlStr::as_str));
    let Lent { connection, use_ } = FromPool::of(pool, client).lend(&mut span).await?;
    let begun = sqlx_core::transaction::Transaction::begin(connection, statement);
    let inner = finish(span, begun).await?;
    Ok(Transaction::new(inner, &pool.source, Some(use_), true))
}

/// Begins a transaction if a connection of the pool is idle.
pub(crate) async fn try_begin_on<DB: Database>(
    pool: &Pool<DB>,
    statement: Option<SqlStr>,
) -> Result<Option<Transaction<'static, DB>>, Error> {
    let Some(connection) = pool.take_idle() else { return Ok(None) };
    let use_ = pool.client().map(Use::begin);
    let word = statement.as_ref().map_or(BEGIN, SqlStr::as_str).to_owned();
    let begun = sqlx_core::transaction::Transaction::begin(connection, statement);
    let inner = run(&pool.source, &word, begun).await?;
    Ok(Some(Transaction::new(inner, &pool.source, use_, true)))
}

/// Begins a transaction on a connection, or sets a savepoint in the one that is under way.
pub(crate) async fn begin<'c, DB: Database>(
    connection: &'c mut DB::Connection,
    source: &Arc<Source>,
) -> Result<Transaction<'c, DB>, Error> {
    let depth = DB::TransactionManager::get_transaction_depth(connection);
    let begun = sqlx_core::transaction::Transaction::begin(connection, None);
    let inner = run(source, if depth == 0 { BEGIN } else { "SAVEPOINT" }, begun).await?;
    Ok(Transaction::new(inner, source, None, depth == 0))
}

/// Begins a transaction on a connection with a statement of the caller's in place of `BEGIN`.
pub(crate) async fn begin_with<'c, DB: Database>(
    connection: &'c mut DB::Connection,
    source: &Arc<Source>,
    statement: SqlStr,
) -> Result<Transaction<'c, DB>, Error> {
    let word = statement.as_str().to_owned();
    let begun = sqlx_core::transaction::Transaction::begin(connection, Some(statement));
    let inner = run(source, &word, begun).await?;
    Ok(Transaction::new(inner, source, None, true))
}

impl<'c, DB: Database> Transaction<'c, DB> {
    fn new(
        inner: sqlx_core::transaction::Transaction<'c, DB>,
        source: &Arc<Source>,
        use_: Option<Use>,
        is_outermost: bool,
    ) -> Self {
        Self(Tx { inner, source: Arc::clone(source), is_outermost, use_ })
    }

    /// Sets a savepoint, which is committed or rolled back by itself.
    ///
    /// # Errors
    /// Those of [`sqlx::Connection::begin`](sqlx_core::connection::Connection::begin).
    pub async fn begin(&mut self) -> Result<Transaction<'_, DB>, Error> {
        begin(&mut *self.0.inner, &self.0.source).await
    }

    /// Commits the transaction or savepoint.
    ///
    /// # Errors
    /// Those of [`sqlx::Transaction::commit`](sqlx_core::transaction::Transaction::commit).
    pub async fn commit(self) -> Result<(), Error> {
        let Tx { inner, source, is_outermost, use_: _use } = self.0;
        let word = if is_outermost { "COMMIT" } else { "RELEASE SAVEPOINT" };
        run(&source, word, inner.commit()).await
    }

    /// Takes back what the transaction or savepoint did.
    ///
    /// # Errors
    /// Those of [`sqlx::Transaction::rollback`](sqlx_core::transaction::Transaction::rollback).
    pub async fn rollback(self) -> Result<(), Error> {
        let Tx { inner, source, is_outermost, use_: _use } = self.0;
        let word = if is_outermost { "ROLLBACK" } else { "ROLLBACK TO SAVEPOINT" };
        run(&source, word, inner.rollback()).await
    }

    /// sqlx's own transaction. How long its connection is in use, is not recorded: sqlx does not tell when it is back.
    #[must_use]
    pub fn into_inner(self) -> sqlx_core::transaction::Transaction<'c, DB> {
        let Tx { inner, use_, .. } = self.0;
        if let Some(use_) = use_ {
            use_.lose_sight();
        }
        inner
    }
}

impl<'c, DB: Database> Deref for Transaction<'c, DB> {
    type Target = Tx<'c, DB>;

    fn deref(&self) -> &Tx<'c, DB> {
        &self.0
    }
}

impl<'c, DB: Database> DerefMut for Transaction<'c, DB> {
    fn deref_mut(&mut self) -> &mut Tx<'c, DB> {
        &mut self.0
    }
}

impl<'c, DB: Database> Deref for Tx<'c, DB> {
    type Target = sqlx_core::transaction::Transaction<'c, DB>;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl<'c, DB: Database> DerefMut for Tx<'c, DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.inner
    }
}

impl<DB: Database> AsMut<DB::Connection> for Transaction<'_, DB> {
    fn as_mut(&mut self) -> &mut DB::Connection {
        &mut self.0.inner
    }
}

/// For functions that take anything with connections: they get sqlx's own.
impl<'t, DB: Database> Acquire<'t> for &'t mut Transaction<'_, DB> {
    type Database = DB;
    type Connection = &'t mut DB::Connection;

    fn acquire(self) -> BoxFuture<'t, Result<Self::Connection, Error>> {
        Acquire::acquire(&mut self.0.inner)
    }

    fn begin(self) -> BoxFuture<'t, Result<sqlx_core::transaction::Transaction<'t, DB>, Error>> {
        Acquire::begin(&mut self.0.inner)
    }
}

impl<DB: Database> fmt::Debug for Transaction<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<DB: Database> fmt::Debug for Tx<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

fn start(client: &Arc<Client>, word: &str) -> SqlSpan {
    SqlSpan::start(client, client.statement(word, false))
}

/// Runs a step of a transaction within a span, if there is a kit.
async fn run<T>(
    source: &Source,
    word: &str,
    step: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match source.client() {
        Some(client) => finish(start(client, word), step).await,
        None => step.await,
    }
}

async fn finish<T>(mut span: SqlSpan, step: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let result = Within::new(&span, step).await;
    span.finish(result.as_ref());
    result
}

const BEGIN: &str = "BEGIN";
