use std::{str::FromStr, sync::Arc, time::Duration};

use log::LevelFilter;
use sqlx_core::{
    Url,
    connection::{ConnectOptions, Connection},
    error::Error,
    sql_str::SqlStr,
    transaction::{Transaction, TransactionManager},
};

use super::{Script, Scripted};

/// A connection to nothing.
#[derive(Debug)]
pub(crate) struct Link(pub(super) Arc<Script>);

#[derive(Clone, Debug)]
pub(crate) struct Options(pub(super) Arc<Script>);

/// Transactions that take two polls for each step.
#[derive(Debug)]
pub(crate) struct Transactions;

impl Connection for Link {
    type Database = Scripted;
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

    async fn begin(&mut self) -> Result<Transaction<'_, Scripted>, Error> {
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
        Ok(Self(Arc::default()))
    }

    async fn connect(&self) -> Result<Link, Error> {
        Ok(Link(Arc::clone(&self.0)))
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
        Ok(Self(Arc::default()))
    }
}

impl TransactionManager for Transactions {
    type Database = Scripted;

    async fn begin(link: &mut Link, _: Option<SqlStr>) -> Result<(), Error> {
        link.step("begin").await
    }

    async fn commit(link: &mut Link) -> Result<(), Error> {
        link.step("commit").await
    }

    async fn rollback(link: &mut Link) -> Result<(), Error> {
        link.step("rollback").await
    }

    fn start_rollback(_: &mut Link) {}

    fn get_transaction_depth(_: &Link) -> usize {
        0
    }
}

impl Link {
    async fn step(&self, word: &'static str) -> Result<(), Error> {
        self.0.see(word);
        tokio::task::yield_now().await;
        self.0.see(word);
        Ok(())
    }
}
