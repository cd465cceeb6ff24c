use std::sync::Arc;

use super::{Answer, ExceptionStore, Sample, absent, counted, gauges, ratio};
use crate::{
    history::{Millis, Needs, length},
    rule::{ExceptionEvent, Exceptions, Expr, Matcher, Over, RuleError, Test},
    series::{Group, Labels, Place, Selection, Store, Tracked},
};

/// An expression that is ready for use.
#[derive(Debug)]
pub(crate) enum Query {
    /// Of a metric, as it was `offset` ago.
    Metric { place: Place, ask: Ask, offset: Millis },
    /// Of groups of exceptions.
    Exceptions { tests: Vec<Test>, event: ExceptionEvent, offset: Millis },
}

/// What is asked of each group of series.
#[derive(Debug)]
pub(crate) enum Ask {
    Value { over: Over, window: Millis },
    Growth { window: Millis, per_second: bool },
    Errors { window: Millis, min_count: u64 },
    Quantile { q: f64, window: Millis, min_count: u64 },
    Average { window: Millis },
    Absent { window: Millis, labels: Arc<Labels> },
    Burn { budget: f64, long: Millis, short: Millis },
}

/// Makes an expression ready for use, and has the stores keep what it needs.
pub(crate) fn prepare(
    expr: &Expr,
    offset: Millis,
    (store, exceptions): (&mut Store, &mut ExceptionStore),
) -> Result<Query, RuleError> {
    if let Expr::Exceptions(Exceptions { matchers, event }) = expr {
        if let ExceptionEvent::Count { window } = event {
            exceptions.need(length(*window).saturating_add(offset));
        }
        let tests = matchers.iter().map(Matcher::test).collect::<Result<_, _>>()?;
        return Ok(Query::Exceptions { tests, event: *event, offset });
    }
    let (Some(selector), Some(ask)) = (expr.selector(), ask(expr)) else {
        return Err(RuleError::new("", "it looks at nothing", "name a metric"));
    };
    let errors = match expr {
        Expr::ErrorRatio { errors, .. } | Expr::BurnRate { errors, .. } => errors.as_slice(),
        _ => &[],
    };
    let place = store.select(selector, errors, needs(expr, offset))?;
    Ok(Query::Metric { place, ask, offset })
}

impl Query {
    /// What it yields at `now`.
    pub(crate) fn answer(&self, store: &Store, exceptions: &ExceptionStore, now: Millis) -> Answer {
        match self {
            Self::Metric { place, ask, offset } => {
                let Some((metric, selection)) = store.selected(*place) else { return Ok(Vec::new()) };
                if let Some(failure) = selection.failure() {
                    return Err(failure);
                }
                let end = now.saturating_sub(*offset);
                if let Ask::Absent { window, labels } = ask {
                    let knows = store.knows(end, *window);
                    return Ok(vec![absent::absent(metric, selection, (end, *window), (labels, knows))]);
                }
                ask.answer(metric, selection, end)
            }
            Self::Exceptions { tests, event, offset } => {
                Ok(exceptions.samples(tests, *event, now.saturating_sub(*offset)))
            }
        }
    }

    /// True if it cannot be answered without metrics.
    pub(crate) const fn needs_metrics(&self) -> bool {
        matches!(self, Self::Metric { .. })
    }
}

impl Ask {
    fn answer(&self, metric: &Tracked, selection: &Selection, end: Millis) -> Answer {
        let answers = selection.groups().iter().map(|group| self.of_group(metric, group, end));
        answers.filter_map(Result::transpose).collect()
    }

    fn of_group(&self, metric: &Tracked, group: &Group, end: Millis) -> Result<Option<Sample>, String> {
        match *self {
            Self::Value { over, window } => gauges::value(metric, group, over, (end, window)),
            Self::Growth { window, per_second } => counted::growth(metric, group, (end, window), per_second),
            Self::Errors { window, min_count } => ratio::errors(metric, group, (end, window), min_count),
            Self::Quantile { q, window, min_count } => {
                counted::quantile(metric, group, (end, window), (q, min_count))
            }
            Self::Average { window } => counted::average(metric, group, (end, window)),
            Self::Burn { budget, long, short } => ratio::burn(metric, group, end, (budget, long, short)),
            Self::Absent { .. } => Ok(None),
        }
    }
}

fn needs(expr: &Expr, offset: Millis) -> Needs {
    let longest = expr.windows().into_iter().map(|(_, window)| length(window)).max().unwrap_or_default();
    let keep = Some(longest.saturating_add(offset));
    match expr {
        Expr::Value { over: Over::Last, .. } if offset == 0 => Needs { presence: keep, ..Needs::default() },
        Expr::Value { .. } => Needs { values: keep, ..Needs::default() },
        Expr::Quantile { .. } => Needs { buckets: keep, ..Needs::default() },
        Expr::Absent { .. } => Needs { presence: keep, ..Needs::default() },
        _ => Needs { totals: keep, ..Needs::default() },
    }
}

fn ask(expr: &Expr) -> Option<Ask> {
    Some(match expr {
        Expr::Value { over, window, .. } => Ask::Value { over: *over, window: length(*window) },
        Expr::Rate { window, .. } => Ask::Growth { window: length(*window), per_second: true },
        Expr::ErrorRatio { window, min_count, .. } => {
            Ask::Errors { window: length(*window), min_count: *min_count }
        }
        Expr::Quantile { q, window, min_count, .. } => {
            Ask::Quantile { q: *q, window: length(*window), min_count: *min_count }
        }
        Expr::Average { window, .. } => Ask::Average { window: length(*window) },
        Expr::Absent { selector, window } => {
            Ask::Absent { window: length(*window), labels: Arc::new(absent::labels(&selector.matchers)) }
        }
        Expr::BurnRate { objective, long, short, .. } => {
            Ask::Burn { budget: 1.0 - objective, long: length(*long), short: length(*short) }
        }
        Expr::Increase { window, .. } => Ask::Growth { window: length(*window), per_second: false },
        Expr::Exceptions(_) => return None,
    })
}
