//! Values of gauges, and the present state of sums.

use super::Sample;
use crate::{
    history::{History, Millis, Values},
    rule::Over,
    series::{Group, Tracked},
};

/// The value of a group in the window that ends at `end`, if it has one. A window of no length is the last look.
pub(crate) fn value(
    metric: &Tracked,
    group: &Group,
    over: Over,
    (end, window): (Millis, Millis),
) -> Result<Option<Sample>, String> {
    let mut all: Option<Values> = None;
    let mut sum_of_last = 0.0;
    for series in group.members.iter().filter_map(|member| metric.series(member.series)) {
        if series.history.is_histogram() {
            return Err("a histogram has no value; ask for a quantile or an average".to_owned());
        }
        if let Some(values) = of_one(&series.history, over, end, window) {
            sum_of_last += values.last;
            all = Some(all.map_or(values, |all| all.and(values)));
        }
    }
    Ok(all.map(|all| {
        let value = match over {
            Over::Last => sum_of_last,
            Over::Min => all.min,
            Over::Max => all.max,
            Over::Avg => all.sum / all.count,
        };
        Sample::new(group.labels.clone(), value)
    }))
}

fn of_one(history: &History, over: Over, end: Millis, window: Millis) -> Option<Values> {
    let Some(values) = history.values() else {
        let (time, value) = history.last()?;
        let is_in = time <= end && end - time <= window;
        return is_in.then(|| Values::one(time, value));
    };
    if over == Over::Last {
        return values.at(end).copied().filter(|last| end - last.time <= window);
    }
    values.within(end, window).copied().reduce(|newer, older| older.and(newer))
}
