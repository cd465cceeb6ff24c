use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, SystemTime},
};

use super::dedup::Now;
use crate::persist::LogEntry;

/// What each channel was told last about each group.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(BTreeMap<(String, String), LogEntry>);

impl Log {
    pub(crate) fn last(&self, group: &str, channel: &str) -> Option<&LogEntry> {
        self.0.get(&(group.to_owned(), channel.to_owned()))
    }

    /// The channel has been told.
    pub(crate) fn record(&mut self, entry: LogEntry) {
        self.0.insert((entry.group.clone(), entry.channel.clone()), entry);
    }

    /// What a silence mutes is not known to the channel any more: it is announced again if it fires afterwards.
    pub(crate) fn mute(&mut self, group: &str, channel: &str, muted: &BTreeSet<String>) {
        if let Some(entry) = self.0.get_mut(&(group.to_owned(), channel.to_owned())) {
            entry.firing.retain(|fingerprint| !muted.contains(fingerprint));
        }
    }

    /// True if any channel was told that this fires, and not yet that it is over.
    pub(crate) fn announces(&self, group: &str, fingerprint: &str) -> bool {
        self.of(group).any(|entry| entry.firing.contains(fingerprint))
    }

    /// Of what is over, what the channel does not know yet: that which it was told fires.
    pub(crate) fn news(&self, group: &str, channel: &str, now: Now) -> Now {
        let told = self.last(group, channel).map(|last| &last.firing);
        let is_news = |one: &String| told.is_some_and(|told| told.contains(one));
        Now { resolved: now.resolved.into_iter().filter(is_news).collect(), ..now }
    }

    /// Forgets what was not repeated for so long that nobody remembers.
    pub(crate) fn expire(&mut self, now: SystemTime, keep: Duration) {
        self.0.retain(|_, entry| now.duration_since(entry.at).unwrap_or_default() <= keep);
    }

    pub(crate) fn entries(&self) -> Vec<LogEntry> {
        self.0.values().cloned().collect()
    }

    /// Takes up what was kept; what comes from the future, as after the clock was set, is from now.
    pub(crate) fn restore(&mut self, entries: Vec<LogEntry>, now: SystemTime) {
        for entry in entries.into_iter().take(MOST) {
            self.record(LogEntry { at: entry.at.min(now), ..entry });
        }
    }

    fn of<'a>(&'a self, group: &'a str) -> impl Iterator<Item = &'a LogEntry> {
        let from = (group.to_owned(), String::new());
        self.0.range(from..).take_while(move |((of, _), _)| of == group).map(|(_, entry)| entry)
    }
}

/// Of a file that somebody else may have written.
const MOST: usize = 100_000;
