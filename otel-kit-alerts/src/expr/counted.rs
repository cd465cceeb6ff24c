//! What counters and histograms have counted within a window.

use super::{Sample, exemplar, quantile};
use crate::{
    history::{Counts, Millis, Total},
    series::{Group, Member, Tracked},
};

/// The growth of a group, by `per` milliseconds if it is a rate.
pub(crate) fn growth(
    metric: &Tracked,
    group: &Group,
    (end, window): (Millis, Millis),
    per_second: bool,
) -> Result<Option<Sample>, String> {
    let total = total(metric, &group.members, (end, window))?;
    let seconds = if per_second { seconds(window) } else { 1.0 };
    Ok(total.map(|total| Sample {
        exemplar: exemplar::latest(metric, &group.members, end.saturating_sub(window)),
        ..Sample::new(group.labels.clone(), total.count / seconds)
    }))
}

/// The mean of a group's measurements.
pub(crate) fn average(
    metric: &Tracked,
    group: &Group,
    (end, window): (Millis, Millis),
) -> Result<Option<Sample>, String> {
    let total = total(metric, &group.members, (end, window))?.filter(|total| total.count > 0.0);
    Ok(total.map(|total| Sample {
        exemplar: exemplar::greatest(metric, &group.members, end.saturating_sub(window)),
        ..Sample::new(group.labels.clone(), total.sum / total.count)
    }))
}

/// A quantile of a group's measurements.
pub(crate) fn quantile(
    metric: &Tracked,
    group: &Group,
    (end, window): (Millis, Millis),
    (q, min_count): (f64, u64),
) -> Result<Option<Sample>, String> {
    let mut all: Option<Counts> = None;
    for series in group.members.iter().filter_map(|member| metric.series(member.series)) {
        if !series.history.is_histogram() {
            return Err("only histograms have quantiles".to_owned());
        }
        let Some(counts) = series.history.distribution(end, window) else { continue };
        all = Some(match all {
            None => counts,
            Some(all) => all.plus(&counts).ok_or("the histograms have different buckets")?,
        });
    }
    let Some(all) = all else { return Ok(None) };
    Ok(quantile::of(q, &all).map(|value| Sample {
        is_enough: quantile::total(&all) >= min_count,
        exemplar: exemplar::greatest(metric, &group.members, end.saturating_sub(window)),
        ..Sample::new(group.labels.clone(), value)
    }))
}

/// What all of them have counted; nothing if none has two samples.
pub(crate) fn total<'a>(
    metric: &Tracked,
    members: impl IntoIterator<Item = &'a Member>,
    (end, window): (Millis, Millis),
) -> Result<Option<Total>, String> {
    let mut all: Option<Total> = None;
    for series in members.into_iter().filter_map(|member| metric.series(member.series)) {
        if !series.history.is_count() {
            return Err("this is no counter or histogram; ask for its value".to_owned());
        }
        if let Some(one) = series.history.increase(end, window) {
            let all = all.get_or_insert_default();
            all.count += one.count;
            all.sum += one.sum;
        }
    }
    Ok(all)
}

#[allow(clippy::cast_precision_loss)] // windows are short
fn seconds(window: Millis) -> f64 {
    window as f64 / 1000.0
}
