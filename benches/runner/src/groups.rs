//! What there is to measure.

use crate::report::Report;

mod client;
mod http;
mod log;
mod propagation;
mod span;

/// Benchmarks that are shown in one table.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) measure: fn() -> Result<Report, String>,
}

pub(crate) const GROUPS: &[Group] =
    &[client::GROUP, http::GROUP, log::GROUP, propagation::GROUP, span::GROUP];
