use std::collections::BTreeMap;

use otel_kit_core::semconv::attribute::ALERT_NAME;

use crate::{
    rule::RuleError,
    series::Labels,
    state::{Found, Kind},
    template::{Expander, RuleData, Text},
};

/// Templates of all rules, and the labels of all alerts.
#[derive(Debug)]
pub(crate) struct Texts {
    expander: Expander,
    labels: Labels,
}

/// Labels or annotations of a rule, compiled.
#[derive(Debug)]
pub(crate) struct Compiled(Vec<(String, Text)>);

impl Texts {
    pub(crate) fn new(labels: Labels) -> Self {
        Self { expander: Expander::new(&labels), labels }
    }

    /// Compiles labels or annotations.
    pub(crate) fn compile(
        &mut self,
        path: &str,
        texts: &BTreeMap<String, String>,
    ) -> Result<Compiled, RuleError> {
        let compile = |(name, source): (&String, &String)| match self.expander.compile(source) {
            Ok(text) => Ok((name.clone(), text)),
            Err(error) => {
                let message = format!("the template cannot be compiled: {error}");
                Err(RuleError::new(format!("{path}.{name}"), message, "see docs.rs/minijinja for the syntax"))
            }
        };
        texts.iter().map(compile).collect::<Result<_, _>>().map(Compiled)
    }

    /// The labels of an alert: what the expression gives, what the rule says, and what all alerts have.
    pub(crate) fn labels(&self, name: &str, rule: &Compiled, found: &Labels, value: Option<f64>) -> Labels {
        let mut labels = found.clone();
        for (name, text) in &rule.0 {
            let value = self.expander.expand(text, RuleData { labels: found, value });
            if value.is_empty() {
                labels.remove(name)
            } else {
                labels.insert(name.clone(), value)
            };
        }
        for (name, value) in &self.labels {
            labels.entry(name.clone()).or_insert_with(|| value.clone());
        }
        labels.insert(ALERT_NAME.to_owned(), name.to_owned());
        labels
    }

    /// The annotations of an alert.
    pub(crate) fn annotations(&self, rule: &Compiled, found: &Found, labels: &Labels) -> Labels {
        let summary = |text: String| Labels::from([(SUMMARY.to_owned(), text)]);
        let rule_name = found.found.values().next().map(String::as_str).unwrap_or_default();
        match (found.kind, &found.note) {
            (Kind::NoData, _) => summary(format!("The rule {rule_name} has no data")),
            (Kind::Error, note) => {
                summary(format!("The rule {rule_name} fails: {}", note.as_deref().unwrap_or_default()))
            }
            (Kind::Own, title) => {
                let expand = |text| self.expander.expand(text, RuleData { labels, value: found.value });
                let title = title.iter().map(|title| (EXCEPTION.to_owned(), title.clone()));
                let own = rule.0.iter().map(|(name, text)| (name.clone(), expand(text)));
                title.chain(own).collect()
            }
        }
    }
}

/// Annotation that says in a line what it is about.
const SUMMARY: &str = "summary";
/// Annotation with the title of a group of exceptions.
const EXCEPTION: &str = "exception";
