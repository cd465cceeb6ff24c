//! Names of metrics, by the
//! [specification](https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus).

use super::{kinds, unit};
use crate::{
    rule::{Instrument, Selector},
    series::underscored,
};

/// How Prometheus calls a metric, without what its single series have at the end.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Family {
    name: String,
    pub(super) instrument: Instrument,
}

impl Family {
    /// `usual` is the instrument of what nobody says anything of.
    pub(super) fn of(selector: &Selector, usual: Instrument) -> Self {
        let known = kinds::known(&selector.metric);
        let instrument = selector.instrument.or(known.map(|(_, instrument)| instrument)).unwrap_or(usual);
        let unit =
            known.filter(|_| selector.unit.is_empty()).map_or(selector.unit.as_str(), |(unit, _)| unit);
        Self { name: name(&selector.metric, unit, instrument), instrument }
    }

    /// The series of a gauge, or of what a counter or histogram counts.
    pub(super) fn counts(&self) -> String {
        match self.instrument {
            Instrument::Counter => format!("{}{TOTAL}", self.name),
            Instrument::Gauge => self.name.clone(),
            Instrument::Histogram => format!("{}_count", self.name),
        }
    }

    /// The series of a histogram's sum.
    pub(super) fn sums(&self) -> String {
        format!("{}_sum", self.name)
    }

    /// The series of a histogram's buckets.
    pub(super) fn buckets(&self) -> String {
        format!("{}_bucket", self.name)
    }
}

/// `http_server_request_duration_seconds` of `http.server.request.duration` in `s`.
fn name(metric: &str, unit: &str, instrument: Instrument) -> String {
    let mut name = underscored(metric, true).into_owned();
    if name.is_empty() || name.starts_with(|first: char| first.is_ascii_digit()) {
        name.insert(0, '_');
    }
    if instrument == Instrument::Counter
        && let Some(short) = name.strip_suffix(TOTAL).filter(|short| !short.is_empty())
    {
        name = short.to_owned();
    }
    let is_ratio = instrument == Instrument::Gauge && unit == "1";
    let Some(unit) = is_ratio.then(|| "ratio".to_owned()).or_else(|| unit::word(unit)) else { return name };
    if name == unit || name.ends_with(&format!("_{unit}")) {
        return name;
    }
    let separator = if name.ends_with('_') { "" } else { "_" };
    format!("{name}{separator}{unit}")
}

const TOTAL: &str = "_total";
