use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

use opentelemetry::{KeyValue, StringValue};
use otel_kit_core::{bounded::intern, instrument::BoundHistogram, semconv::attribute::DB_QUERY_SUMMARY};

/// What statements of one summary record, bound once they did.
#[derive(Debug)]
pub(crate) struct Series {
    /// What spans of the summary are called.
    pub(crate) name: Option<Cow<'static, str>>,
    /// Those of the target, and the summary.
    pub(crate) attributes: Vec<KeyValue>,
    pub(crate) duration: OnceLock<BoundHistogram<f64>>,
    pub(crate) rows: OnceLock<BoundHistogram<u64>>,
}

/// The series of one database. A program that names its tables as it goes has summaries without end: beyond a
/// limit, those that are new share a series that has none.
#[derive(Debug)]
pub(crate) struct AllSeries {
    known: RwLock<HashMap<StringValue, Arc<Series>>>,
    without_summary: Arc<Series>,
}

impl AllSeries {
    /// For a database with these attributes.
    pub(crate) fn new(target: Vec<KeyValue>) -> Self {
        Self { known: RwLock::default(), without_summary: Arc::new(Series::new(None, target)) }
    }

    /// The series of a summary, which may be empty.
    pub(crate) fn of(&self, summary: &StringValue) -> Arc<Series> {
        if summary.as_str().is_empty() {
            return Arc::clone(&self.without_summary);
        }
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(series) = known.get(summary) {
            return Arc::clone(series);
        }
        let is_full = known.len() >= MOST_SUMMARIES;
        drop(known);
        if is_full { Arc::clone(&self.without_summary) } else { self.add(summary) }
    }

    /// The attributes of the database alone.
    pub(crate) fn target(&self) -> &[KeyValue] {
        &self.without_summary.attributes
    }

    fn add(&self, summary: &StringValue) -> Arc<Series> {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_SUMMARIES && !known.contains_key(summary) {
            return Arc::clone(&self.without_summary);
        }
        let series = known.entry(summary.clone()).or_insert_with(|| {
            let name = intern(summary.as_str());
            let summary = KeyValue::new(DB_QUERY_SUMMARY, summary.clone());
            Arc::new(Series::new(Some(name), self.target().iter().cloned().chain([summary]).collect()))
        });
        Arc::clone(series)
    }
}

impl Series {
    const fn new(name: Option<Cow<'static, str>>, attributes: Vec<KeyValue>) -> Self {
        Self { name, attributes, duration: OnceLock::new(), rows: OnceLock::new() }
    }
}

/// Summaries that metrics of one database tell apart; half of what the SDK tells apart of anything.
const MOST_SUMMARIES: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_limit_new_summaries_are_left_out_and_known_ones_stay() {
        let all = AllSeries::new(vec![KeyValue::new("a", 1)]);
        let of = |number: usize| all.of(&format!("SELECT t{number}").into());
        let first = of(0);
        let expected = [KeyValue::new("a", 1), KeyValue::new(DB_QUERY_SUMMARY, "SELECT t0")];
        assert_eq!(first.attributes, expected);
        for number in 0..2 * MOST_SUMMARIES {
            let has_summary = of(number).attributes.len() == 2;
            assert_eq!(has_summary, number < MOST_SUMMARIES, "{number}");
        }
        assert!(Arc::ptr_eq(&first, &of(0)));
        assert_eq!(of(MOST_SUMMARIES).attributes, all.target());
        assert_eq!(all.of(&"".into()).attributes, all.target());
    }
}
