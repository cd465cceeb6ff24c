use std::{collections::BTreeSet, sync::Arc, time::SystemTime};

use otel_kit_core::alert::AlertState;

use super::{
    send,
    texts::{Compiled, Texts},
    verdict::{ERROR, NO_DATA, Verdict},
};
use crate::{
    expr::{Answer, ExceptionStore, Query, Sample, prepare},
    history::{Millis, length},
    rule::{Condition, Expr, Rule, RuleError},
    series::{Labels, Store, fingerprint},
    state::{Found, Instance, Kept, Kind, Report, States, Timing},
};

/// A rule that is ready for use, and its alerts.
#[derive(Debug)]
pub(crate) struct Prepared {
    rule: Rule,
    query: usize,
    condition: Condition,
    labels: Compiled,
    annotations: Compiled,
    /// Labels are made of those of the expression alone, never of its value.
    has_fixed_labels: bool,
    /// How long the metrics have to be known before having no data means something.
    reach: Millis,
    states: States,
}

impl Prepared {
    /// `query` is the place of its expression.
    pub(crate) fn new(rule: Rule, query: usize, texts: &mut Texts) -> Result<Self, RuleError> {
        rule.validate()?;
        let Some(condition) = rule.condition.or_else(|| rule.expr.condition()) else {
            return Err(RuleError::new("", "no threshold", "say above: 0.05"));
        };
        Ok(Self {
            query,
            condition,
            labels: texts.compile("labels", &rule.labels)?,
            annotations: texts.compile("annotations", &rule.annotations)?,
            has_fixed_labels: !rule.labels.values().any(|source| source.contains('{')),
            reach: reach(&rule),
            states: States::default(),
            rule,
        })
    }

    /// Its expression, made ready for use.
    pub(crate) fn query(
        &self,
        store: &mut Store,
        exceptions: &mut ExceptionStore,
    ) -> Result<Query, RuleError> {
        let offset = length(self.rule.query_offset);
        prepare(&self.rule.expr, offset, (store, exceptions)).map_err(|error| error.below("expr"))
    }

    pub(crate) const fn rule(&self) -> &Rule {
        &self.rule
    }

    /// The place of its expression.
    pub(crate) const fn query_index(&self) -> usize {
        self.query
    }

    /// What its alerts may be called.
    pub(crate) fn alert_names(&self) -> [&str; 3] {
        [&self.rule.alert, NO_DATA, ERROR]
    }

    /// How long the metrics have to be known before having no data means something.
    pub(crate) const fn reach(&self) -> Millis {
        self.reach
    }

    pub(crate) fn instances(&self) -> impl Iterator<Item = &Instance> {
        self.states.all()
    }

    /// Goes on to `now` with what its expression yields; if it fails, the answer is why.
    ///
    /// `is_young`: the metrics are not known for long enough to miss any.
    pub(crate) fn evaluate(
        &mut self,
        now: SystemTime,
        (answer, is_young): (&Answer, bool),
        (texts, kept): (&Texts, &mut Kept),
        report: &mut Report,
    ) -> Option<String> {
        let Verdict { found, own, stays, failure } = self.verdict((answer, is_young), texts, kept);
        let own = own.map(|(kind, note)| self.found_own(kind, note, texts));
        let timing = Timing { hold: self.rule.hold, keep_firing_for: self.rule.keep_firing_for };
        let describe = |found: &Found, labels: &Labels| texts.annotations(&self.annotations, found, labels);
        for found in found.into_iter().chain(own) {
            self.states.on(found, (now, timing), kept, (&describe, report));
        }
        self.states.finish(stays, (now, timing), report);
        send(self.states.all_mut(), now, &mut report.to_send);
        failure
    }

    fn verdict(&mut self, (answer, is_young): (&Answer, bool), texts: &Texts, kept: &mut Kept) -> Verdict {
        let has_alerts = |states: &States| states.is_active(Kind::Own);
        match answer {
            Err(error) => Verdict::failed(&self.rule, error.clone(), has_alerts(&self.states)),
            Ok(samples) if samples.is_empty() && !matches!(self.rule.expr, Expr::Exceptions(_)) => {
                if is_young {
                    Verdict::default()
                } else {
                    Verdict::without_data(&self.rule, has_alerts(&self.states))
                }
            }
            Ok(samples) => match self.found(samples, texts, kept) {
                Ok(found) => Verdict { found, ..Verdict::default() },
                // Nobody can tell which of them it would be.
                Err(error) => Verdict { stays: false, ..Verdict::failed(&self.rule, error, false) },
            },
        }
    }

    /// The labels for which the condition holds.
    fn found(&mut self, samples: &[Sample], texts: &Texts, kept: &mut Kept) -> Result<Vec<Found>, String> {
        let mut all = Vec::new();
        let mut fingerprints = BTreeSet::new();
        for sample in samples {
            let known = self.states.known(Kind::Own, &sample.labels);
            let fires = known.as_ref().is_some_and(|(_, state)| *state == AlertState::Firing);
            let labels = || texts.labels(&self.rule.alert, &self.labels, &sample.labels, Some(sample.value));
            if !(sample.is_enough && self.condition.holds(sample.value, fires)) {
                if known.is_none() && !kept.is_empty() {
                    self.states.adopt(&sample.labels, &labels(), kept);
                }
                continue;
            }
            let (fingerprint, labels) = match known {
                Some((fingerprint, _)) if self.has_fixed_labels => (fingerprint, None),
                _ => {
                    let labels = labels();
                    (fingerprint(&labels), Some(labels))
                }
            };
            if !fingerprints.insert(fingerprint.clone()) {
                let labels = labels.unwrap_or_else(|| (*sample.labels).clone());
                return Err(format!("two results have the same labels: {labels:?}"));
            }
            all.push(Found {
                kind: Kind::Own,
                found: Arc::clone(&sample.labels),
                fingerprint,
                labels,
                value: Some(sample.value),
                exemplar: sample.exemplar,
                note: sample.title.clone(),
            });
        }
        let limit = self.rule.limit;
        if limit > 0 && all.len() > limit {
            return Err(format!("{} alerts are more than its limit of {limit}", all.len()));
        }
        Ok(all)
    }

    /// An alert about the rule itself.
    fn found_own(&self, kind: Kind, note: Option<String>, texts: &Texts) -> Found {
        let (name, found) = match kind {
            Kind::Own => (self.rule.alert.as_str(), Labels::new()),
            Kind::NoData => (NO_DATA, named(&self.rule.alert)),
            Kind::Error => (ERROR, named(&self.rule.alert)),
        };
        let labels = texts.labels(name, &self.labels, &found, None);
        Found {
            kind,
            found: Arc::new(found),
            fingerprint: fingerprint(&labels),
            labels: Some(labels),
            value: None,
            exemplar: None,
            note,
        }
    }
}

fn reach(rule: &Rule) -> Millis {
    let windows = rule.expr.windows().into_iter().map(|(_, window)| window);
    length(windows.max().unwrap_or_default().saturating_add(rule.query_offset))
}

fn named(rule: &str) -> Labels {
    Labels::from([(RULE_NAME.to_owned(), rule.to_owned())])
}

/// Label of an alert about a rule.
const RULE_NAME: &str = "rulename";
