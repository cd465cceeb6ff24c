use std::{collections::BTreeMap, time::Duration};

use serde::Deserialize;

use super::PartialExpr;
use crate::config::read;

/// An entry of `alerts.rules`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialAlertRule {
    /// Name of the alert.
    pub alert: Option<String>,
    /// What is looked at.
    pub expr: PartialExpr,
    /// It fires above this value.
    pub above: Option<f64>,
    /// It fires at this value and above.
    pub at_least: Option<f64>,
    /// It fires below this value.
    pub below: Option<f64>,
    /// It fires at this value and below.
    pub at_most: Option<f64>,
    /// It fires at this value.
    pub equal: Option<f64>,
    /// It fires at any other value.
    pub not_equal: Option<f64>,
    /// What fires goes on until the value is back here; at the threshold by default.
    pub resolve: Option<f64>,
    /// Fewest measurements in the window that count for `error_ratio` and `quantile`; default 0.
    pub min_count: Option<u64>,
    /// How long the condition must hold before it fires; default 0.
    #[serde(rename = "for", deserialize_with = "read::duration")]
    pub hold: Option<Duration>,
    /// How long it goes on firing when the condition holds no more; default 0.
    #[serde(deserialize_with = "read::duration")]
    pub keep_firing_for: Option<Duration>,
    /// Labels of the alert, beside those of the series; templates.
    #[serde(deserialize_with = "read::map")]
    pub labels: BTreeMap<String, String>,
    /// Texts for people; templates.
    #[serde(deserialize_with = "read::map")]
    pub annotations: BTreeMap<String, String>,
    /// Without data: `no_data`, `alerting`, `normal` or `keep_last`.
    pub no_data: Option<String>,
    /// Where the rule cannot be evaluated: `error` (default), `alerting`, `normal` or `keep_last`.
    pub exec_err: Option<String>,
    /// Most instances; more of them are an error of the rule. 0, the default, is no limit of its own.
    pub limit: Option<u32>,
}
