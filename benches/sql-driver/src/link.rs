use std::{str::FromStr, time::Duration};

use log::LevelFilter;
use sqlx_core::{
    Url,
    connection::{ConnectOptions, Connection},
    error::Error,
    sql_str::SqlStr,
    transaction::{Transaction, TransactionManager},
};

use crate::at_once::AtOnce;

/// A connection to nothing.
#[derive(Debug)]
pub struct Link;

/// It needs none.
#[derive(Clone, Debug)]
pub struct Options;

/// Transactions that do nothing.
#[derive(Debug)]
pub struct Transactions;

impl Connection for Link {
    type Database = AtOnce;
    type Options = Options;

    async fn close(self) -> Result<(), Error> {
        Ok(())
    }

    async fn close_hard(self) -> Result<(), Error> {
        Ok(())
    }

    async fn ping(&mut self) -> Result<(), Error> {
        Ok(())
    }

    async fn begin(&mut self) -> Result<Transaction<'_, AtOnce>, Error> {
        Transaction::begin(self, None).await
    }

    fn shrink_buffers(&mut self) {}

    async fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }

    fn should_flush(&self) -> bool {
        false
    }
}

impl ConnectOptions for Options {
    type Connection = Link;

    fn from_url(_: &Url) -> Result<Self, Error> {
        Ok(Self)
    }

    async fn connect(&self) -> Result<Link, Error> {
        Ok(Link)
    }

    fn log_statements(self, _: LevelFilter) -> Self {
        self
    }

    fn log_slow_statements(self, _: LevelFilter, _: Duration) -> Self {
        self
    }
}

impl FromStr for Options {
    type Err = Error;

    fn from_str(_: &str) -> Result<Self, Error> {
        Ok(Self)
    }
}

impl TransactionManager for Transactions {
    type Database = AtOnce;

    async fn begin(_: &mut Link, _: Option<SqlStr>) -> Result<(), Error> {
        Ok(())
    }

    async fn commit(_: &mut Link) -> Result<(), Error> {
        Ok(())
    }

    async fn rollback(_: &mut Link) -> Result<(), Error> {
        Ok(())
    }

    fn start_rollback(_: &mut Link) {}

    fn get_transaction_depth(_: &Link) -> usize {
        0
    }
}
