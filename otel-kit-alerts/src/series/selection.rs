use opentelemetry::KeyValue;
use otel_kit_core::semconv::attribute::OTEL_METRIC_OVERFLOW;

use super::{Group, Labels, Member, groups::Groups, labels_of, text::text};
use crate::rule::{Matcher, RuleError, Selector, Test};

/// What a rule selects of a metric.
#[derive(Debug)]
pub(crate) struct Selection {
    what: What,
    tests: Vec<Test>,
    failures: Vec<Test>,
    groups: Groups,
    refused: usize,
}

/// What makes selections the same.
#[derive(Clone, Debug, PartialEq)]
struct What {
    matchers: Vec<Matcher>,
    by: Option<Vec<String>>,
    errors: Vec<Matcher>,
    max_series: usize,
}

impl Selection {
    /// `errors` is what tells failures from the rest, and empty if nothing has to.
    pub(crate) fn new(selector: &Selector, errors: &[Matcher]) -> Result<Self, RuleError> {
        let tests = |matchers: &[Matcher]| matchers.iter().map(Matcher::test).collect::<Result<Vec<_>, _>>();
        let what = What::new(selector, errors);
        let (tests, failures) = (tests(&what.matchers)?, tests(&what.errors)?);
        Ok(Self { what, tests, failures, groups: Groups::default(), refused: 0 })
    }

    pub(crate) fn is_of(&self, selector: &Selector, errors: &[Matcher]) -> bool {
        self.what == What::new(selector, errors)
    }

    /// The series by the labels of their alerts.
    pub(crate) fn groups(&self) -> &[Group] {
        self.groups.all()
    }

    /// Why what is selected is not all of it, if it is not.
    pub(crate) fn failure(&self) -> Option<String> {
        if self.groups.members() > self.what.max_series {
            return Some(format!("more than {} series are selected", self.what.max_series));
        }
        (self.refused > 0)
            .then(|| format!("the memory for histories is used up, {} series are left out", self.refused))
    }

    /// True if it selects the series with these attributes.
    pub(crate) fn selects(&self, attributes: &[KeyValue]) -> bool {
        if is_overflow(attributes) {
            // Nobody knows what its attributes were.
            return self.tests.is_empty()
                && self.failures.is_empty()
                && self.what.by.as_ref().is_some_and(Vec::is_empty);
        }
        self.tests.iter().all(|test| accepts(test, attributes))
    }

    pub(crate) fn add(&mut self, attributes: &[KeyValue], series: usize) {
        let failed = self.failures.iter().any(|test| accepts(test, attributes));
        self.groups.add(self.labels(attributes), Member { series, failed });
    }

    pub(crate) fn clear(&mut self) {
        self.groups.clear();
    }

    /// A series that is selected has no room.
    pub(crate) const fn refuse(&mut self) {
        self.refused += 1;
    }

    /// How many series have no room.
    pub(crate) const fn refused(&self) -> usize {
        self.refused
    }

    /// From here on those without room are counted anew.
    pub(crate) const fn start(&mut self) {
        self.refused = 0;
    }

    fn labels(&self, attributes: &[KeyValue]) -> Labels {
        if is_overflow(attributes) { Labels::new() } else { labels_of(attributes, self.what.by.as_deref()) }
    }
}

impl What {
    fn new(selector: &Selector, errors: &[Matcher]) -> Self {
        let by = selector.by.clone().or_else(|| (!errors.is_empty()).then(Vec::new));
        let (matchers, errors) = (selector.matchers.clone(), errors.to_vec());
        Self { matchers, by, errors, max_series: selector.max_series }
    }
}

fn is_overflow(attributes: &[KeyValue]) -> bool {
    matches!(attributes, [only] if only.key.as_str() == OTEL_METRIC_OVERFLOW)
}

fn accepts(test: &Test, attributes: &[KeyValue]) -> bool {
    match attributes.iter().find(|attribute| attribute.key.as_str() == test.label) {
        Some(attribute) => test.accepts(&text(&attribute.value)),
        None => test.accepts(""),
    }
}
