use std::time::Duration;

use opentelemetry::{
    KeyValue, StringValue,
    metrics::{Counter, Histogram, Meter},
};
use otel_kit_core::{
    bounded::Slots,
    diag::{TARGET, Throttle},
    instrument::{BoundCounter, BoundHistogram},
    semconv::{
        attribute::{
            ERROR_TYPE, MESSAGING_DESTINATION_PARTITION_ID, MESSAGING_OPERATION_NAME,
            MESSAGING_OPERATION_TYPE, MESSAGING_SYSTEM,
        },
        metric::{
            DURATION_BUCKETS, MESSAGES, MESSAGING_CLIENT_CONSUMED_MESSAGES,
            MESSAGING_CLIENT_OPERATION_DURATION, MESSAGING_CLIENT_SENT_MESSAGES, MESSAGING_PROCESS_DURATION,
            OTEL_KIT_MESSAGING_LOST_CONTEXTS, SECONDS,
        },
    },
};

use crate::{
    identity::Identity,
    kind::Kind,
    place::REACH,
    topic::{SYSTEM, Topic},
};

/// The instruments of a client.
#[derive(Debug)]
pub(crate) struct Instruments {
    operations: Histogram<f64>,
    processing: Histogram<f64>,
    sent: Counter<u64>,
    consumed: Counter<u64>,
    lost_contexts: Counter<u64>,
}

/// How an operation ended, as far as the attributes of its measurements tell.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ending {
    pub(crate) kind: Kind,
    pub(crate) partition: Option<i32>,
    pub(crate) error_type: Option<StringValue>,
}

/// What one operation measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) seconds: f64,
    /// Messages that were sent or delivered.
    pub(crate) messages: u64,
}

/// The bound instruments of one topic, for each ending that came up.
#[derive(Debug)]
pub(crate) struct Bounds {
    slots: Slots<(Ending, Bound)>,
}

#[derive(Debug)]
struct Bound {
    duration: BoundHistogram<f64>,
    messages: Option<BoundCounter<u64>>,
}

impl Instruments {
    pub(crate) fn new(meter: &Meter) -> Self {
        let histogram = |name, description| {
            let builder = meter.f64_histogram(name).with_unit(SECONDS).with_description(description);
            builder.with_boundaries(DURATION_BUCKETS.to_vec()).build()
        };
        let counter = |name, description| {
            meter.u64_counter(name).with_unit(MESSAGES).with_description(description).build()
        };
        Self {
            operations: histogram(
                MESSAGING_CLIENT_OPERATION_DURATION,
                "Duration of messaging operations of a producer or consumer.",
            ),
            processing: histogram(MESSAGING_PROCESS_DURATION, "Duration of processing messages."),
            sent: counter(
                MESSAGING_CLIENT_SENT_MESSAGES,
                "Number of messages that a producer attempted to send.",
            ),
            consumed: counter(
                MESSAGING_CLIENT_CONSUMED_MESSAGES,
                "Number of messages that were delivered to the application.",
            ),
            lost_contexts: counter(
                OTEL_KIT_MESSAGING_LOST_CONTEXTS,
                "Number of messages whose context could not be read or written.",
            ),
        }
    }

    /// A message has headers that cannot be read.
    pub(crate) fn lost_context(&self, topic: &Topic) {
        let attributes =
            [KeyValue::new(MESSAGING_SYSTEM, SYSTEM), KeyValue::new(ERROR_TYPE, HEADER_KEY_NOT_UTF8)];
        let attributes: Vec<_> = attributes.into_iter().chain(topic.attribute()).collect();
        self.lost_contexts.add(1, &attributes);
        if let Some(held_back) = UNREADABLE.pass() {
            tracing::warn!(
                target: TARGET,
                held_back,
                topic = topic.name(),
                "a message has a header whose key is no UTF-8: rdkafka panics at it, and the trace ends there",
            );
        }
    }

    /// Records what an operation on a topic measured.
    pub(crate) fn record(&self, topic: &Topic, identity: &Identity, ending: &Ending, measured: Measured) {
        let attributes = || ending.attributes(topic, identity);
        let duration = self.duration(ending.kind);
        let bind = || {
            let messages = self.messages(ending.kind).filter(|_| measured.messages > 0);
            let messages = messages.map(|messages| BoundCounter::new(messages, attributes()));
            (ending.clone(), Bound { duration: BoundHistogram::new(duration, attributes()), messages })
        };
        let slots = &topic.bounds.slots;
        if let Some((_, bound)) = slots.find_or_add(ending.place(), REACH, |(known, _)| known == ending, bind)
        {
            bound.duration.record(measured.seconds);
            if let Some(messages) = &bound.messages {
                messages.add(measured.messages);
            }
            return;
        }
        let attributes = attributes();
        duration.record(measured.seconds, &attributes);
        if let Some(messages) = self.messages(ending.kind).filter(|_| measured.messages > 0) {
            messages.add(measured.messages, &attributes);
        }
    }

    const fn duration(&self, kind: Kind) -> &Histogram<f64> {
        match kind {
            Kind::Process => &self.processing,
            Kind::Send | Kind::Poll | Kind::Commit => &self.operations,
        }
    }

    const fn messages(&self, kind: Kind) -> Option<&Counter<u64>> {
        match kind {
            Kind::Send => Some(&self.sent),
            Kind::Poll => Some(&self.consumed),
            Kind::Process | Kind::Commit => None,
        }
    }
}

impl Bounds {
    /// Room for the endings of a topic that is kept; those beyond cost more and are the same.
    pub(crate) fn new(is_kept: bool) -> Self {
        Self { slots: Slots::new(if is_kept { PLACES + REACH } else { 0 }) }
    }
}

impl Ending {
    fn attributes(&self, topic: &Topic, identity: &Identity) -> Vec<KeyValue> {
        let operation = [
            KeyValue::new(MESSAGING_SYSTEM, SYSTEM),
            KeyValue::new(MESSAGING_OPERATION_NAME, self.kind.name()),
            KeyValue::new(MESSAGING_OPERATION_TYPE, self.kind.operation_type()),
        ];
        let error_type = self.error_type.clone().map(|word| KeyValue::new(ERROR_TYPE, word));
        operation
            .into_iter()
            .chain(topic.attribute())
            .chain(self.partition.map(partition_id))
            .chain(identity.attributes(self.kind))
            .chain(error_type)
            .collect()
    }

    fn place(&self) -> usize {
        let partition = self.partition.and_then(|partition| usize::try_from(partition).ok()).unwrap_or(0);
        (partition % (PLACES / Kind::ALL.len())) * Kind::ALL.len() + self.kind.index()
    }
}

/// `messaging.destination.partition.id`.
pub(crate) fn partition_id(partition: i32) -> KeyValue {
    KeyValue::new(MESSAGING_DESTINATION_PARTITION_ID, partition.to_string())
}

static UNREADABLE: Throttle = Throttle::new(Duration::from_secs(3600));

/// Why a context is lost.
const HEADER_KEY_NOT_UTF8: &str = "header_key_not_utf8";

const PLACES: usize = 64;
