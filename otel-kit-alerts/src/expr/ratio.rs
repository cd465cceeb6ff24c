//! Shares of failures.

use super::{Sample, counted, exemplar};
use crate::{
    history::Millis,
    series::{Group, Tracked},
};

/// The share of failures in a group; nothing if nothing was counted.
pub(crate) fn errors(
    metric: &Tracked,
    group: &Group,
    (end, window): (Millis, Millis),
    min_count: u64,
) -> Result<Option<Sample>, String> {
    let Some((share, count)) = share(metric, group, (end, window))? else { return Ok(None) };
    Ok(Some(Sample {
        is_enough: count >= as_f64(min_count),
        exemplar: exemplar::latest(metric, &group.members, end.saturating_sub(window)),
        ..Sample::new(group.labels.clone(), share)
    }))
}

/// How many times as fast as it may be the budget is used up: the lesser of both windows.
pub(crate) fn burn(
    metric: &Tracked,
    group: &Group,
    end: Millis,
    (budget, long, short): (f64, Millis, Millis),
) -> Result<Option<Sample>, String> {
    let of_long = share(metric, group, (end, long))?;
    let of_short = share(metric, group, (end, short))?;
    // With nothing in the short window nothing burns.
    let rate = of_long.map(|(long, _)| of_short.map_or(0.0, |(short, _)| long.min(short)) / budget);
    Ok(rate.map(|rate| Sample {
        exemplar: exemplar::latest(metric, &group.members, end.saturating_sub(long)),
        ..Sample::new(group.labels.clone(), rate)
    }))
}

/// The share, and how many there were.
fn share(metric: &Tracked, group: &Group, span: (Millis, Millis)) -> Result<Option<(f64, f64)>, String> {
    let all = counted::total(metric, &group.members, span)?;
    let failed = counted::total(metric, group.members.iter().filter(|member| member.failed), span)?;
    let count = all.map_or(0.0, |all| all.count);
    Ok((count > 0.0).then(|| (failed.map_or(0.0, |failed| failed.count) / count, count)))
}

#[allow(clippy::cast_precision_loss)] // thresholds are small
const fn as_f64(count: u64) -> f64 {
    count as f64
}
