use rdkafka::{error::KafkaError, message::ToBytes, producer::BaseRecord, util::IntoOpaque};

use crate::{
    client::Shared,
    delivery::InFlight,
    send::{Outgoing, SendSpan},
};

/// A record whose span goes along with the application's own data.
type Tracked<'a, K, P, D> = BaseRecord<'a, K, P, Box<InFlight<D>>>;

/// Sends a record with its span; where that fails at once, the record comes back as it was.
#[allow(clippy::result_large_err, clippy::type_complexity, reason = "the same as rdkafka's")]
pub(crate) fn send<'a, K, P, D>(
    shared: &Shared,
    mut record: BaseRecord<'a, K, P, D>,
    send: impl FnOnce(Tracked<'a, K, P, D>) -> Result<(), (KafkaError, Tracked<'a, K, P, D>)>,
) -> Result<(), (KafkaError, BaseRecord<'a, K, P, D>)>
where
    K: ToBytes + ?Sized,
    P: ToBytes + ?Sized,
    D: IntoOpaque,
{
    let outgoing = Outgoing {
        topic: record.topic,
        partition: record.partition,
        key: record.key.map(ToBytes::to_bytes),
        payload: record.payload.map(ToBytes::to_bytes),
        headers: &mut record.headers,
    };
    let (span, before) = SendSpan::start(shared, outgoing).unzip();
    let sent = send(with_opaque(record, |own| Box::new(InFlight::new(span, own))));
    sent.map_err(|(error, record)| {
        let mut span = None;
        let mut record = with_opaque(record, |in_flight| {
            let (failed, own) = in_flight.into_parts();
            span = failed;
            own
        });
        if let (Some(span), Some(before)) = (&mut span, before) {
            span.failed(&error, None);
            before.restore(&mut record.headers);
        }
        (error, record)
    })
}

fn with_opaque<'a, K, P, D, E>(
    record: BaseRecord<'a, K, P, D>,
    opaque: impl FnOnce(D) -> E,
) -> BaseRecord<'a, K, P, E>
where
    K: ToBytes + ?Sized,
    P: ToBytes + ?Sized,
    D: IntoOpaque,
    E: IntoOpaque,
{
    let BaseRecord { topic, partition, payload, key, timestamp, headers, delivery_opaque } = record;
    BaseRecord {
        topic,
        partition,
        payload,
        key,
        timestamp,
        headers,
        delivery_opaque: opaque(delivery_opaque),
    }
}
