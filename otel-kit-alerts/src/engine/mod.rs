//! Evaluates rules. It knows no clock and does no input or output: what it is given is all that it knows.

mod prepared;
mod settings;
mod steady;
mod texts;
mod verdict;

use std::{collections::BTreeSet, time::SystemTime};

use otel_kit_core::{
    alert::{Alert, AlertState},
    exception::Group,
    metrics::Snapshot,
    semconv::attribute::ALERT_NAME,
};

pub(crate) use self::settings::EngineSettings;
use self::{prepared::Prepared, steady::Steady, texts::Texts};
use crate::{
    expr::{Answer, ExceptionStore, Query},
    history::{Millis, length, millis},
    persist::SavedAlert,
    rule::{Rule, RuleError},
    series::Store,
    state::{Instance, Kept, Report},
};

/// All rules, what they remember, and how far their alerts are.
#[derive(Debug)]
pub(crate) struct Engine {
    rules: Vec<Prepared>,
    queries: Vec<Query>,
    store: Store,
    exceptions: ExceptionStore,
    texts: Texts,
    kept: Kept,
    time: Steady,
    interval: Millis,
}

/// What comes of an evaluation.
#[derive(Debug, Default)]
pub(crate) struct Evaluation {
    /// What whoever notifies has to be told: what fires, now and then, and what is over.
    pub(crate) to_send: Vec<Alert>,
    /// Alerts whose state is another one than before.
    pub(crate) changed: Vec<Alert>,
    /// Rules that failed, and why.
    pub(crate) failed: Vec<(String, String)>,
}

impl Engine {
    /// Makes rules ready for use.
    ///
    /// # Errors
    /// Names the first rule that makes no sense, and its place in the list.
    pub(crate) fn new(rules: Vec<Rule>, settings: &EngineSettings) -> Result<Self, RuleError> {
        let interval = length(settings.interval);
        let mut store = Store::new(settings.memory, interval);
        let mut exceptions = ExceptionStore::new(interval);
        let mut texts = Texts::new(settings.labels.clone());
        let (mut queries, mut known) = (Vec::new(), Vec::new());
        let mut prepared = Vec::with_capacity(rules.len());
        for (index, rule) in rules.into_iter().enumerate() {
            let place = format!("rules[{index}]");
            let key = (rule.expr.clone(), rule.query_offset);
            let query = known.iter().position(|known| *known == key);
            let new = Prepared::new(rule, query.unwrap_or(queries.len()), &mut texts);
            let new = new.and_then(|new| {
                settings.check(new.rule())?;
                if query.is_none() {
                    queries.push(new.query(&mut store, &mut exceptions)?);
                    known.push(key);
                }
                Ok(new)
            });
            prepared.push(new.map_err(|error| error.below(&place))?);
        }
        let (kept, time) = (Kept::default(), Steady::default());
        Ok(Self { rules: prepared, queries, store, exceptions, texts, kept, time, interval })
    }

    /// Goes on with alerts and exceptions from before the process began.
    pub(crate) fn restore(&mut self, now: SystemTime, saved: Vec<SavedAlert>, exceptions: BTreeSet<String>) {
        let names: BTreeSet<&str> = self.rules.iter().flat_map(|rule| rule.alert_names()).collect();
        let is_known =
            |saved: &SavedAlert| saved.labels.get(ALERT_NAME).is_some_and(|name| names.contains(&**name));
        self.kept = Kept::new(saved, now, is_known);
        self.exceptions.know(exceptions);
    }

    /// Evaluates all rules at `now`.
    pub(crate) fn evaluate(
        &mut self,
        now: SystemTime,
        metrics: Result<&Snapshot, &str>,
        groups: &[Group],
    ) -> Evaluation {
        let millis = self.time.at(millis(now));
        if let Ok(snapshot) = metrics {
            self.store.take(millis, snapshot);
        }
        self.exceptions.take(millis, groups);
        let answer = |query: &Query| match metrics {
            Err(error) if query.needs_metrics() => Err(error.to_owned()),
            _ => query.answer(&self.store, &self.exceptions, millis),
        };
        let answers: Vec<Answer> = self.queries.iter().map(answer).collect();
        let mut report = Report::default();
        let mut failed = Vec::new();
        for rule in &mut self.rules {
            let Some(answer) = answers.get(rule.query_index()) else { continue };
            let is_young = !self.store.knows(millis, rule.reach().saturating_add(self.interval));
            let failure = rule.evaluate(now, (answer, is_young), (&self.texts, &mut self.kept), &mut report);
            failed.extend(failure.map(|error| (rule.rule().alert.clone(), error)));
        }
        self.kept.advance(now, &mut report.changed);
        send(self.kept.all_mut(), now, &mut report.to_send);
        Evaluation { to_send: report.to_send, changed: report.changed, failed }
    }

    /// All alerts that are not forgotten yet.
    pub(crate) fn alerts(&self) -> Vec<Alert> {
        self.instances().map(|instance| instance.alert.clone()).collect()
    }

    /// What a restart has to know of alerts.
    pub(crate) fn saved(&self, now: SystemTime) -> Vec<SavedAlert> {
        let alerts = self.instances().map(|instance| instance.saved(now));
        alerts.chain(self.kept.waiting().cloned()).collect()
    }

    /// What a restart has to know of exceptions.
    pub(crate) fn known_exceptions(&self) -> BTreeSet<String> {
        self.exceptions.known()
    }

    fn instances(&self) -> impl Iterator<Item = &Instance> {
        self.rules.iter().flat_map(Prepared::instances).chain(self.kept.all())
    }
}

/// Those that have to be told of now.
fn send<'a>(instances: impl Iterator<Item = &'a mut Instance>, now: SystemTime, to_send: &mut Vec<Alert>) {
    for instance in instances.filter(|instance| instance.is_due(now)) {
        instance.sent_at = Some(now);
        if instance.alert.state != AlertState::Pending {
            to_send.push(instance.alert.clone());
        }
    }
}

#[cfg(test)]
mod tests;
