use std::sync::Arc;

use otel_kit_core::Moment;
use sqlx_core::{
    database::Database,
    error::Error,
    pool::{Pool, PoolConnection},
};

use crate::client::Client;

/// A connection that is away from its pool: how long, is recorded at the end.
#[derive(Debug)]
pub(crate) struct Use {
    client: Arc<Client>,
    since: Moment,
    is_known: bool,
}

/// Somebody who waits for a connection, other than a statement.
struct Wait<'c> {
    client: &'c Client,
    since: Moment,
}

/// Waits for a connection of the pool, and records how long.
pub(crate) async fn acquire<DB: Database>(
    pool: &Pool<DB>,
    client: &Client,
) -> Result<PoolConnection<DB>, Error> {
    let _wait = Wait::begin(client);
    pool.acquire().await.inspect_err(|error| client.instruments.count_if_timeout(error))
}

/// Takes a connection out of the pool if one is idle, and records how long that took.
pub(crate) fn try_acquire<DB: Database>(pool: &Pool<DB>, client: &Client) -> Option<PoolConnection<DB>> {
    let clock = client.tracer.clock();
    let since = clock.now();
    let connection = pool.try_acquire()?;
    client.instruments.record_wait(clock.since(&since));
    Some(connection)
}

impl Use {
    pub(crate) fn begin(client: &Arc<Client>) -> Self {
        Self { client: Arc::clone(client), since: client.tracer.clock().now(), is_known: true }
    }

    /// Nobody will tell when the connection is back: better no time than a wrong one.
    pub(crate) fn lose_sight(mut self) {
        self.is_known = false;
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        if self.is_known {
            self.client.instruments.record_use(self.client.tracer.clock().since(&self.since));
        }
    }
}

impl<'c> Wait<'c> {
    fn begin(client: &'c Client) -> Self {
        client.instruments.count_pending(1);
        Self { client, since: client.tracer.clock().now() }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.client.instruments.count_pending(-1);
        self.client.instruments.record_wait(self.client.tracer.clock().since(&self.since));
    }
}
