//! Alerts from before the process began.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use otel_kit_core::alert::{Alert, AlertState};

use super::{Fate, Instance, Timing, instance::since};
use crate::{persist::SavedAlert, series::fingerprint};

/// What was kept over a restart, until its rules have values again.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// What fired, or is over.
    told: BTreeMap<String, Instance>,
    /// What waited.
    pending: BTreeMap<String, SavedAlert>,
    until: Option<SystemTime>,
}

impl Kept {
    /// `is_known` is true of alerts that still have a rule. After an outage of more than an hour, all is over.
    pub(crate) fn new(
        saved: Vec<SavedAlert>,
        now: SystemTime,
        is_known: impl Fn(&SavedAlert) -> bool,
    ) -> Self {
        let mut kept = Self { until: now.checked_add(GRACE), ..Self::default() };
        for saved in saved {
            let fingerprint = fingerprint(&saved.labels);
            let goes_on = since(saved.evaluated_at, now) <= LONGEST_OUTAGE && is_known(&saved);
            if saved.fired_at.is_none() {
                if goes_on {
                    kept.pending.insert(fingerprint, saved);
                }
                continue;
            }
            let mut instance = instance(saved, fingerprint.clone());
            if !goes_on {
                instance.advance(false, now, Timing::default());
            }
            kept.told.insert(fingerprint, instance);
        }
        kept
    }

    /// True if there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// One that fired or is over.
    pub(crate) fn take(&mut self, fingerprint: &str) -> Option<Instance> {
        self.told.remove(fingerprint)
    }

    /// Since when the condition of an alert holds that begins now: it may have waited before, and the outage is no
    /// part of that. One with a long waiting time that is nearly over waits for ten minutes at least, as in
    /// [Prometheus](https://github.com/prometheus/prometheus/blob/main/rules/group.go).
    pub(crate) fn active_at(&mut self, fingerprint: &str, now: SystemTime, hold: Duration) -> SystemTime {
        let Some(saved) = self.pending.remove(fingerprint) else { return now };
        let remaining = hold.saturating_sub(since(saved.active_at, saved.evaluated_at));
        let active_at = if remaining.is_zero() {
            Some(saved.active_at)
        } else if hold >= GRACE && remaining < GRACE {
            now.checked_sub(hold - GRACE)
        } else {
            saved.active_at.checked_add(since(saved.evaluated_at, now))
        };
        active_at.unwrap_or(now)
    }

    /// Goes on to `now`: what has found no value of its rule in time is over.
    pub(crate) fn advance(&mut self, now: SystemTime, changed: &mut Vec<Alert>) {
        let is_over = self.until.is_some_and(|until| now >= until);
        if is_over {
            self.pending.clear();
        }
        self.told.retain(|_, instance| {
            if !is_over && instance.alert.state == AlertState::Firing {
                return true;
            }
            let fate = instance.advance(false, now, Timing::default());
            if fate == Fate::Changes {
                changed.push(instance.alert.clone());
            }
            fate != Fate::Ends
        });
    }

    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Instance> {
        self.told.values_mut()
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Instance> {
        self.told.values()
    }

    /// What waited and has not begun again.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &SavedAlert> {
        self.pending.values()
    }
}

/// For the file.
impl Instance {
    pub(crate) fn saved(&self, now: SystemTime) -> SavedAlert {
        let alert = &self.alert;
        SavedAlert {
            labels: alert.labels.clone(),
            annotations: alert.annotations.clone(),
            value: alert.value.filter(|value| value.is_finite()),
            active_at: alert.active_at,
            fired_at: alert.fired_at,
            keep_firing_since: self.keep_firing_since,
            resolved_at: alert.resolved_at,
            evaluated_at: now,
        }
    }
}

fn instance(saved: SavedAlert, fingerprint: String) -> Instance {
    let mut alert = Alert::new(saved.labels, fingerprint, saved.active_at);
    alert.annotations = saved.annotations;
    alert.value = saved.value;
    alert.fired_at = saved.fired_at;
    alert.resolved_at = saved.resolved_at;
    alert.state = if saved.resolved_at.is_some() { AlertState::Inactive } else { AlertState::Firing };
    Instance { keep_firing_since: saved.keep_firing_since, ..Instance::new(alert) }
}

/// What is older does not go on.
const LONGEST_OUTAGE: Duration = Duration::from_secs(60 * 60);
/// How long rules have to come to a value again.
const GRACE: Duration = Duration::from_secs(10 * 60);
