//! Which measurement an alert points at.

use opentelemetry::{SpanId, TraceId};

use crate::{
    history::Millis,
    series::{Member, Sighting, Tracked},
};

/// The greatest measurement in the window that leads to a trace.
pub(crate) fn greatest(metric: &Tracked, members: &[Member], begin: Millis) -> Option<(TraceId, SpanId)> {
    all(metric, members.iter(), begin).max_by(|a, b| a.value.total_cmp(&b.value)).map(ids)
}

/// The last measurement in the window that leads to a trace; one that has failed, if there is one.
pub(crate) fn latest(metric: &Tracked, members: &[Member], begin: Millis) -> Option<(TraceId, SpanId)> {
    let failed = all(metric, members.iter().filter(|member| member.failed), begin);
    let failed = failed.max_by_key(|sighting| sighting.time);
    failed.or_else(|| all(metric, members.iter(), begin).max_by_key(|sighting| sighting.time)).map(ids)
}

fn all<'a>(
    metric: &'a Tracked,
    members: impl Iterator<Item = &'a Member>,
    begin: Millis,
) -> impl Iterator<Item = &'a Sighting> {
    let sightings = members.flat_map(|member| metric.exemplars(member.series));
    sightings.filter(move |sighting| sighting.time >= begin)
}

const fn ids(sighting: &Sighting) -> (TraceId, SpanId) {
    (sighting.trace, sighting.span)
}
