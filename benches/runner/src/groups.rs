//! What there is to measure.

use crate::report::Report;

mod propagation;

/// Benchmarks that are shown in one table.
pub(crate) struct Group {
    pub(crate) name: &'static str,
    pub(crate) measure: fn() -> Result<Report, String>,
}

pub(crate) const GROUPS: &[Group] = &[propagation::GROUP];
