use std::sync::Arc;

use either::Either;
use futures_core::{future::BoxFuture, stream::BoxStream};
use sqlx_core::{
    acquire::Acquire,
    database::Database,
    describe::Describe,
    error::Error,
    executor::{Execute, Executor},
    sql_str::SqlStr,
};

use crate::{execute, lease, lender::FromPool, pool::Pool, query::Query};

impl<'p, DB: Database> Executor<'p> for &'_ Pool<DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    type Database = DB;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<DB::QueryResult, DB::Row>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        match self.client() {
            Some(client) => {
                execute::fetch_many(Arc::clone(client), FromPool::of(self, client), Query::of(query))
            }
            None => self.inner.pool.fetch_many(query),
        }
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        match self.client() {
            Some(client) => {
                execute::fetch_optional(Arc::clone(client), FromPool::of(self, client), Query::of(query))
            }
            None => self.inner.pool.fetch_optional(query),
        }
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [DB::TypeInfo],
    ) -> BoxFuture<'e, Result<DB::Statement, Error>>
    where
        'p: 'e,
    {
        let Some(client) = self.client() else { return self.inner.pool.prepare_with(sql, parameters) };
        let lender = FromPool::of(self, client);
        Box::pin(async move { lender.take().await?.prepare_with(sql, parameters).await })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<DB>, Error>>
    where
        'p: 'e,
    {
        let Some(client) = self.client() else { return self.inner.pool.describe(sql) };
        let lender = FromPool::of(self, client);
        Box::pin(async move { lender.take().await?.describe(sql).await })
    }
}

/// For functions that take anything with connections: they get sqlx's own.
impl<'a, DB: Database> Acquire<'a> for &'_ Pool<DB> {
    type Database = DB;
    type Connection = sqlx_core::pool::PoolConnection<DB>;

    fn acquire(self) -> BoxFuture<'a, Result<Self::Connection, Error>> {
        let Some(client) = self.client().map(Arc::clone) else { return Acquire::acquire(self.plain()) };
        let pool = self.plain().clone();
        Box::pin(async move { lease::acquire(&pool, &client).await })
    }

    fn begin(self) -> BoxFuture<'a, Result<sqlx_core::transaction::Transaction<'a, DB>, Error>> {
        let connection = Acquire::acquire(self);
        Box::pin(async move { sqlx_core::transaction::Transaction::begin(connection.await?, None).await })
    }
}
