use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
    time::Duration,
};

use opentelemetry::metrics::{AsyncInstrument, Meter};
use otel_kit_core::{
    Clock, Moment,
    semconv::metric::{
        BYTES, LIBRDKAFKA_BROKER_ROUND_TRIP_TIME, LIBRDKAFKA_BROKER_THROTTLE_TIME, LIBRDKAFKA_CONSUMER_LAG,
        LIBRDKAFKA_PRODUCER_QUEUE_MESSAGES, LIBRDKAFKA_PRODUCER_QUEUE_SIZE, MESSAGES, SECONDS,
    },
};
use rdkafka::ClientConfig;

use crate::snapshot::{Point, Snapshot};

/// The clients of a kit that have statistics. Its instruments observe those that live.
#[derive(Debug)]
pub(crate) struct Observed {
    clients: Arc<Clients>,
}

/// The statistics of one client, observed as long as it lives and gives new ones.
#[derive(Debug)]
pub(crate) struct Latest {
    lifetime: Duration,
    taken: Mutex<Option<Taken>>,
    is_observed: OnceLock<()>,
}

/// Statistics and when they came.
#[derive(Clone, Debug)]
struct Taken {
    snapshot: Arc<Snapshot>,
    clock: Clock,
    at: Moment,
}

#[derive(Debug, Default)]
struct Clients(Mutex<Vec<Weak<Latest>>>);

impl Observed {
    pub(crate) fn new(meter: &Meter) -> Self {
        let clients = Arc::<Clients>::default();
        clients.observe(meter);
        Self { clients }
    }
}

impl Latest {
    /// For a client of this configuration.
    pub(crate) fn of(config: &ClientConfig) -> Arc<Self> {
        let interval = config.get("statistics.interval.ms").and_then(|millis| millis.trim().parse().ok());
        let lifetime = match interval.unwrap_or_default() {
            // Who gives them without an interval, knows it.
            0 => Duration::MAX,
            millis => Duration::from_millis(millis).saturating_mul(INTERVALS).max(SHORTEST_LIFETIME),
        };
        Arc::new(Self { lifetime, taken: Mutex::default(), is_observed: OnceLock::new() })
    }

    /// Takes the statistics that just came.
    pub(crate) fn update(
        self: &Arc<Self>,
        snapshot: Snapshot,
        clock: &Clock,
        observed: impl FnOnce() -> Arc<Observed>,
    ) {
        let taken = Taken { snapshot: Arc::new(snapshot), clock: clock.clone(), at: clock.now() };
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) = Some(taken);
        self.is_observed.get_or_init(|| observed().clients.add(self));
    }

    /// Nothing if the client gave no new ones for too long: it is closed, or nobody polls it.
    fn get(&self) -> Option<Arc<Snapshot>> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        (taken.clock.since(&taken.at) <= self.lifetime).then_some(taken.snapshot)
    }
}

impl Clients {
    fn add(&self, latest: &Arc<Latest>) {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clients.retain(|client| client.strong_count() > 0);
        clients.push(Arc::downgrade(latest));
    }

    /// What all clients say. Those that have the same name and no partition of their own become one.
    fn points<T: Copy>(
        &self,
        of: impl Fn(&Snapshot) -> &[Point<T>],
        merge: Option<fn(T, T) -> T>,
    ) -> Vec<Point<T>> {
        let latest: Vec<_> = {
            let clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            clients.iter().filter_map(Weak::upgrade).collect()
        };
        let mut points: Vec<Point<T>> = Vec::new();
        for snapshot in latest.iter().filter_map(|latest| latest.get()) {
            for point in of(&snapshot) {
                let same = |known: &&mut Point<T>| known.attributes == point.attributes;
                match merge.and_then(|merge| Some((merge, points.iter_mut().find(same)?))) {
                    Some((merge, known)) => known.value = merge(known.value, point.value),
                    None => points.push(point.clone()),
                }
            }
        }
        points
    }

    fn observe(self: &Arc<Self>, meter: &Meter) {
        meter
            .i64_observable_gauge(LIBRDKAFKA_CONSUMER_LAG)
            .with_unit(MESSAGES)
            .with_description("Messages of a partition that the consumer group has not committed yet.")
            .with_callback(self.callback(|snapshot| &snapshot.lags, None))
            .build();
        meter
            .u64_observable_gauge(LIBRDKAFKA_PRODUCER_QUEUE_MESSAGES)
            .with_unit(MESSAGES)
            .with_description("Messages in a producer's queues.")
            .with_callback(self.callback(|snapshot| &snapshot.queue_messages, Some(u64::saturating_add)))
            .build();
        meter
            .u64_observable_gauge(LIBRDKAFKA_PRODUCER_QUEUE_SIZE)
            .with_unit(BYTES)
            .with_description("Size of the messages in a producer's queues.")
            .with_callback(self.callback(|snapshot| &snapshot.queue_size, Some(u64::saturating_add)))
            .build();
        meter
            .f64_observable_gauge(LIBRDKAFKA_BROKER_ROUND_TRIP_TIME)
            .with_unit(SECONDS)
            .with_description("Mean time from a request to a broker to its answer.")
            .with_callback(self.callback(|snapshot| &snapshot.round_trips, Some(f64::max)))
            .build();
        meter
            .f64_observable_gauge(LIBRDKAFKA_BROKER_THROTTLE_TIME)
            .with_unit(SECONDS)
            .with_description("Mean time by which a broker throttles requests.")
            .with_callback(self.callback(|snapshot| &snapshot.throttles, Some(f64::max)))
            .build();
    }

    fn callback<T: Copy + 'static>(
        self: &Arc<Self>,
        of: fn(&Snapshot) -> &[Point<T>],
        merge: Option<fn(T, T) -> T>,
    ) -> impl Fn(&dyn AsyncInstrument<T>) + Send + Sync + use<T> {
        let clients = Arc::clone(self);
        move |instrument| {
            for point in clients.points(of, merge) {
                instrument.observe(point.value, &point.attributes);
            }
        }
    }
}

/// Intervals after which statistics say nothing any more.
const INTERVALS: u32 = 3;

/// Where the interval is so short that a busy machine may miss some.
const SHORTEST_LIFETIME: Duration = Duration::from_secs(1);
