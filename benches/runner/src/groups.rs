//! What there is to measure.

use crate::report::Report;

mod alerts;
mod client;
mod delivery;
mod exceptions;
mod http;
mod kafka;
mod load;
mod log;
mod metric;
mod propagation;
mod size;
mod soak;
mod span;
mod sql;
mod volume;

/// Benchmarks that are shown in one table.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) measure: fn() -> Result<Report, String>,
}

pub(crate) const GROUPS: &[Group] = &[
    alerts::GROUP,
    client::GROUP,
    delivery::GROUP,
    exceptions::GROUP,
    http::GROUP,
    kafka::GROUP,
    load::GROUP,
    log::GROUP,
    metric::GROUP,
    propagation::GROUP,
    size::GROUP,
    soak::GROUP,
    span::GROUP,
    sql::GROUP,
    volume::GROUP,
];
