use std::sync::{Arc, OnceLock, Weak};

use opentelemetry::{
    KeyValue,
    metrics::{AsyncInstrument, Meter},
};
use otel_kit_core::semconv::{
    attribute::{DB_CLIENT_CONNECTION_POOL_NAME, DB_CLIENT_CONNECTION_STATE},
    metric::{
        CONNECTIONS, DB_CLIENT_CONNECTION_COUNT, DB_CLIENT_CONNECTION_IDLE_MIN, DB_CLIENT_CONNECTION_MAX,
    },
};
use sqlx_core::{database::Database, pool::Pool};

use crate::client::Client;

/// A pool that is asked for its numbers at each collection, from its first use on.
///
/// That does not keep it alive: one that is gone or closed tells nothing.
pub(crate) struct Observed<DB: Database> {
    pub(crate) pool: Pool<DB>,
    is_observed: OnceLock<()>,
}

impl<DB: Database> Observed<DB> {
    pub(crate) const fn new(pool: Pool<DB>) -> Self {
        Self { pool, is_observed: OnceLock::new() }
    }

    pub(crate) fn observe(self: &Arc<Self>, client: &Client) {
        self.is_observed
            .get_or_init(|| register_all(&client.meter, client.target.pool_name(), &Arc::downgrade(self)));
    }

    /// A number, unless the pool is closed.
    fn ask<T>(&self, read: impl FnOnce(&Pool<DB>) -> T) -> Option<T> {
        (!self.pool.is_closed()).then(|| read(&self.pool))
    }
}

fn register_all<DB: Database>(meter: &Meter, name: String, pool: &Weak<Observed<DB>>) {
    let pool_name = KeyValue::new(DB_CLIENT_CONNECTION_POOL_NAME, name);
    let states =
        ["idle", "used"].map(|state| [pool_name.clone(), KeyValue::new(DB_CLIENT_CONNECTION_STATE, state)]);
    let counted = pool.clone();
    register(meter, DB_CLIENT_CONNECTION_COUNT, "Connections, by state.", move |count| {
        let numbers = counted.upgrade().and_then(|pool| pool.ask(|pool| (pool.num_idle(), pool.size())));
        let Some((idle, size)) = numbers else { return };
        // The two are read one after the other, and may not fit together.
        let idle = u32::try_from(idle).unwrap_or(u32::MAX).min(size);
        for (value, state) in [idle, size.saturating_sub(idle)].into_iter().zip(&states) {
            count.observe(i64::from(value), state);
        }
    });
    limit(meter, pool, &pool_name, (DB_CLIENT_CONNECTION_MAX, "Connections at most."), |pool| {
        pool.options().get_max_connections()
    });
    limit(meter, pool, &pool_name, (DB_CLIENT_CONNECTION_IDLE_MIN, "Connections at least."), |pool| {
        pool.options().get_min_connections()
    });
}

/// A number that the pool's options say.
fn limit<DB: Database>(
    meter: &Meter,
    pool: &Weak<Observed<DB>>,
    pool_name: &KeyValue,
    (name, description): (&'static str, &'static str),
    read: fn(&Pool<DB>) -> u32,
) {
    let (pool, attributes) = (pool.clone(), [pool_name.clone()]);
    register(meter, name, description, move |limit| {
        if let Some(number) = pool.upgrade().and_then(|pool| pool.ask(read)) {
            limit.observe(i64::from(number), &attributes);
        }
    });
}

fn register(
    meter: &Meter,
    name: &'static str,
    description: &'static str,
    observe: impl Fn(&dyn AsyncInstrument<i64>) + Send + Sync + 'static,
) {
    let counter =
        meter.i64_observable_up_down_counter(name).with_unit(CONNECTIONS).with_description(description);
    let _ = counter.with_callback(observe).build();
}
