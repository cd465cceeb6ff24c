use std::time::Duration;

use opentelemetry::KeyValue;
use otel_kit_core::{
    diag::{TARGET, Throttle},
    semconv::attribute::{
        MESSAGING_CLIENT_ID, MESSAGING_DESTINATION_NAME, MESSAGING_DESTINATION_PARTITION_ID, SERVER_ADDRESS,
        SERVER_PORT,
    },
};
use rdkafka::statistics::{Broker, Partition, Statistics, Topic, Window};

use crate::identity::{Identity, split};

/// What of a client's last statistics is measured.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    pub(crate) lags: Vec<Point<i64>>,
    pub(crate) queue_messages: Vec<Point<u64>>,
    pub(crate) queue_size: Vec<Point<u64>>,
    pub(crate) round_trips: Vec<Point<f64>>,
    pub(crate) throttles: Vec<Point<f64>>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point<T> {
    pub(crate) attributes: Vec<KeyValue>,
    pub(crate) value: T,
}

impl Snapshot {
    pub(crate) fn of(statistics: &Statistics, identity: &Identity) -> Self {
        let client = KeyValue::new(MESSAGING_CLIENT_ID, statistics.client_id.clone());
        let queued = |value| {
            let is_producer = statistics.client_type == "producer";
            is_producer.then(|| Point { attributes: vec![client.clone()], value }).into_iter().collect()
        };
        let brokers = |window: fn(&Broker) -> Option<&Window>, unit: f64| {
            let known = statistics.brokers.values().filter(|broker| broker.nodeid >= 0);
            let times = known.filter_map(|broker| broker_time(broker, window(broker)?, unit, &client));
            times.take(BROKERS).collect()
        };
        Self {
            lags: lags(statistics, &client, identity),
            queue_messages: queued(statistics.msg_cnt),
            queue_size: queued(statistics.msg_size),
            round_trips: brokers(|broker| broker.rtt.as_ref(), MICROSECONDS),
            throttles: brokers(|broker| broker.throttle.as_ref(), MILLISECONDS),
        }
    }
}

/// How far the group is behind on the partitions that this consumer has.
fn lags(statistics: &Statistics, client: &KeyValue, identity: &Identity) -> Vec<Point<i64>> {
    if statistics.client_type != "consumer" {
        return Vec::new();
    }
    let common: Vec<_> = identity.group().into_iter().chain([client.clone()]).collect();
    let partitions = statistics.topics.values().flat_map(|topic| {
        topic.partitions.values().filter_map(move |partition| Some((topic, partition, lag(partition)?)))
    });
    let points = partitions.map(|(topic, partition, value)| {
        let attributes = common.iter().cloned().chain(named(topic, partition)).collect();
        Point { attributes, value }
    });
    let mut points: Vec<_> = points.take(PARTITIONS.saturating_add(1)).collect();
    if points.len() > PARTITIONS {
        points.truncate(PARTITIONS);
        if let Some(held_back) = TOO_MANY.pass() {
            tracing::warn!(target: TARGET, held_back, limit = PARTITIONS, "a consumer has more partitions than have their lag measured");
        }
    }
    points
}

/// What was committed counts; where nothing was yet, what was processed.
fn lag(partition: &Partition) -> Option<i64> {
    let is_consumed = partition.partition >= 0 && partition.fetch_state == "active";
    [partition.consumer_lag, partition.consumer_lag_stored].into_iter().find(|lag| is_consumed && *lag >= 0)
}

fn named(topic: &Topic, partition: &Partition) -> [KeyValue; 2] {
    [
        KeyValue::new(MESSAGING_DESTINATION_NAME, topic.topic.clone()),
        KeyValue::new(MESSAGING_DESTINATION_PARTITION_ID, partition.partition.to_string()),
    ]
}

/// Nothing where nothing was measured.
fn broker_time(broker: &Broker, window: &Window, unit: f64, client: &KeyValue) -> Option<Point<f64>> {
    let mean = u32::try_from(window.avg).ok().filter(|_| window.cnt > 0)?;
    let (address, port) = split(&broker.nodename);
    let port = port.map(|port| KeyValue::new(SERVER_PORT, i64::from(port)));
    let server = [client.clone(), KeyValue::new(SERVER_ADDRESS, address.to_owned())];
    let attributes = server.into_iter().chain(port).collect();
    Some(Point { attributes, value: f64::from(mean) * unit })
}

