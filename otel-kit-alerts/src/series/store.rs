use otel_kit_core::metrics::Snapshot;
use rustc_hash::FxHashMap;

use super::{Selection, Tracked, tracked::Look};
use crate::{
    history::{Millis, Needs},
    rule::{Matcher, RuleError, Selector},
};

/// All metrics that rules select, within one budget of memory.
#[derive(Debug)]
pub(crate) struct Store {
    by_name: FxHashMap<String, usize>,
    metrics: Vec<Tracked>,
    interval: Millis,
    budget: usize,
    previous: Option<Millis>,
    first: Option<Millis>,
}

/// Where a selection is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Place {
    metric: usize,
    selection: usize,
}

impl Store {
    /// `budget` is in bytes, `interval` the time between looks.
    pub(crate) fn new(budget: usize, interval: Millis) -> Self {
        Self {
            by_name: FxHashMap::default(),
            metrics: Vec::new(),
            interval,
            budget,
            previous: None,
            first: None,
        }
    }

    /// Keeps what is needed of what is selected. Equal selections are one.
    pub(crate) fn select(
        &mut self,
        selector: &Selector,
        errors: &[Matcher],
        needs: Needs,
    ) -> Result<Place, RuleError> {
        self.check_room(selector, needs)?;
        let metric = *self.by_name.entry(selector.metric.clone()).or_insert_with(|| {
            self.metrics.push(Tracked::default());
            self.metrics.len() - 1
        });
        let new = Selection::new(selector, errors)?;
        let Some(tracked) = self.metrics.get_mut(metric) else { return Ok(Place { metric, selection: 0 }) };
        tracked.needs = tracked.needs.and(needs);
        let known = tracked.selections.iter().position(|known| known.is_of(selector, errors));
        let selection = known.unwrap_or_else(|| {
            tracked.selections.push(new);
            tracked.selections.len() - 1
        });
        Ok(Place { metric, selection })
    }

    /// Looks at all metrics.
    pub(crate) fn take(&mut self, now: Millis, snapshot: &Snapshot) {
        self.metrics.iter_mut().for_each(Tracked::start);
        let mut used: usize = self.metrics.iter().map(Tracked::used).sum();
        for scope in &snapshot.scopes {
            for metric in &scope.metrics {
                let index = self.by_name.get(metric.name.as_ref());
                let Some(tracked) = index.and_then(|index| self.metrics.get_mut(*index)) else { continue };
                let before = tracked.used();
                let room = self.budget.saturating_sub(used).saturating_add(before);
                let look = Look { now, previous: self.previous, interval: self.interval, room };
                tracked.take(&scope.scope, metric, look);
                used = used - before + tracked.used();
            }
        }
        self.metrics.iter_mut().for_each(|metric| metric.forget(now));
        self.previous = Some(now);
        self.first = self.first.or(self.previous);
    }

    /// What is selected, and of which metric.
    pub(crate) fn selected(&self, place: Place) -> Option<(&Tracked, &Selection)> {
        let tracked = self.metrics.get(place.metric)?;
        Some((tracked, tracked.selections.get(place.selection)?))
    }

    /// True if it has been looking for as long as `length` at `now`.
    pub(crate) fn knows(&self, now: Millis, length: Millis) -> bool {
        self.first.is_some_and(|first| now.saturating_sub(first) >= length)
    }

    /// A rule whose series cannot be kept, should there be as many as it allows, is refused.
    fn check_room(&self, selector: &Selector, needs: Needs) -> Result<(), RuleError> {
        let bytes = needs.bytes(self.interval, USUAL_BUCKETS).saturating_mul(selector.max_series);
        if bytes <= self.budget {
            return Ok(());
        }
        let series = selector.max_series;
        let message = format!(
            "the histories of {series} series would take {}, of the {} that there are for all rules",
            mebibytes(bytes),
            mebibytes(self.budget)
        );
        let remedy = "shorten the window, lower max_series, or allow more memory for alerts";
        Err(RuleError::new("", message, remedy))
    }
}

fn mebibytes(bytes: usize) -> String {
    format!("{} MiB", bytes.div_ceil(1 << 20))
}

