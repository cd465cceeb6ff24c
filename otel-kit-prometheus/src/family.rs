//! Metric families: the metrics that have one name for Prometheus.

use std::collections::{BTreeMap, HashSet};

use opentelemetry::InstrumentationScope;
use otel_kit_core::metrics::{Data, Metric, Snapshot, Temporality};

use crate::{
    losses::{Losses, Reason},
    name::{FamilyName, TOTAL},
};

/// All metrics of one name.
#[derive(Debug)]
pub(crate) struct Family<'a> {
    pub(crate) kind: Kind,
    pub(crate) unit: Option<String>,
    pub(crate) help: &'a str,
    /// The metrics, the eldest first.
    pub(crate) parts: Vec<Part<'a>>,
}

/// A metric and who made its instrument.
pub(crate) type Part<'a> = (&'a InstrumentationScope, &'a Metric);

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Kind {
    Counter,
    Gauge,
    Histogram,
}

impl Kind {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }

    /// What the names of its series have after the family's.
    const fn suffixes(self) -> &'static [&'static str] {
        match self {
            Self::Counter => &["", TOTAL, CREATED],
            Self::Gauge => &[""],
            Self::Histogram => &["", BUCKET, COUNT, SUM, CREATED],
        }
    }
}

/// The families of a snapshot, by name.
///
/// A metric that needs a name which another family has is left out. The elder one has it, so that series do not
/// come and go.
pub(crate) fn gather<'a>(snapshot: &'a Snapshot, losses: &mut Losses) -> BTreeMap<String, Family<'a>> {
    let mut families: BTreeMap<String, Family<'a>> = BTreeMap::new();
    let mut taken = HashSet::from(TARGET.map(str::to_owned));
    for (scope, metric) in by_age(snapshot) {
        let Some(kind) = kind_of(&metric.data) else {
            losses.add(Reason::Delta, &metric.name, metric.data.len());
            continue;
        };
        let is_ratio = matches!(metric.data, Data::Gauge(_));
        let FamilyName { name, unit } = FamilyName::new(&metric.name, &metric.unit, kind, is_ratio);
        let is_known = families.get(&name).is_some_and(|family| family.kind == kind);
        if !is_known && !claim(&mut taken, &name, kind) {
            losses.add(Reason::Conflict, &metric.name, metric.data.len());
            continue;
        }
        let new = || Family { kind, unit: None, help: "", parts: Vec::new() };
        let family = families.entry(name).or_insert_with(new);
        family.unit = family.unit.take().or(unit);
        if family.help.is_empty() {
            family.help = &metric.description;
        }
        family.parts.push((scope, metric));
    }
    families
}

/// Metrics with points, the eldest first.
fn by_age(snapshot: &Snapshot) -> Vec<Part<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    for scope in &snapshot.scopes {
        let measured = scope.metrics.iter().filter(|metric| !metric.data.is_empty());
        parts.extend(measured.map(|metric| (&scope.scope, metric)));
    }
    parts.sort_by_key(|(scope, metric)| (metric.start, scope.name(), scope.version(), &metric.name));
    parts
}

/// True if none of the names that the family needs is another's.
fn claim(taken: &mut HashSet<String>, family: &str, kind: Kind) -> bool {
    let names = || kind.suffixes().iter().map(|suffix| format!("{family}{suffix}"));
    let is_free = !names().any(|name| taken.contains(&name));
    if is_free {
        taken.extend(names());
    }
    is_free
}

fn kind_of(data: &Data) -> Option<Kind> {
    match data {
        Data::Gauge(_) => Some(Kind::Gauge),
        Data::Sum { temporality: Temporality::Delta, .. }
        | Data::Histogram { temporality: Temporality::Delta, .. }
        | Data::ExponentialHistogram { temporality: Temporality::Delta, .. } => None,
        Data::Sum { is_monotonic: true, .. } => Some(Kind::Counter),
        Data::Sum { .. } => Some(Kind::Gauge),
        Data::Histogram { .. } | Data::ExponentialHistogram { .. } => Some(Kind::Histogram),
    }
}

pub(crate) const BUCKET: &str = "_bucket";
pub(crate) const COUNT: &str = "_count";
pub(crate) const SUM: &str = "_sum";
pub(crate) const CREATED: &str = "_created";
/// Family and series of the resource.
pub(crate) const TARGET: [&str; 2] = ["target", "target_info"];
