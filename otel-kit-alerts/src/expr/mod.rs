//! What expressions yield: for each set of labels a value.

mod absent;
mod counted;
mod exceptions;
mod exemplar;
mod gauges;
mod quantile;
mod query;
mod ratio;

use std::sync::Arc;

use opentelemetry::{SpanId, TraceId};

use crate::series::Labels;

pub(crate) use self::{
    exceptions::ExceptionStore,
    query::{Query, prepare},
};

/// What an expression yields for one set of labels.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) labels: Arc<Labels>,
    pub(crate) value: f64,
    /// False if too little was measured to say anything by it.
    pub(crate) is_enough: bool,
    pub(crate) exemplar: Option<(TraceId, SpanId)>,
    /// What it is about, for people.
    pub(crate) title: Option<String>,
}

/// All that an expression yields, or why it fails.
pub(crate) type Answer = Result<Vec<Sample>, String>;

impl Sample {
    pub(crate) const fn new(labels: Arc<Labels>, value: f64) -> Self {
        Self { labels, value, is_enough: true, exemplar: None, title: None }
    }
}
