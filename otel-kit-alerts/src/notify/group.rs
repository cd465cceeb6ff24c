use std::{
    collections::{BTreeMap, BTreeSet},
    time::SystemTime,
};

use otel_kit_core::alert::Alert;

use super::{Silences, dedup::Now};

/// Alerts that are told together, and when.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) labels: BTreeMap<String, String>,
    /// By fingerprint.
    pub(crate) members: BTreeMap<String, Member>,
    /// When its channels are asked next.
    pub(crate) next: SystemTime,
    pub(crate) has_begun: bool,
    /// Channels that this round has not decided on yet, by their place.
    pub(crate) waiting: BTreeSet<usize>,
    /// Channels that are being told, and until when that may last.
    pub(crate) in_flight: BTreeMap<usize, SystemTime>,
}

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) alert: Alert,
    /// When it was heard of last.
    pub(crate) heard: SystemTime,
    pub(crate) expires_at: SystemTime,
}

/// What a group holds at a time.
#[derive(Debug, Default)]
pub(crate) struct Sorted {
    pub(crate) now: Now,
    pub(crate) muted: BTreeSet<String>,
}

impl Group {
    pub(crate) fn new(labels: BTreeMap<String, String>, next: SystemTime) -> Self {
        Self {
            labels,
            members: BTreeMap::new(),
            next,
            has_begun: false,
            waiting: BTreeSet::new(),
            in_flight: BTreeMap::new(),
        }
    }

    pub(crate) fn sort(&self, silences: &Silences, last_heard: SystemTime, at: SystemTime) -> Sorted {
        let mut sorted = Sorted::default();
        for (fingerprint, member) in &self.members {
            let set = if silences.mute(&member.alert.labels, at) {
                &mut sorted.muted
            } else if member.ended(last_heard).is_some() {
                &mut sorted.now.resolved
            } else {
                &mut sorted.now.firing
            };
            set.insert(fingerprint.clone());
        }
        sorted
    }

    /// The next channel that can be decided on.
    pub(crate) fn next_channel(&mut self, at: SystemTime) -> Option<usize> {
        self.in_flight.retain(|_, until| *until > at);
        let next = self.waiting.iter().find(|channel| !self.in_flight.contains_key(channel)).copied()?;
        self.waiting.remove(&next);
        Some(next)
    }
}

impl Member {
    /// Since when it is over, if it is: it was said to be, or it is not spoken of any more while others are
    /// (`last_heard`). Silence of all of them, as after the machine has slept, ends nothing.
    pub(crate) fn ended(&self, last_heard: SystemTime) -> Option<SystemTime> {
        let forgotten = self.heard < last_heard && self.expires_at < last_heard;
        self.alert.resolved_at.or(forgotten.then_some(self.expires_at))
    }
}
