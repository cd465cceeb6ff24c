//! Connections and transactions as executors, for each database by itself: one implementation for all of them would
//! make generic code of users overflow the compiler's recursion limit.

#[allow(unused_macros, reason = "each database is a feature")]
macro_rules! executor {
    ($lifetime:lifetime, $database:ty, $executor:ty) => {
        impl<$lifetime> sqlx_core::executor::Executor<$lifetime> for $executor {
            type Database = $database;

            fn fetch_many<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxStream<'e, Result<Either<QueryResult<$database>, Row<$database>>, Error>>
            where
                $lifetime: 'e,
                E: 'q + Execute<'q, $database>,
            {
                let connection: &mut ConnectionOf<$database> = &mut self.inner;
                match self.source.client() {
                    Some(client) => execute::fetch_many(Arc::clone(client), connection, Query::of(query)),
                    None => connection.fetch_many(query),
                }
            }

            fn fetch_optional<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> BoxFuture<'e, Result<Option<Row<$database>>, Error>>
            where
                $lifetime: 'e,
                E: 'q + Execute<'q, $database>,
            {
                let connection: &mut ConnectionOf<$database> = &mut self.inner;
                match self.source.client() {
                    Some(client) => execute::fetch_optional(Arc::clone(client), connection, Query::of(query)),
                    None => connection.fetch_optional(query),
                }
            }

            fn prepare_with<'e>(
                self,
                sql: SqlStr,
                parameters: &'e [<$database as Database>::TypeInfo],
            ) -> BoxFuture<'e, Result<<$database as Database>::Statement, Error>>
            where
                $lifetime: 'e,
            {
                let connection: &mut ConnectionOf<$database> = &mut self.inner;
                connection.prepare_with(sql, parameters)
            }

            fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<$database>, Error>>
            where
                $lifetime: 'e,
            {
                let connection: &mut ConnectionOf<$database> = &mut self.inner;
                connection.describe(sql)
            }
        }
    };
}

#[allow(unused_macros, reason = "each database is a feature")]
macro_rules! executors {
    ($name:ident, $database:ty) => {
        mod $name {
            use std::sync::Arc;

            use either::Either;
            use futures_core::{future::BoxFuture, stream::BoxStream};
            use sqlx_core::{
                database::Database,
                describe::Describe,
                error::Error,
                executor::Execute,
                sql_str::SqlStr,
            };

            use crate::{connection::Conn, execute, query::Query, transaction::Tx};

            type ConnectionOf<DB> = <DB as Database>::Connection;
            type QueryResult<DB> = <DB as Database>::QueryResult;
            type Row<DB> = <DB as Database>::Row;

            executor!('t, $database, &'t mut Tx<'_, $database>);
            executor!('t, $database, &'t mut Conn<$database>);
        }
    };
}

#[cfg(feature = "mysql")]
executors!(mysql, sqlx_mysql::MySql);
#[cfg(feature = "postgres")]
executors!(postgres, sqlx_postgres::Postgres);
#[cfg(feature = "sqlite")]
executors!(sqlite, sqlx_sqlite::Sqlite);
