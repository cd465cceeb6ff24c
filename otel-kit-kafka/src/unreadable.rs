use std::{
    collections::VecDeque,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use rdkafka::message::Message;

/// The last messages whose headers cannot be read, as each attempt calls the application's panic hook.
#[derive(Debug, Default)]
pub(crate) struct Unreadable {
    is_any: AtomicBool,
    last: Mutex<VecDeque<Place>>,
}

/// Where a message is.
#[derive(Debug)]
struct Place {
    topic: Box<str>,
    partition: i32,
    offset: i64,
}

impl Unreadable {
    pub(crate) fn contains<M: Message>(&self, message: &M) -> bool {
        self.is_any.load(Ordering::Relaxed) && self.find(message)
    }

    #[cold]
    pub(crate) fn add<M: Message>(&self, message: &M) {
        let (topic, partition, offset) = (message.topic().into(), message.partition(), message.offset());
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() >= KEPT {
            last.pop_front();
        }
        last.push_back(Place { topic, partition, offset });
        self.is_any.store(true, Ordering::Relaxed);
    }

    #[cold]
    fn find<M: Message>(&self, message: &M) -> bool {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        // The last one is asked for most.
        last.iter().rev().any(|place| {
            place.offset == message.offset()
                && place.partition == message.partition()
                && *place.topic == *message.topic()
        })
    }
}

/// More than are in work at once.
const KEPT: usize = 256;

#[cfg(test)]
mod tests {
    use rdkafka::{Timestamp, message::OwnedMessage};

    use super::*;

    fn message(topic: &str, partition: i32, offset: i64) -> OwnedMessage {
        OwnedMessage::new(None, None, topic.to_owned(), Timestamp::NotAvailable, partition, offset, None)
    }

    #[test]
    fn the_last_messages_are_kept_and_no_other_one_is_taken_for_them() {
        let unreadable = Unreadable::default();
        assert!(!unreadable.contains(&message("orders", 1, 7)));
        unreadable.add(&message("orders", 1, 7));
        assert!(unreadable.contains(&message("orders", 1, 7)));
        for other in [message("users", 1, 7), message("orders", 0, 7), message("orders", 1, 8)] {
            assert!(!unreadable.contains(&other), "{other:?}");
        }
        (0..1000).for_each(|offset| unreadable.add(&message("users", 0, offset)));
        assert!(
            !unreadable.contains(&message("orders", 1, 7)) && unreadable.contains(&message("users", 0, 999))
        );
        assert_eq!(unreadable.last.lock().unwrap().len(), KEPT);
    }
}
