use opentelemetry::{InstrumentationScope, KeyValue};
use otel_kit_core::metrics::Metric;
use rustc_hash::FxHashMap;

use super::{Selection, Sighting, points};
use crate::history::{History, Millis, Needs, Reading};

/// One metric that rules select: its series and their histories.
#[derive(Debug, Default)]
pub(crate) struct Tracked {
    pub(crate) needs: Needs,
    pub(crate) selections: Vec<Selection>,
    scopes: Vec<(InstrumentationScope, FxHashMap<Vec<KeyValue>, Known>)>,
    series: Vec<Option<Series>>,
    used: usize,
    /// Series were left out at the look before: one that is new then may be an old one.
    had_refused: bool,
}

/// A series with a history.
#[derive(Debug)]
pub(crate) struct Series {
    pub(crate) history: History,
    exemplars: Vec<Sighting>,
    bytes: usize,
}

/// A set of attributes that was seen.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// Index of its series, if anybody selects it.
    series: Option<usize>,
    seen: Millis,
}

/// What a look at the metrics has to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    pub(crate) now: Millis,
    /// The look before.
    pub(crate) previous: Option<Millis>,
    pub(crate) interval: Millis,
    /// Bytes that are left for histories.
    pub(crate) room: usize,
}

impl Tracked {
    /// A series by its index.
    pub(crate) fn series(&self, index: usize) -> Option<&Series> {
        self.series.get(index)?.as_ref()
    }

    /// The exemplars of a series that the last look found.
    pub(crate) fn exemplars(&self, index: usize) -> &[Sighting] {
        self.series(index).map_or(&[], |series| &series.exemplars)
    }

    /// Bytes that its histories take when they are full.
    pub(crate) const fn used(&self) -> usize {
        self.used
    }

    /// From here on the series that are there are found.
    pub(crate) fn start(&mut self) {
        self.had_refused = self.selections.iter().any(|selection| selection.refused() > 0);
        self.selections.iter_mut().for_each(Selection::start);
        self.series.iter_mut().flatten().for_each(|series| series.exemplars.clear());
    }

    /// Takes all points of a metric.
    pub(crate) fn take(&mut self, scope: &InstrumentationScope, metric: &Metric, look: Look) {
        let known = self.scopes.iter().position(|(known, _)| known == scope);
        let scope = known.unwrap_or_else(|| {
            self.scopes.push((scope.clone(), FxHashMap::default()));
            self.scopes.len() - 1
        });
        points::each(&metric.data, |attributes, reading, exemplars| {
            let Some(index) = self.find_or_add(scope, attributes, reading, look) else { return };
            if let Some(series) = self.series.get_mut(index).and_then(Option::as_mut) {
                series.history.take(look.now, reading, look.previous.filter(|_| !self.had_refused));
                series.exemplars.extend(exemplars.iter().filter_map(Sighting::of));
            }
        });
    }

    /// Forgets the series that have not been there for longer than any window.
    pub(crate) fn forget(&mut self, now: Millis) {
        let oldest = now.saturating_sub(self.needs.longest().max(REMEMBERED));
        let mut is_changed = false;
        for known in self.scopes.iter_mut().map(|(_, known)| known) {
            known.retain(|_, known| {
                let is_old = known.seen < oldest;
                if is_old {
                    let slot =
                        known.series.and_then(|index| self.series.get_mut(index)).and_then(Option::take);
                    is_changed |= slot.is_some();
                    self.used = self.used.saturating_sub(slot.map_or(IGNORED_BYTES, |series| series.bytes));
                }
                !is_old
            });
        }
        if is_changed {
            self.regroup();
        }
    }

    fn find_or_add(
        &mut self,
        scope: usize,
        attributes: &[KeyValue],
        reading: Reading<'_>,
        look: Look,
    ) -> Option<usize> {
        if let Some(known) = self.scopes.get_mut(scope).and_then(|(_, known)| known.get_mut(attributes)) {
            known.seen = look.now;
            return known.series;
        }
        let is_selected = self.selections.iter().any(|selection| selection.selects(attributes));
        let bytes =
            if is_selected { self.needs.bytes(look.interval, buckets_of(reading)) } else { IGNORED_BYTES };
        if self.used.saturating_add(bytes) > look.room {
            let selecting = self.selections.iter_mut().filter(|selection| selection.selects(attributes));
            selecting.for_each(Selection::refuse);
            return None;
        }
        self.used += bytes;
        let series = is_selected.then(|| self.add(attributes, bytes, look.interval));
        let (_, known) = self.scopes.get_mut(scope)?;
        known.insert(attributes.to_vec(), Known { series, seen: look.now });
        series
    }

    fn add(&mut self, attributes: &[KeyValue], bytes: usize, interval: Millis) -> usize {
        let series = Series { history: History::new(self.needs, interval), exemplars: Vec::new(), bytes };
        let free = self.series.iter().position(Option::is_none);
        let index = free.unwrap_or_else(|| {
            self.series.push(None);
            self.series.len() - 1
        });
        if let Some(slot) = self.series.get_mut(index) {
            *slot = Some(series);
        }
        for selection in self.selections.iter_mut().filter(|selection| selection.selects(attributes)) {
            selection.add(attributes, index);
        }
        index
    }

    fn regroup(&mut self) {
        for selection in &mut self.selections {
            selection.clear();
            for (attributes, known) in self.scopes.iter().flat_map(|(_, known)| known) {
                if let Some(index) = known.series.filter(|_| selection.selects(attributes)) {
                    selection.add(attributes, index);
                }
            }
        }
    }
}

/// How many buckets a histogram has, or may get.
fn buckets_of(reading: Reading<'_>) -> usize {
    match reading {
        Reading::Value(_) | Reading::Count(_) => 0,
        Reading::Histogram(point) => point.counts.len(),
        Reading::Exponential(point) => {
            let negative = if point.negative.counts.is_empty() { 0 } else { EXPONENTIAL_BUCKETS };
            EXPONENTIAL_BUCKETS + negative
        }
    }
}

/// A set of attributes that nobody selects.
const IGNORED_BYTES: usize = 512;
/// A counter that was not reported for this long is not known any more when it comes back.
const REMEMBERED: Millis = 3_600_000;
/// As many as the SDK makes by default.
const EXPONENTIAL_BUCKETS: usize = 160;
