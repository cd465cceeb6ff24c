use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use opentelemetry::{Context, KeyValue, StringValue};
use otel_kit_core::{
    LogContext,
    bounded::{Slots, intern},
    semconv::attribute::{
        MESSAGING_DESTINATION_NAME, MESSAGING_DESTINATION_PARTITION_ID, MESSAGING_OPERATION_NAME,
        MESSAGING_OPERATION_TYPE, MESSAGING_SYSTEM,
    },
};

use crate::{
    identity::{Identity, shared},
    kind::Kind,
    metrics::{Bounds, partition_id},
    place::{REACH, place},
};

/// What operations on one topic have in common, made at the first of them.
#[derive(Debug)]
pub(crate) struct Topic {
    /// `None` for operations on several topics, or none.
    name: Option<StringValue>,
    /// The topic as the one field of log lines.
    fields: Option<LogContext>,
    spans: [Prepared; 4],
    partitions: [OnceLock<StringValue>; PARTITIONS],
    pub(crate) bounds: Bounds,
}

/// The beginning of all spans of a kind.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) name: Cow<'static, str>,
    kind: Kind,
    /// Those that do not come from the kind alone.
    attributes: Vec<KeyValue>,
}

/// All topics so far. Who chooses their names may choose many, hence the bound.
#[derive(Debug)]
pub(crate) struct TopicTable {
    slots: Slots<Arc<Topic>>,
    none: Arc<Topic>,
}

impl TopicTable {
    pub(crate) fn new(identity: &Identity) -> Self {
        Self { slots: Slots::new((1 << BITS) + REACH), none: Arc::new(Topic::new(None, identity, true)) }
    }

    /// What belongs to a topic, or to none; made for one operation alone if there is no room.
    pub(crate) fn topic(&self, name: Option<&str>, identity: &Identity) -> Arc<Topic> {
        let Some(name) = name else { return Arc::clone(&self.none) };
        let is_meant = |topic: &Arc<Topic>| topic.name.as_ref().is_some_and(|other| other.as_str() == name);
        let make = |is_kept| Arc::new(Topic::new(Some(name), identity, is_kept));
        if name.len() > LONGEST_NAME {
            return make(false); // no broker has it, whoever chose it
        }
        let found = self.slots.find_or_add(place(name, BITS), REACH, is_meant, || make(true));
        found.cloned().unwrap_or_else(|| make(false))
    }
}

/// Kafka's limit of a topic's name, in bytes.
const LONGEST_NAME: usize = 249;

impl Topic {
    fn new(name: Option<&str>, identity: &Identity, is_kept: bool) -> Self {
        // What is kept is bounded, so spans may take it without a copy; what is not need not outlive them.
        let keep = |text: &str| if is_kept { intern(text) } else { Cow::Owned(text.to_owned()) };
        let name = name.map(|name| if is_kept { keep(name).into() } else { shared(name) });
        let spans = Kind::ALL.map(|kind| {
            let prepared = Prepared::new(kind, name.as_ref(), identity);
            Prepared { name: keep(&prepared.name), ..prepared }
        });
        let fields = name.clone().map(|name| LogContext::new().with(MESSAGING_DESTINATION_NAME, name));
        let partitions = [const { OnceLock::new() }; PARTITIONS];
        Self { name, fields, spans, partitions, bounds: Bounds::new(is_kept) }
    }

    pub(crate) fn prepared(&self, kind: Kind) -> &Prepared {
        let [send, poll, process, commit] = &self.spans;
        match kind {
            Kind::Send => send,
            Kind::Poll => poll,
            Kind::Process => process,
            Kind::Commit => commit,
        }
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_ref().map(StringValue::as_str)
    }

    /// `messaging.destination.name`.
    pub(crate) fn attribute(&self) -> Option<KeyValue> {
        self.name.clone().map(|name| KeyValue::new(MESSAGING_DESTINATION_NAME, name))
    }

    /// `messaging.destination.partition.id`.
    pub(crate) fn partition(&self, partition: i32) -> KeyValue {
        let kept = usize::try_from(partition).ok().and_then(|place| self.partitions.get(place));
        match kept {
            Some(kept) => {
                let id = kept.get_or_init(|| shared(&partition.to_string())).clone();
                KeyValue::new(MESSAGING_DESTINATION_PARTITION_ID, id)
            }
            None => partition_id(partition),
        }
    }

    /// A context in which all log lines name the topic.
    pub(crate) fn named_in(&self, parent: &Context) -> Context {
        match (&self.name, &self.fields) {
            (Some(name), Some(fields)) => match parent.get::<LogContext>() {
                None => fields.clone().in_context(parent),
                Some(others) => {
                    others.clone().with(MESSAGING_DESTINATION_NAME, name.clone()).in_context(parent)
                }
            },
            _ => parent.clone(),
        }
    }
}

impl Prepared {
    fn new(kind: Kind, topic: Option<&StringValue>, identity: &Identity) -> Self {
        let name = match topic {
            Some(topic) => Cow::Owned(format!("{} {topic}", kind.name())),
            None => Cow::Borrowed(kind.name()),
        };
        let topic = topic.cloned().map(|topic| KeyValue::new(MESSAGING_DESTINATION_NAME, topic));
        let attributes = topic.into_iter().chain(identity.client_id()).chain(identity.attributes(kind));
        Self { name, kind, attributes: attributes.collect() }
    }

    /// Begins the attributes of a span.
    pub(crate) fn describe(&self, attributes: &mut Vec<KeyValue>) {
        // Constants cost less than copies.
        attributes.push(KeyValue::new(MESSAGING_SYSTEM, SYSTEM));
        attributes.push(KeyValue::new(MESSAGING_OPERATION_NAME, self.kind.name()));
        attributes.push(KeyValue::new(MESSAGING_OPERATION_TYPE, self.kind.operation_type()));
        attributes.extend_from_slice(&self.attributes);
    }
}

/// `messaging.system`.
pub(crate) const SYSTEM: &str = "kafka";

/// Partitions whose names are kept.
const PARTITIONS: usize = 64;

/// 128 topics are kept.
const BITS: u32 = 7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_kept_while_there_is_room_and_made_anew_after() {
        let identity = Identity::default();
        let table = TopicTable::new(&identity);
        let find = |name: &str| table.topic(Some(name), &identity);
        assert!(Arc::ptr_eq(&find("orders"), &find("orders")));
        let names: Vec<_> = (0..2000).map(|number| format!("orders{number}")).collect();
        for name in &names {
            assert_eq!(*find(name).prepared(Kind::Send).name, *format!("send {name}"));
        }
        let kept = names.iter().filter(|name| Arc::ptr_eq(&find(name), &find(name))).count();
        assert!((64..(1 << BITS) + REACH).contains(&kept), "{kept}");
        assert_eq!(table.topic(None, &identity).prepared(Kind::Commit).name, "commit");
    }
}
