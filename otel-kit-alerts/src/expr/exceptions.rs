use std::{collections::BTreeSet, sync::Arc};

use opentelemetry::TraceId;
use otel_kit_core::{
    exception::Group,
    semconv::attribute::{EXCEPTION_FINGERPRINT, EXCEPTION_TYPE},
};
use rustc_hash::FxHashMap;

use super::Sample;
use crate::{
    history::{History, Millis, Needs, Reading, length, millis},
    rule::{ExceptionEvent, OPERATION, Test},
    series::{Labels, label_name},
};

/// What is known of the groups of exceptions.
#[derive(Debug)]
pub(crate) struct ExceptionStore {
    groups: FxHashMap<String, Tracked>,
    needs: Needs,
    interval: Millis,
    previous: Option<Millis>,
    /// Groups that were known before the process began.
    known: BTreeSet<String>,
}

#[derive(Debug)]
struct Tracked {
    group: Group,
    labels: Arc<Labels>,
    history: History,
    /// When it last came back, and after how long.
    back: Option<(Millis, Millis)>,
    looked: Millis,
}

impl ExceptionStore {
    pub(crate) fn new(interval: Millis) -> Self {
        Self {
            groups: FxHashMap::default(),
            needs: Needs::default(),
            interval,
            previous: None,
            known: BTreeSet::new(),
        }
    }

    /// For how long counts are kept.
    pub(crate) fn need(&mut self, keep: Millis) {
        self.needs = self.needs.and(Needs { totals: Some(keep), ..Needs::default() });
    }

    /// These are not new.
    pub(crate) fn know(&mut self, fingerprints: impl IntoIterator<Item = String>) {
        self.known.extend(fingerprints.into_iter().take(MOST_KNOWN));
    }

    /// All that would not be new to a process that starts now.
    pub(crate) fn known(&self) -> BTreeSet<String> {
        let all = self.groups.keys().chain(&self.known);
        all.take(MOST_KNOWN).cloned().collect()
    }

    /// Looks at all groups; those that are not there any more are forgotten.
    pub(crate) fn take(&mut self, now: Millis, groups: &[Group]) {
        for group in groups {
            if let Some(tracked) = self.groups.get_mut(&group.fingerprint) {
                tracked.take(now, group, self.previous);
            } else {
                let tracked = Tracked::new(now, group, (self.needs, self.interval, self.previous));
                self.groups.insert(group.fingerprint.clone(), tracked);
            }
        }
        self.groups.retain(|_, tracked| tracked.looked == now);
        self.previous = Some(now);
    }

    /// What happens to the groups that match.
    pub(crate) fn samples(&self, tests: &[Test], event: ExceptionEvent, now: Millis) -> Vec<Sample> {
        let matching =
            self.groups.values().filter(|tracked| tests.iter().all(|test| accepts(test, &tracked.group)));
        matching.filter_map(|tracked| self.sample(tracked, event, now)).collect()
    }

    fn sample(&self, tracked: &Tracked, event: ExceptionEvent, now: Millis) -> Option<Sample> {
        let group = &tracked.group;
        let is_recent = |time: Millis, within| now.saturating_sub(time) < length(within);
        let flag = |holds: bool| if holds { 1.0 } else { 0.0 };
        let value = match event {
            ExceptionEvent::Count { window } => tracked.history.increase(now, length(window))?.count,
            ExceptionEvent::New { within } => {
                flag(is_recent(millis(group.first_seen), within) && !self.known.contains(&group.fingerprint))
            }
            ExceptionEvent::Regression { quiet, within } => flag(
                tracked.back.is_some_and(|(time, after)| is_recent(time, within) && after >= length(quiet)),
            ),
        };
        let sample = &group.sample;
        let is_in_trace = sample.trace_id != TraceId::INVALID;
        Some(Sample {
            exemplar: is_in_trace.then_some((sample.trace_id, sample.span_id)),
            title: Some(group.title.clone()),
            ..Sample::new(Arc::clone(&tracked.labels), value)
        })
    }
}

impl Tracked {
    fn new(now: Millis, group: &Group, (needs, interval, previous): (Needs, Millis, Option<Millis>)) -> Self {
        let labels = [(EXCEPTION_TYPE, &group.exception_type), (EXCEPTION_FINGERPRINT, &group.fingerprint)];
        let labels = labels.map(|(key, value)| (label_name(key).into_owned(), value.clone()));
        let mut history = History::new(needs, interval);
        // Before its first exception it had none, even if nobody looked.
        let absent_at = previous.unwrap_or_else(|| millis(group.first_seen).min(now).saturating_sub(1));
        history.take(now, Reading::Count(count(group)), Some(absent_at));
        Self {
            group: group.clone(),
            labels: Arc::new(Labels::from(labels)),
            history,
            back: None,
            looked: now,
        }
    }

    fn take(&mut self, now: Millis, group: &Group, previous: Option<Millis>) {
        let last_seen = millis(self.group.last_seen);
        if group.count != self.group.count
            && let Some(previous) = previous
        {
            // It was quiet until the look before; when the first one came after that is known only if it is the last.
            let first_after =
                if group.count == self.group.count + 1 { millis(group.last_seen) } else { previous };
            let quiet = first_after.max(previous).saturating_sub(last_seen);
            self.back =
                self.back.filter(|(time, after)| now.saturating_sub(*time) < *after && *after > quiet);
            self.back = self.back.or(Some((now, quiet)));
        }
        self.history.take(now, Reading::Count(count(group)), None);
        self.group.clone_from(group);
        self.looked = now;
    }
}

fn accepts(test: &Test, group: &Group) -> bool {
    match test.label.as_str() {
        EXCEPTION_TYPE => test.accepts(&group.exception_type),
        EXCEPTION_FINGERPRINT => test.accepts(&group.fingerprint),
        OPERATION if group.operations.is_empty() => test.accepts(""),
        OPERATION => group.operations.iter().any(|operation| test.accepts(operation)),
        _ => false,
    }
}

#[allow(clippy::cast_precision_loss)] // beyond 2⁵³ the last digits do not matter
const fn count(group: &Group) -> f64 {
    group.count as f64
}

/// Ten times as many as the groups that are kept by default.
const MOST_KNOWN: usize = 10_000;
