//! Metrics that are not there.

use std::sync::Arc;

use super::Sample;
use crate::{
    history::Millis,
    rule::{MatchOp, Matcher},
    series::{Labels, Selection, Tracked, label_name},
};

/// One if no selected series was there in the window that ends at `end`, else zero; zero too as long as nobody
/// `knows`, since the process is younger than that.
pub(crate) fn absent(
    metric: &Tracked,
    selection: &Selection,
    (end, window): (Millis, Millis),
    (labels, knows): (&Arc<Labels>, bool),
) -> Sample {
    let begin = end.saturating_sub(window);
    let members = selection.groups().iter().flat_map(|group| &group.members);
    let mut series = members.filter_map(|member| metric.series(member.series));
    let is_there = series.any(|series| series.history.last().is_some_and(|(time, _)| time > begin));
    Sample::new(Arc::clone(labels), if knows && !is_there { 1.0 } else { 0.0 })
}

/// What matchers say is equal.
pub(crate) fn labels(matchers: &[Matcher]) -> Labels {
    let equal = matchers.iter().filter(|matcher| matcher.op == MatchOp::Equal && !matcher.value.is_empty());
    equal.map(|matcher| (label_name(&matcher.label).into_owned(), matcher.value.clone())).collect()
}
