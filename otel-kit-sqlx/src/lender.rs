use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use sqlx_core::{
    database::Database,
    error::Error,
    pool::{Pool, PoolConnection},
};

use crate::{
    client::Client,
    lease::{Use, acquire},
    span::SqlSpan,
    within::Within,
};

/// Where a statement gets its connection from.
pub(crate) trait Lender<DB: Database>: Send {
    /// The connection, for as long as the statement runs.
    type Lent: DerefMut<Target = DB::Connection> + Send;

    /// Lends a connection to the statement of `span`, which ends with the error if there is none.
    fn lend(self, span: &mut SqlSpan) -> impl Future<Output = Result<Self::Lent, Error>> + Send;
}

impl<'c, DB: Database> Lender<DB> for &'c mut DB::Connection {
    type Lent = &'c mut DB::Connection;

    async fn lend(self, _: &mut SqlSpan) -> Result<Self::Lent, Error> {
        Ok(self)
    }
}

/// A connection of a pool, for one statement.
pub(crate) struct FromPool<DB: Database> {
    pool: Pool<DB>,
    client: Arc<Client>,
}

pub(crate) struct Lent<DB: Database> {
    pub(crate) connection: PoolConnection<DB>,
    pub(crate) use_: Use,
}

impl<DB: Database> FromPool<DB> {
    pub(crate) fn of(pool: &crate::Pool<DB>, client: &Arc<Client>) -> Self {
        Self { pool: pool.plain().clone(), client: Arc::clone(client) }
    }

    /// A connection for what has no span.
    pub(crate) async fn take(self) -> Result<Lent<DB>, Error> {
        let connection = acquire(&self.pool, &self.client).await?;
        Ok(Lent { connection, use_: Use::begin(&self.client) })
    }
}

impl<DB: Database> Lender<DB> for FromPool<DB> {
    type Lent = Lent<DB>;

    async fn lend(self, span: &mut SqlSpan) -> Result<Lent<DB>, Error> {
        span.begin_wait();
        let acquired = Within::new(span, self.pool.acquire()).await;
        span.end_wait();
        let connection = acquired.inspect_err(|error| {
            self.client.instruments.count_if_timeout(error);
            span.finish(Err::<(), _>(error));
        })?;
        Ok(Lent { connection, use_: Use::begin(&self.client) })
    }
}

impl<DB: Database> Deref for Lent<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        &self.connection
    }
}

impl<DB: Database> DerefMut for Lent<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        &mut self.connection
    }
}
