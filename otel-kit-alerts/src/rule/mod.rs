//! What is watched: a [`Rule`] gives an [`Expr`] a condition, a waiting time and labels.
//!
//! Names and meanings are those of
//! [Prometheus](https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/); what happens without
//! data is [Grafana's](https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/).

mod check;
mod condition;
mod error;
mod exceptions;
mod expr;
mod matcher;
mod model;
mod names;
mod policy;
mod presets;
mod selector;

pub(crate) use self::{check::OPERATION, matcher::Test, names::is_label_name};
pub use self::{
    condition::{Comparison, Condition},
    error::RuleError,
    exceptions::{ExceptionEvent, Exceptions},
    expr::{Expr, Over},
    matcher::{MatchOp, Matcher},
    model::Rule,
    policy::{OnError, OnNoData},
    presets::{PRESETS, preset},
    selector::{Instrument, Selector},
};
