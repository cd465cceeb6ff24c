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
}

/// Somebody who waits for a connection.
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
    let acquired = pool.acquire().await;
    if matches!(acquired, Err(Error::PoolTimedOut)) {
        client.instruments.count_timeout();
    }
    acquired
}

impl Use {
    pub(crate) fn begin(client: &Arc<Client>) -> Self {
        Self { client: Arc::clone(client), since: client.tracer.clock().now() }
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        self.client.instruments.record_use(self.client.tracer.clock().since(&self.since));
    }
}

impl<'c> Wait<'c> {
    fn begin(client: &'c Client) -> Self {
        client.instruments.pending.add(1);
        Self { client, since: client.tracer.clock().now() }
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.client.instruments.pending.add(-1);
        self.client.instruments.record_wait(self.client.tracer.clock().since(&self.since));
    }
}
