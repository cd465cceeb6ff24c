use either::Either;
use futures_core::{future::BoxFuture, stream::BoxStream};
use futures_util::stream;
use sqlx_core::{
    arguments::{Arguments, IntoArguments},
    column::ColumnIndex,
    database::Database,
    describe::Describe,
    encode::Encode,
    error::{BoxDynError, Error},
    executor::{Execute, Executor},
    row::Row,
    sql_str::SqlStr,
    types::Type,
};

use crate::{
    link::{Link, Transactions},
    never::Never,
};

/// The database.
#[derive(Debug)]
pub struct AtOnce;

/// A row without columns.
#[derive(Debug)]
pub struct Empty;

/// How many rows a statement changed, if anybody asked.
#[derive(Debug, Default)]
pub struct Done;

/// The values of a statement: only how many.
#[derive(Debug, Default)]
pub struct Values(pub usize);

impl Database for AtOnce {
    type Connection = Link;
    type TransactionManager = Transactions;
    type Row = Empty;
    type QueryResult = Done;
    type Column = Never;
    type TypeInfo = Never;
    type Value = Never;
    type ValueRef<'r> = Never;
    type Arguments = Values;
    type ArgumentBuffer = ();
    type Statement = Never;

    const NAME: &'static str = "AtOnce";
    const URL_SCHEMES: &'static [&'static str] = &["at-once"];
}

impl<'c> Executor<'c> for &'c mut Link {
    type Database = AtOnce;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<Done, Empty>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, AtOnce>,
    {
        drop(query);
        let rows = (0..ROWS).map(|_| Ok(Either::Right(Empty)));
        Box::pin(stream::iter(rows.chain([Ok(Either::Left(Done))])))
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<Empty>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, AtOnce>,
    {
        drop(query);
        Box::pin(async { Ok(Some(Empty)) })
    }

    fn prepare_with<'e>(self, _: SqlStr, _: &'e [Never]) -> BoxFuture<'e, Result<Never, Error>>
    where
        'c: 'e,
    {
        Box::pin(async { Err(unsupported()) })
    }

    fn describe<'e>(self, _: SqlStr) -> BoxFuture<'e, Result<Describe<AtOnce>, Error>>
    where
        'c: 'e,
    {
        Box::pin(async { Err(unsupported()) })
    }
}

impl Arguments for Values {
    type Database = AtOnce;

    fn reserve(&mut self, _: usize, _: usize) {}

    fn add<'t, T>(&mut self, _: T) -> Result<(), BoxDynError>
    where
        T: Encode<'t, AtOnce> + Type<AtOnce>,
    {
        self.0 += 1;
        Ok(())
    }

    fn len(&self) -> usize {
        self.0
    }
}

impl IntoArguments<AtOnce> for Values {
    fn into_arguments(self) -> Self {
        self
    }
}

impl Row for Empty {
    type Database = AtOnce;

    fn columns(&self) -> &[Never] {
        &[]
    }

    fn try_get_raw<I: ColumnIndex<Self>>(&self, _: I) -> Result<Never, Error> {
        Err(unsupported())
    }
}

impl Extend<Self> for Done {
    fn extend<T: IntoIterator<Item = Self>>(&mut self, more: T) {
        more.into_iter().for_each(drop);
    }
}

fn unsupported() -> Error {
    Error::Protocol("this database has no values".to_owned())
}

/// So many rows are the answer to a query for many.
const ROWS: usize = 10;
