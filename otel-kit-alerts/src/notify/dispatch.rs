use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

use otel_kit_core::alert::Alert;

use super::{
    Links, Notification, Reason, Route, Silences,
    dedup::{Now, Terms, decide},
    group::{Group, Member, Sorted},
    links::texts,
    log::Log,
    notification::common,
    route::group_key,
};
use crate::persist::LogEntry;

/// Which channel is told what and when: groups, timers, silences and what was told already. It knows no clock and
/// sends nothing.
#[derive(Debug)]
pub(crate) struct Dispatch {
    pub(crate) route: Route,
    pub(crate) receivers: Vec<Receiver>,
    pub(crate) silences: Silences,
    pub(crate) links: Arc<Links>,
    log: Log,
    groups: BTreeMap<String, Group>,
    /// When alerts were heard of last.
    last_heard: SystemTime,
}

/// A channel as this sees it.
#[derive(Clone, Debug)]
pub(crate) struct Receiver {
    pub(crate) name: String,
    pub(crate) send_resolved: bool,
}

/// What to send, and how to say that it was sent.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) notification: Notification,
    pub(crate) ticket: Ticket,
}

/// What is written into the log when the channel has been told.
#[derive(Clone, Debug)]
pub(crate) struct Ticket {
    /// The channel's place.
    pub(crate) receiver: usize,
    entry: LogEntry,
}

impl Dispatch {
    pub(crate) fn new(route: Route, receivers: Vec<Receiver>, silences: Silences, links: Arc<Links>) -> Self {
        Self {
            route,
            receivers,
            silences,
            links,
            log: Log::default(),
            groups: BTreeMap::new(),
            last_heard: SystemTime::UNIX_EPOCH,
        }
    }

    /// Takes what an evaluation yields; how many alerts had no place is the answer.
    pub(crate) fn receive(&mut self, now: SystemTime, alerts: &[Alert], expires_at: SystemTime) -> usize {
        self.last_heard = now;
        alerts.iter().filter(|alert| !self.receive_one(now, alert, expires_at)).count()
    }

    /// What has to be sent now.
    pub(crate) fn due(&mut self, now: SystemTime) -> Vec<Due> {
        let mut due = Vec::new();
        let is_due = |group: &Group| group.next <= now || !group.waiting.is_empty();
        let keys = self.groups.iter().filter(|(_, group)| is_due(group)).map(|(key, _)| key.clone());
        for key in keys.collect::<Vec<_>>() {
            self.begin_round(&key, now);
            while let Some(receiver) = self.groups.get_mut(&key).and_then(|group| group.next_channel(now)) {
                due.extend(self.consider(&key, receiver, now));
            }
        }
        self.groups.retain(|_, group| !group.members.is_empty() || !group.in_flight.is_empty());
        self.log.expire(now, self.route.repeat_interval.saturating_mul(2));
        due
    }

    /// The channel has been told, or it could not be.
    pub(crate) fn done(&mut self, ticket: Ticket, is_sent: bool) {
        if let Some(group) = self.groups.get_mut(&ticket.entry.group) {
            group.in_flight.remove(&ticket.receiver);
        }
        if is_sent {
            self.log.record(ticket.entry);
        }
    }

    /// When [`due`](Self::due) has to be asked next.
    pub(crate) fn next_due(&self) -> Option<SystemTime> {
        self.groups.values().map(|group| group.next).min()
    }

    pub(crate) fn log(&self) -> Vec<LogEntry> {
        self.log.entries()
    }

    pub(crate) fn restore(&mut self, entries: Vec<LogEntry>, now: SystemTime) {
        let is_known =
            |entry: &LogEntry| self.receivers.iter().any(|receiver| receiver.name == entry.channel);
        self.log.restore(entries.into_iter().filter(is_known).collect(), now);
    }

    fn receive_one(&mut self, now: SystemTime, alert: &Alert, expires_at: SystemTime) -> bool {
        let labels = self.route.group_labels(alert);
        let key = group_key(&labels);
        if !self.groups.contains_key(&key) {
            if alert.resolved_at.is_some() && !self.log.announces(&key, &alert.fingerprint) {
                return true;
            }
            if self.groups.len() >= MOST_GROUPS {
                return false;
            }
        }
        let wait = self.route.group_wait;
        let group = self.groups.entry(key).or_insert_with(|| Group::new(labels, now + wait));
        let waited = now.duration_since(alert.fired_at.unwrap_or(now)).unwrap_or_default();
        if !group.has_begun && waited > wait {
            group.next = now;
        }
        group
            .members
            .insert(alert.fingerprint.clone(), Member { alert: alert.clone(), heard: now, expires_at });
        true
    }

    fn begin_round(&mut self, key: &str, now: SystemTime) {
        let (last_heard, log) = (self.last_heard, &self.log);
        let Some(group) = self.groups.get_mut(key).filter(|group| group.next <= now) else { return };
        group.next = now + self.route.group_interval;
        group.has_begun = true;
        group.waiting = (0..self.receivers.len()).collect();
        let is_needed = |fingerprint: &String, member: &mut Member| {
            member.ended(last_heard).is_none() || log.announces(key, fingerprint)
        };
        group.members.retain(is_needed);
    }

    fn consider(&mut self, key: &str, place: usize, at: SystemTime) -> Option<Due> {
        let group = self.groups.get(key)?;
        let receiver = self.receivers.get(place)?.clone();
        let Sorted { now, muted } = group.sort(&self.silences, self.last_heard, at);
        self.log.mute(key, &receiver.name, &muted);
        let now = self.log.news(key, &receiver.name, now);
        let terms = Terms {
            send_resolved: receiver.send_resolved,
            repeat_interval: self.route.repeat_interval,
            now: at,
        };
        let reason = decide(self.log.last(key, &receiver.name), &now, terms)?;
        let Now { firing, resolved } = now;
        let entry = LogEntry { group: key.to_owned(), channel: receiver.name, at, firing, resolved };
        if entry.firing.is_empty() && !receiver.send_resolved {
            self.log.record(entry);
            return None;
        }
        let notification = self.notification(group, &entry, reason, receiver.send_resolved);
        let until = at + self.route.group_interval + GRACE;
        self.groups.get_mut(key)?.in_flight.insert(place, until);
        Some(Due { notification, ticket: Ticket { receiver: place, entry } })
    }

    fn notification(
        &self,
        group: &Group,
        entry: &LogEntry,
        reason: Reason,
        send_resolved: bool,
    ) -> Notification {
        let resolved = entry.resolved.iter().filter(|_| send_resolved);
        let members =
            entry.firing.iter().chain(resolved).filter_map(|fingerprint| group.members.get(fingerprint));
        let shown = members
            .map(|member| self.links.shown(&member.alert, member.ended(self.last_heard), member.expires_at));
        let alerts: Vec<_> = shown.collect();
        Notification {
            receiver: entry.channel.clone(),
            group_key: entry.group.clone(),
            group_labels: texts(&group.labels),
            common_labels: common(alerts.iter().map(|alert| &alert.labels)),
            common_annotations: common(alerts.iter().map(|alert| &alert.annotations)),
            external_url: self.links.external_url.clone(),
            reason,
            at: entry.at,
            alerts,
        }
    }
}

/// More are not kept; rules have limits of their own.
const MOST_GROUPS: usize = 10_000;
/// How much later than its time limit a channel may say how it went.
const GRACE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests;
