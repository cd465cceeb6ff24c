use std::{borrow::Cow, fmt};

use either::Either;
use sqlx_core::{
    arguments::IntoArguments,
    column::Column,
    from_row::FromRow,
    query::Query,
    query_as::QueryAs,
    query_scalar::QueryScalar,
    sql_str::SqlStr,
    statement::Statement,
    type_info::TypeInfo,
    value::{Value, ValueRef},
};

use crate::at_once::{AtOnce, Empty, Values};

/// What nobody can have: a column, a type, a value, a prepared statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Never {}

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl Column for Never {
    type Database = AtOnce;

    fn ordinal(&self) -> usize {
        match *self {}
    }

    fn name(&self) -> &str {
        match *self {}
    }

    fn type_info(&self) -> &Self {
        self
    }
}

impl TypeInfo for Never {
    fn is_null(&self) -> bool {
        match *self {}
    }

    fn name(&self) -> &str {
        match *self {}
    }
}

impl Value for Never {
    type Database = AtOnce;

    fn as_ref(&self) -> Self {
        match *self {}
    }

    fn type_info(&self) -> Cow<'_, Self> {
        match *self {}
    }

    fn is_null(&self) -> bool {
        match *self {}
    }
}

impl ValueRef<'_> for Never {
    type Database = AtOnce;

    fn to_owned(&self) -> Self {
        match *self {}
    }

    fn type_info(&self) -> Cow<'_, Self> {
        match *self {}
    }

    fn is_null(&self) -> bool {
        match *self {}
    }
}

impl Statement for Never {
    type Database = AtOnce;

    fn into_sql(self) -> SqlStr {
        match self {}
    }

    fn sql(&self) -> &SqlStr {
        match *self {}
    }

    fn parameters(&self) -> Option<Either<&[Self], usize>> {
        match *self {}
    }

    fn columns(&self) -> &[Self] {
        match *self {}
    }

    fn query(&self) -> Query<'_, AtOnce, Values> {
        match *self {}
    }

    fn query_with<A: IntoArguments<AtOnce>>(&self, _: A) -> Query<'_, AtOnce, A> {
        match *self {}
    }

    fn query_as<O: for<'r> FromRow<'r, Empty>>(&self) -> QueryAs<'_, AtOnce, O, Values> {
        match *self {}
    }

    fn query_as_with<'s, O, A>(&'s self, _: A) -> QueryAs<'s, AtOnce, O, A>
    where
        O: for<'r> FromRow<'r, Empty>,
        A: IntoArguments<AtOnce>,
    {
        match *self {}
    }

    fn query_scalar<O>(&self) -> QueryScalar<'_, AtOnce, O, Values>
    where
        (O,): for<'r> FromRow<'r, Empty>,
    {
        match *self {}
    }

    fn query_scalar_with<'s, O, A>(&'s self, _: A) -> QueryScalar<'s, AtOnce, O, A>
    where
        (O,): for<'r> FromRow<'r, Empty>,
        A: IntoArguments<AtOnce>,
    {
        match *self {}
    }
}