static TOO_MANY: Throttle = Throttle::new(Duration::from_secs(3600));

const MICROSECONDS: f64 = 1e-6;
const MILLISECONDS: f64 = 1e-3;

/// Partitions of one client, and brokers, that are measured at most.
const PARTITIONS: usize = 1000;
const BROKERS: usize = 100;

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use rdkafka::ClientConfig;

    use super::*;

    fn partition(number: i32, state: &str, committed: i64, stored: i64) -> (i32, Partition) {
        let partition = Partition {
            partition: number,
            fetch_state: state.to_owned(),
            consumer_lag: committed,
            consumer_lag_stored: stored,
            ..Partition::default()
        };
        (number, partition)
    }

    fn consumer(partitions: HashMap<i32, Partition>) -> Statistics {
        let topic = Topic { topic: "orders".to_owned(), partitions, ..Topic::default() };
        Statistics {
            client_type: "consumer".to_owned(),
            client_id: "shop".to_owned(),
            topics: [("orders".to_owned(), topic)].into(),
            ..Statistics::default()
        }
    }

    #[test]
    fn lag_is_of_partitions_that_are_consumed_and_known() {
        let identity = Identity::of(ClientConfig::new().set("group.id", "billing"));
        let partitions = [
            partition(0, "active", 7, 3),
            partition(1, "active", -1, 4),
            partition(2, "active", -1, -1),
            partition(3, "none", 9, 9),
            partition(-1, "active", 9, 9),
        ];
        let snapshot = Snapshot::of(&consumer(partitions.into()), &identity);
        let mut lags = snapshot.lags;
        lags.sort_by_key(|point| point.value);
        let [second, first] = &lags[..] else { panic!("two partitions: {lags:?}") };
        assert_eq!((first.value, second.value), (7, 4));
        let expected = [
            ("messaging.consumer.group.name", "billing"),
            ("messaging.client.id", "shop"),
            ("messaging.destination.name", "orders"),
            ("messaging.destination.partition.id", "0"),
        ];
        assert_eq!(first.attributes, expected.map(|(key, value)| KeyValue::new(key, value)));
        assert!(snapshot.queue_messages.is_empty());
    }

    #[test]
    fn the_number_of_partitions_is_bounded() {
        let many = (0..5000).map(|number| partition(number, "active", 1, 1)).collect();
        assert_eq!(Snapshot::of(&consumer(many), &Identity::default()).lags.len(), PARTITIONS);
    }

    #[test]
    fn a_producer_has_a_queue_and_its_brokers_have_times_where_they_measured_any() {
        let window = |avg, cnt| Some(Window { avg, cnt, ..Window::default() });
        let broker = |nodeid, rtt, throttle| Broker {
            nodename: "k1:9092".to_owned(),
            nodeid,
            rtt,
            throttle,
            ..Broker::default()
        };
        let statistics = Statistics {
            client_type: "producer".to_owned(),
            client_id: "shop".to_owned(),
            msg_cnt: 3,
            msg_size: 400,
            brokers: [
                ("k1".to_owned(), broker(1, window(2500, 4), window(0, 0))),
                ("bootstrap".to_owned(), broker(-1, window(9, 9), window(9, 9))),
            ]
            .into(),
            ..Statistics::default()
        };
        let snapshot = Snapshot::of(&statistics, &Identity::default());
        assert_eq!((snapshot.queue_messages[0].value, snapshot.queue_size[0].value), (3, 400));
        let [round_trip] = &snapshot.round_trips[..] else { panic!("one broker: {snapshot:?}") };
        assert!((round_trip.value - 0.0025).abs() < 1e-12);
        let expected = [
            KeyValue::new(MESSAGING_CLIENT_ID, "shop"),
            KeyValue::new(SERVER_ADDRESS, "k1"),
            KeyValue::new(SERVER_PORT, 9092),
        ];
        assert_eq!(round_trip.attributes, expected);
        assert!(snapshot.throttles.is_empty() && snapshot.lags.is_empty());
    }
}
