use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use otel_kit_core::{
    Kit,
    alert::Alert,
    diag::{TARGET, Throttle},
    runtime::Runtime,
};
use tokio::sync::{mpsc, watch};

use super::{
    HandOver, Links, Notification, NotifySettings, SettingsError, Silences,
    budget::Budget,
    counts::{Counts, Fate},
    dispatch::{Dispatch, Receiver, Ticket},
    hand_over::RESEND_DELAY,
    worker::{Job, Report, Worker},
};
use crate::{
    channel::{Channel, Notify},
    persist::LogEntry,
};

/// Tells channels of alerts: what evaluations yield goes in, and messages come out, in groups, when they are due, and
/// once.
///
/// Nothing here waits for a channel: each has a bounded queue and a task of its own on the runtime.
/// [`tick`](Self::tick) has to be called each second or so.
pub struct Notifier {
    runtime: Arc<dyn Runtime>,
    report: Report,
    hand_overs: Mutex<Vec<(HandOver, usize)>>,
    /// Those that groups are told to come first, in the order of the dispatch's receivers.
    queues: Vec<Queue>,
    interval: Duration,
    crowded: Throttle,
}

/// Whether a notifier of these settings would start.
pub(super) fn check(settings: &NotifySettings) -> Result<(), SettingsError> {
    Plan::of(settings).map(drop)
}

#[derive(Debug)]
struct Queue {
    name: String,
    jobs: mpsc::Sender<Job>,
}

impl Notifier {
    /// Starts the channels' tasks; nothing is sent yet. It reads certificates, so it may take a moment.
    ///
    /// # Errors
    /// What is wrong with the settings, and where.
    pub fn new(
        settings: &NotifySettings,
        runtime: Arc<dyn Runtime>,
        kit: &Kit,
    ) -> Result<Self, SettingsError> {
        let plan = Plan::of(settings)?;
        let receivers = plan.grouped.iter().map(|(name, channel, _)| Receiver {
            name: name.clone(),
            send_resolved: channel.sends_resolved(),
        });
        let links = Arc::new(plan.links);
        let dispatch =
            Dispatch::new(settings.route.clone(), receivers.collect(), plan.silences.clone(), links.clone());
        let report = Report {
            dispatch: Arc::new(Mutex::new(dispatch)),
            counts: Counts::new(kit),
            open: watch::Sender::new(0),
        };
        let grouped = plan.grouped.len();
        let hand_overs = plan.handed.iter().enumerate().map(|(index, (name, ..))| {
            (HandOver::new(name.clone(), plan.silences.clone(), links.clone()), grouped + index)
        });
        let hand_overs = Mutex::new(hand_overs.collect());
        let all = plan.grouped.into_iter().chain(plan.handed);
        let queues =
            all.map(|(name, channel, notify)| start(name, &channel, notify, &runtime, &report)).collect();
        let interval = settings.route.group_interval;
        Ok(Self { runtime, report, hand_overs, queues, interval, crowded: Throttle::new(A_MINUTE) })
    }

    /// Takes what an evaluation yields: what fires and what is over lately. What fires may be believed until
    /// `ends_at` if nobody says so again. It never waits.
    pub fn receive(&self, alerts: &[Alert], ends_at: SystemTime) {
        let now = self.runtime.clock().now().wall();
        let without_place = self.report.dispatch().receive(now, alerts, ends_at);
        for (hand_over, _) in self.hand_overs().iter_mut() {
            hand_over.receive(alerts, ends_at);
        }
        if without_place > 0 {
            self.count_those_without_place(without_place);
        }
    }

    /// Hands what is due to the channels. It never waits.
    pub fn tick(&self, now: SystemTime) {
        let due = self.report.dispatch().due(now);
        for due in due {
            self.enqueue(due.ticket.receiver, due.notification, Some(due.ticket), self.interval);
        }
        let mut handed = Vec::new();
        for (hand_over, queue) in self.hand_overs().iter_mut() {
            handed.extend(hand_over.due(now).into_iter().map(|notification| (*queue, notification)));
        }
        for (queue, notification) in handed {
            self.enqueue(queue, notification, None, RESEND_DELAY);
        }
    }

    /// When the next group is due, if there is one.
    #[must_use]
    pub fn next_due(&self) -> Option<SystemTime> {
        self.report.dispatch().next_due()
    }

    /// What the channels have been told, to [restore](Self::restore) it after a restart.
    #[must_use]
    pub fn snapshot(&self) -> Vec<LogEntry> {
        self.report.dispatch().log()
    }

    /// Takes up what the channels were told before a restart: before the first evaluation.
    pub fn restore(&self, entries: Vec<LogEntry>) {
        let now = self.runtime.clock().now().wall();
        self.report.dispatch().restore(entries, now);
    }

