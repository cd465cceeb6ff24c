use std::{collections::BTreeMap, mem, sync::Arc, time::SystemTime};

use opentelemetry::{SpanId, TraceId};
use otel_kit_core::alert::{Alert, AlertState};
use rustc_hash::FxHashMap;

use super::{Fate, Instance, Kept, Timing};
use crate::series::{Labels, fingerprint};

/// All alerts of one rule.
#[derive(Debug, Default)]
pub(crate) struct States {
    all: BTreeMap<String, Tracked>,
    by_found: FxHashMap<(Kind, Arc<Labels>), String>,
}

#[derive(Debug)]
struct Tracked {
    instance: Instance,
    kind: Kind,
    /// Labels that the expression gave it.
    found: Arc<Labels>,
    is_seen: bool,
}

/// What an alert is about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Kind {
    /// What the rule watches.
    Own,
    /// The rule has no data.
    NoData,
    /// The rule fails.
    Error,
}

/// A set of labels for which a condition holds.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) kind: Kind,
    /// Labels that the expression gave it.
    pub(crate) found: Arc<Labels>,
    /// Identity.
    pub(crate) fingerprint: String,
    /// All its labels, unless it is known already.
    pub(crate) labels: Option<Labels>,
    pub(crate) value: Option<f64>,
    pub(crate) exemplar: Option<(TraceId, SpanId)>,
    /// What there is to say beside what the rule says.
    pub(crate) note: Option<String>,
}

/// What comes of an evaluation.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// What whoever notifies has to be told.
    pub(crate) to_send: Vec<Alert>,
    /// Alerts whose state is another one than before.
    pub(crate) changed: Vec<Alert>,
}

/// Makes the annotations of what was found, by its labels.
type Describe<'a> = &'a dyn Fn(&Found, &Labels) -> Labels;

impl States {
    /// The alert that was made of these labels: its identity and state.
    pub(crate) fn known(&self, kind: Kind, found: &Arc<Labels>) -> Option<(String, AlertState)> {
        if self.by_found.is_empty() {
            return None;
        }
        let fingerprint = self.by_found.get(&(kind, Arc::clone(found)))?;
        self.all.get(fingerprint).map(|tracked| (fingerprint.clone(), tracked.instance.alert.state))
    }

    /// True if one of this kind waits or fires.
    pub(crate) fn is_active(&self, kind: Kind) -> bool {
        let mut of_kind = self.all.values().filter(|tracked| tracked.kind == kind);
        of_kind.any(|tracked| tracked.instance.alert.state != AlertState::Inactive)
    }

    /// Takes up an alert from before the process began, if it is one of these labels.
    pub(crate) fn adopt(&mut self, found: &Arc<Labels>, labels: &Labels, kept: &mut Kept) {
        let fingerprint = fingerprint(labels);
        if let Some(instance) = kept.take(&fingerprint) {
            self.add(fingerprint, (Kind::Own, Arc::clone(found)), instance);
        }
    }

    /// Takes what was found at `now`.
    pub(crate) fn on(
        &mut self,
        mut found: Found,
        (now, timing): (SystemTime, Timing),
        kept: &mut Kept,
        (describe, report): (Describe<'_>, &mut Report),
    ) {
        let is_new = !self.all.contains_key(&found.fingerprint);
        if is_new {
            let id = found.fingerprint.clone();
            let labels = found.labels.take().unwrap_or_default();
            let instance = kept.take(&id).unwrap_or_else(|| {
                Instance::new(Alert::new(labels, id.clone(), kept.active_at(&id, now, timing.hold)))
            });
            self.add(id, (found.kind, Arc::clone(&found.found)), instance);
        }
        let Some(tracked) = self.all.get_mut(&found.fingerprint) else { return };
        tracked.is_seen = true;
        if tracked.found != found.found {
            self.by_found.remove(&(tracked.kind, Arc::clone(&tracked.found)));
            self.by_found.insert((found.kind, Arc::clone(&found.found)), found.fingerprint.clone());
            tracked.found = Arc::clone(&found.found);
        }
        let is_changed = tracked.instance.advance(true, now, timing) == Fate::Changes || is_new;
        let alert = &mut tracked.instance.alert;
        if is_changed || alert.value != found.value || found.kind == Kind::Error {
            alert.annotations = describe(&found, &alert.labels);
        }
        alert.value = found.value;
        alert.exemplar = found.exemplar.or(alert.exemplar);
        if is_changed {
            report.changed.push(alert.clone());
        }
    }

    /// Goes on with all that was not found: it is over; or what the rule watches stays as it is.
    pub(crate) fn finish(&mut self, stays: bool, (now, timing): (SystemTime, Timing), report: &mut Report) {
        let by_found = &mut self.by_found;
        self.all.retain(|_, tracked| {
            if mem::take(&mut tracked.is_seen) {
                return true;
            }
            let state = tracked.instance.alert.state;
            let holds = stays && tracked.kind == Kind::Own && state != AlertState::Inactive;
            let fate = tracked.instance.advance(holds, now, timing);
            if fate == Fate::Changes || (fate == Fate::Ends && state == AlertState::Pending) {
                report.changed.push(tracked.instance.alert.clone());
            }
            if fate == Fate::Ends {
                by_found.remove(&(tracked.kind, Arc::clone(&tracked.found)));
            }
            fate != Fate::Ends
        });
    }

    /// All alerts, for whoever sends them.
    pub(crate) fn all_mut(&mut self) -> impl Iterator<Item = &mut Instance> {
        self.all.values_mut().map(|tracked| &mut tracked.instance)
    }

    /// All alerts.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Instance> {
        self.all.values().map(|tracked| &tracked.instance)
    }

    fn add(&mut self, fingerprint: String, (kind, found): (Kind, Arc<Labels>), instance: Instance) {
        self.by_found.insert((kind, Arc::clone(&found)), fingerprint.clone());
        self.all.insert(fingerprint, Tracked { instance, kind, found, is_seen: false });
    }
}