/// Those that the conventions advise for durations, and the last one.
const USUAL_BUCKETS: usize = 15;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{counter, snapshot};

    const NEEDS: Needs = Needs { values: None, totals: Some(300_000), buckets: None, presence: None };

    fn store(budget: usize) -> Store {
        Store::new(budget, 60_000)
    }

    fn groups(store: &Store, place: Place) -> Vec<(String, usize)> {
        let (_, selection) = store.selected(place).unwrap();
        let name = |labels: &super::super::Labels| labels.values().cloned().collect::<Vec<_>>().join(" ");
        let mut groups: Vec<_> =
            selection.groups().iter().map(|group| (name(&group.labels), group.members.len())).collect();
        groups.sort();
        groups
    }

    fn owned(of: &[(&str, usize)]) -> Vec<(String, usize)> {
        of.iter().map(|(name, members)| ((*name).to_owned(), *members)).collect()
    }

    #[test]
    fn series_are_grouped_by_the_attributes_that_tell_alerts_apart() {
        let mut store = store(1 << 20);
        let selector = Selector::new("m").max_series(100);
        let each = store.select(&selector, &[], NEEDS).unwrap();
        let by_a = store.select(&selector.clone().by(["a"]), &[], NEEDS).unwrap();
        let all = store.select(&selector.clone().by(Vec::<String>::new()), &[], NEEDS).unwrap();
        let one = selector.matching(Matcher::equal("b", "x"));
        let one = store.select(&one, &[], NEEDS).unwrap();
        let points = [(&["a=1", "b=x"][..], 1.0), (&["a=1", "b=y"], 1.0), (&["a=2"], 1.0)];
        store.take(0, &snapshot(0, [counter("m", &points), counter("other", &points)]));
        assert_eq!(groups(&store, each), owned(&[("1 x", 1), ("1 y", 1), ("2", 1)]));
        assert_eq!(groups(&store, by_a), owned(&[("1", 2), ("2", 1)]));
        assert_eq!(groups(&store, all), owned(&[("", 3)]));
        assert_eq!(groups(&store, one), owned(&[("1 x", 1)]));
    }

    #[test]
    fn the_set_for_too_many_attributes_is_part_of_a_sum_and_of_nothing_else() {
        let mut store = store(1 << 20);
        let selector = Selector::new("m").max_series(100);
        let each = store.select(&selector, &[], NEEDS).unwrap();
        let by_a = store.select(&selector.clone().by(["a"]), &[], NEEDS).unwrap();
        let all = store.select(&selector.clone().by(Vec::<String>::new()), &[], NEEDS).unwrap();
        let not = selector.clone().by(Vec::<String>::new()).matching(Matcher::not_equal("a", "1"));
        let not = store.select(&not, &[], NEEDS).unwrap();
        let failed = store.select(&selector, &[Matcher::equal("a", "")], NEEDS).unwrap();
        let points = [(&["a=1"][..], 1.0), (&["otel.metric.overflow=true"], 1.0)];
        store.take(0, &snapshot(0, [counter("m", &points)]));
        assert_eq!(groups(&store, each), owned(&[("1", 1)]));
        assert_eq!(groups(&store, by_a), owned(&[("1", 1)]));
        assert_eq!(groups(&store, all), owned(&[("", 2)]));
        assert_eq!(groups(&store, not), owned(&[]));
        assert_eq!(groups(&store, failed), owned(&[("", 1)]));
    }

    #[test]
    fn a_series_that_has_been_gone_for_long_is_forgotten_with_its_memory() {
        let mut store = store(1 << 20);
        let each = store.select(&Selector::new("m").max_series(100), &[], NEEDS).unwrap();
        let (a, b) = ((&["a=1"][..], 1.0), (&["a=2"][..], 1.0));
        store.take(0, &snapshot(0, [counter("m", &[a, b])]));
        store.take(3_600_000, &snapshot(0, [counter("m", &[b])]));
        assert_eq!(groups(&store, each).len(), 2);
        let used = store.metrics[0].used();
        store.take(3_600_001, &snapshot(0, [counter("m", &[b])]));
        assert_eq!(groups(&store, each), owned(&[("2", 1)]));
        assert_eq!(store.metrics[0].used() * 2, used);
    }

    #[test]
    fn what_has_no_room_is_left_out_and_said() {
        let mut store = store(NEEDS.bytes(60_000, 0) * 2);
        let each = store.select(&Selector::new("m").max_series(2), &[], NEEDS).unwrap();
        let points = [(&["a=1"][..], 1.0), (&["a=2"], 1.0), (&["a=3"], 1.0)];
        let failure = |store: &Store| store.selected(each).unwrap().1.failure();
        store.take(0, &snapshot(0, [counter("m", &points[..2])]));
        assert_eq!(failure(&store), None);
        store.take(1, &snapshot(0, [counter("m", &points)]));
        let expected = "the memory for histories is used up, 1 series are left out";
        assert_eq!(failure(&store).as_deref(), Some(expected));
    }

    #[test]
    fn a_series_that_had_no_room_before_is_not_taken_for_a_new_one() {
        let mut store = store(NEEDS.bytes(60_000, 0));
        let each = store.select(&Selector::new("m").max_series(1), &[], NEEDS).unwrap();
        let (a, b) = ((&["a=1"][..], 5.0), (&["a=2"][..], 500.0));
        store.take(0, &snapshot(0, [counter("m", &[a, b])]));
        store.take(60_000, &snapshot(0, [counter("m", &[b])]));
        for minute in 60..63 {
            store.take(minute * 60_000 + 1, &snapshot(0, [counter("m", &[b])]));
        }
        let (metric, selection) = store.selected(each).unwrap();
        let series = metric.series(selection.groups()[0].members[0].series).unwrap();
        let increase = series.history.increase(62 * 60_000 + 1, 120_000).unwrap();
        assert_eq!(increase.count, 0.0);
    }

    #[test]
    fn more_series_than_allowed_are_a_failure() {
        let mut store = store(1 << 20);
        let each = store.select(&Selector::new("m").max_series(1), &[], NEEDS).unwrap();
        store.take(0, &snapshot(0, [counter("m", &[(&["a=1"], 1.0), (&["a=2"], 1.0)])]));
        assert_eq!(
            store.selected(each).unwrap().1.failure().as_deref(),
            Some("more than 1 series are selected")
        );
    }

    #[test]
    fn a_rule_that_could_not_be_kept_is_refused() {
        let mut store = store(1 << 20);
        let error = store.select(&Selector::new("m"), &[], NEEDS).unwrap_err();
        assert!(
            error.message.starts_with("the histories of 2000 series would take 3 MiB, of the 1 MiB"),
            "{error}"
        );
    }
}
