use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use opentelemetry::{
    KeyValue, StringValue,
    metrics::{Counter, Histogram, Meter, UpDownCounter},
};
use otel_kit_core::{
    instrument::{BoundHistogram, BoundUpDownCounter},
    semconv::{
        attribute::{DB_CLIENT_CONNECTION_POOL_NAME, DB_RESPONSE_STATUS_CODE, ERROR_TYPE},
        metric::{
            DB_CLIENT_CONNECTION_PENDING_REQUESTS, DB_CLIENT_CONNECTION_TIMEOUTS,
            DB_CLIENT_CONNECTION_USE_TIME, DB_CLIENT_CONNECTION_WAIT_TIME, DB_CLIENT_OPERATION_DURATION,
            DB_CLIENT_RESPONSE_RETURNED_ROWS, DB_DURATION_BUCKETS, DB_ROWS_BUCKETS, REQUESTS, ROWS, SECONDS,
            TIMEOUTS,
        },
    },
};
use sqlx_core::error::Error;

use crate::{
    series::{AllSeries, Series},
    statement::Statement,
    target::Target,
};

/// The instruments of one database.
#[derive(Debug)]
pub(crate) struct Instruments {
    duration: Histogram<f64>,
    rows: Histogram<u64>,
    wait_time: Histogram<f64>,
    use_time: Histogram<f64>,
    pending: UpDownCounter<i64>,
    timeouts: Counter<u64>,
    series: AllSeries,
    pool: KeyValue,
    connections: OnceLock<Connections>,
}

/// The instruments of a pool, bound to its name when it is first used: what is bound is exported.
#[derive(Debug)]
struct Connections {
    wait_time: BoundHistogram<f64>,
    use_time: BoundHistogram<f64>,
    pending: BoundUpDownCounter<i64>,
}

/// How a statement ended, as far as the metrics tell.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) code: Option<StringValue>,
    pub(crate) error_type: Option<StringValue>,
}

impl Instruments {
    pub(crate) fn new(meter: &Meter, target: &Target, pool_name: Arc<str>) -> Self {
        let pool = KeyValue::new(DB_CLIENT_CONNECTION_POOL_NAME, pool_name);
        let times = |name, description| {
            let histogram = meter.f64_histogram(name).with_unit(SECONDS).with_description(description);
            histogram.with_boundaries(DB_DURATION_BUCKETS.to_vec()).build()
        };
        Self {
            duration: times(DB_CLIENT_OPERATION_DURATION, "Duration of database client operations."),
            rows: meter
                .u64_histogram(DB_CLIENT_RESPONSE_RETURNED_ROWS)
                .with_unit(ROWS)
                .with_description("Rows that statements returned.")
                .with_boundaries(DB_ROWS_BUCKETS.to_vec())
                .build(),
            wait_time: times(DB_CLIENT_CONNECTION_WAIT_TIME, "How long callers waited for a connection."),
            use_time: times(DB_CLIENT_CONNECTION_USE_TIME, "How long connections were in use."),
            pending: meter
                .i64_up_down_counter(DB_CLIENT_CONNECTION_PENDING_REQUESTS)
                .with_unit(REQUESTS)
                .with_description("Callers that wait for a connection.")
                .build(),
            timeouts: meter
                .u64_counter(DB_CLIENT_CONNECTION_TIMEOUTS)
                .with_unit(TIMEOUTS)
                .with_description("Callers that waited for a connection in vain.")
                .build(),
            series: AllSeries::new(target.attributes().collect()),
            pool,
            connections: OnceLock::new(),
        }
    }

    /// Records how a statement ended, and the rows that it returned.
    pub(crate) fn record(
        &self,
        statement: &Statement,
        ending: Ending,
        duration: Duration,
        rows: Option<u64>,
    ) {
        let series = self.series(statement);
        let seconds = duration.as_secs_f64();
        if ending.is_plain() {
            let bound = || BoundHistogram::new(&self.duration, series.attributes.clone());
            series.duration.get_or_init(bound).record(seconds);
            if let Some(rows) = rows {
                let bound = || BoundHistogram::new(&self.rows, series.attributes.clone());
                series.rows.get_or_init(bound).record(rows);
            }
            return;
        }
        let attributes = ending.attributes(&series.attributes);
        self.duration.record(seconds, &attributes);
        if let Some(rows) = rows {
            self.rows.record(rows, &attributes);
        }
    }

    /// What its durations go to.
    pub(crate) fn series<'s>(&self, statement: &'s Statement) -> &'s Series {
        statement.series.get_or_init(|| self.series.of(&statement.summary))
    }

    /// What spans and metrics say of the database.
    pub(crate) fn target(&self) -> &[KeyValue] {
        self.series.target()
    }

    /// Records the end of a wait for a connection.
    pub(crate) fn record_wait(&self, waited: Duration) {
        self.connections().wait_time.record(waited.as_secs_f64());
    }

    /// Counts those that wait for a connection: one more or one less.
    pub(crate) fn count_pending(&self, more: i64) {
        self.connections().pending.add(more);
    }

    /// Counts a wait that was too long.
    pub(crate) fn count_if_timeout(&self, error: &Error) {
        if matches!(error, Error::PoolTimedOut) {
            self.timeouts.add(1, std::slice::from_ref(&self.pool));
        }
    }

    /// Records how long a connection was away from its pool.
    pub(crate) fn record_use(&self, used: Duration) {
        self.connections().use_time.record(used.as_secs_f64());
    }

    fn connections(&self) -> &Connections {
        self.connections.get_or_init(|| {
            let pool = || vec![self.pool.clone()];
            Connections {
                wait_time: BoundHistogram::new(&self.wait_time, pool()),
                use_time: BoundHistogram::new(&self.use_time, pool()),
                pending: BoundUpDownCounter::new(&self.pending, pool()),
            }
        })
    }
}

impl Ending {
    /// Of a statement that came to its end, as far as anybody knows.
    pub(crate) const fn plain() -> Self {
        Self { code: None, error_type: None }
    }

    const fn is_plain(&self) -> bool {
        self.code.is_none() && self.error_type.is_none()
    }

    fn attributes(self, statement: &[KeyValue]) -> Vec<KeyValue> {
        let code = self.code.map(|code| KeyValue::new(DB_RESPONSE_STATUS_CODE, code));
        let error_type = self.error_type.map(|word| KeyValue::new(ERROR_TYPE, word));
        statement.iter().cloned().chain(code).chain(error_type).collect()
    }
}