    /// Sends what is due, and is ready when the channels have taken everything, which is `true`, or when the time is
    /// over.
    pub fn flush(&self, limit: Duration) -> impl Future<Output = bool> + Send + 'static + use<> {
        self.tick(self.runtime.clock().now().wall());
        let mut open = self.report.open.subscribe();
        let over = self.runtime.sleep(limit);
        async move {
            tokio::select! {
                done = open.wait_for(|open| *open == 0) => done.is_ok(),
                () = over => false,
            }
        }
    }

    fn count_those_without_place(&self, without_place: usize) {
        for receiver in &self.report.dispatch().receivers {
            self.report.counts.add_many(without_place, &receiver.name, Fate::Dropped, "too_many_groups");
        }
        if let Some(held_back) = self.crowded.pass() {
            tracing::warn!(target: TARGET, without_place, held_back, "too many groups of alerts: some are not notified");
        }
    }

    fn enqueue(&self, queue: usize, notification: Notification, ticket: Option<Ticket>, limit: Duration) {
        let Some(queue) = self.queues.get(queue) else { return };
        self.report.begin();
        let job = Job { notification, ticket, taken: self.runtime.clock().now(), limit };
        if let Err(refused) = queue.jobs.try_send(job) {
            let reason = match refused {
                mpsc::error::TrySendError::Full(_) => "queue_full",
                mpsc::error::TrySendError::Closed(_) => "closed",
            };
            self.report.counts.add(&queue.name, Fate::Dropped, reason);
            self.report.end(refused.into_inner().ticket, false);
        }
    }

    fn hand_overs(&self) -> MutexGuard<'_, Vec<(HandOver, usize)>> {
        self.hand_overs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Notifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifier").field("queues", &self.queues).finish_non_exhaustive()
    }
}

type Ready = (String, Channel, Arc<dyn Notify>);

/// The settings, found to be of use.
struct Plan {
    links: Links,
    silences: Silences,
    grouped: Vec<Ready>,
    /// To those who group themselves.
    handed: Vec<Ready>,
}

impl Plan {
    fn of(settings: &NotifySettings) -> Result<Self, SettingsError> {
        settings.route.validate()?;
        let links = Links::new(settings.external_url.as_deref(), settings.trace_url.as_deref())?;
        let silences = Silences::compile(&settings.silences)?;
        let names: Vec<&String> = match settings.route.channels.as_slice() {
            [] => settings.channels.keys().collect(),
            named => named.iter().collect(),
        };
        let (mut grouped, mut handed): (Vec<Ready>, Vec<Ready>) = (Vec::new(), Vec::new());
        for (index, name) in names.into_iter().enumerate() {
            let channel = settings.channels.get(name).ok_or_else(|| unknown(settings, index, name))?;
            let list = if channel.groups_itself() { &mut handed } else { &mut grouped };
            if !has(list, name) {
                let ready = channel.build().map_err(|error| error.below(&format!("channels.{name}")))?;
                list.push((name.clone(), channel.clone(), ready));
            }
        }
        for (name, unused) in
            settings.channels.iter().filter(|(name, _)| !has(&grouped, name) && !has(&handed, name))
        {
            unused.build().map_err(|error| error.below(&format!("channels.{name}")))?;
        }
        Ok(Self { links, silences, grouped, handed })
    }
}

fn has(list: &[Ready], name: &str) -> bool {
    list.iter().any(|(known, ..)| known == name)
}

fn unknown(settings: &NotifySettings, index: usize, name: &str) -> SettingsError {
    let known: Vec<_> = settings.channels.keys().map(|name| format!("`{name}`")).collect();
    let remedy = match known.as_slice() {
        [] => "declare it under `channels`".to_owned(),
        known => format!("declare it under `channels`, or take one of {}", known.join(", ")),
    };
    SettingsError::new(format!("route.channels[{index}]"), format!("there is no channel `{name}`"), remedy)
}

fn start(
    name: String,
    channel: &Channel,
    notify: Arc<dyn Notify>,
    runtime: &Arc<dyn Runtime>,
    report: &Report,
) -> Queue {
    let (jobs, waiting) = mpsc::channel(channel.queue.max(1));
    let worker = Worker {
        name: name.clone(),
        channel: notify,
        timeout: channel.timeout,
        budget: Budget::new(channel.max_per_minute),
        runtime: runtime.clone(),
        report: report.clone(),
        failing: Throttle::new(A_MINUTE),
    };
    runtime.spawn(Box::pin(worker.run(waiting)));
    Queue { name, jobs }
}

const A_MINUTE: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests;
