use std::time::Duration;

use serde::Deserialize;

use crate::config::read;

/// `expr` of an entry of `alerts.rules`: exactly one of them.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialExpr {
    /// The value of a gauge, or of a sum.
    pub value: Option<PartialValue>,
    /// How much a counter grows in a second.
    pub rate: Option<PartialWindowed>,
    /// How much a counter grows in the window.
    pub increase: Option<PartialWindowed>,
    /// Share of the measurements of a histogram that are failures.
    pub error_ratio: Option<PartialErrorRatio>,
    /// The value that a share of the measurements of a histogram is below.
    pub quantile: Option<PartialQuantile>,
    /// Average of the measurements of a histogram.
    pub average: Option<PartialWindowed>,
    /// Whether nothing is measured.
    pub absent: Option<PartialWindowed>,
    /// How many times faster than allowed an error budget is spent, in two windows.
    pub burn_rate: Option<PartialBurnRate>,
    /// How many exceptions a group has.
    pub exceptions: Option<PartialExceptionCount>,
    /// Groups of exceptions that were never seen before.
    pub new_exception: Option<PartialNewException>,
    /// Groups of exceptions that are back after a time without any.
    pub regression: Option<PartialRegression>,
}

/// `value`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialValue {
    /// Name of the metric.
    pub metric: Option<String>,
    /// Which of its series, such as `http.route="/orders"` or `error.type!=""`.
    #[serde(rename = "match")]
    pub matchers: Option<Vec<String>>,
    /// Attributes that the series are summed up by; each on its own by default.
    pub by: Option<Vec<String>>,
    /// `last` (default), `min`, `max` or `avg`, the latter three over the window.
    pub over: Option<String>,
    /// How far it looks back.
    #[serde(deserialize_with = "read::duration")]
    pub window: Option<Duration>,
}

/// `rate`, `increase`, `average`, `absent`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialWindowed {
    /// Name of the metric.
    pub metric: Option<String>,
    /// Which of its series.
    #[serde(rename = "match")]
    pub matchers: Option<Vec<String>>,
    /// Attributes that the series are summed up by; each on its own by default.
    pub by: Option<Vec<String>>,
    /// How far it looks back.
    #[serde(deserialize_with = "read::duration")]
    pub window: Option<Duration>,
}

/// `error_ratio`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialErrorRatio {
    /// Name of the metric.
    pub metric: Option<String>,
    /// Which of its series.
    #[serde(rename = "match")]
    pub matchers: Option<Vec<String>>,
    /// Attributes that the series are summed up by; each on its own by default.
    pub by: Option<Vec<String>>,
    /// Which series are failures: those that one of these matches. By default those with an `error.type` or with a
    /// status of 500 and above.
    pub errors: Option<Vec<String>>,
    /// How far it looks back.
    #[serde(deserialize_with = "read::duration")]
    pub window: Option<Duration>,
}

/// `quantile`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialQuantile {
    /// Name of the metric.
    pub metric: Option<String>,
    /// Which of its series.
    #[serde(rename = "match")]
    pub matchers: Option<Vec<String>>,
    /// Attributes that the series are summed up by; each on its own by default.
    pub by: Option<Vec<String>>,
    /// The share, such as 0.95.
    pub q: Option<f64>,
    /// How far it looks back.
    #[serde(deserialize_with = "read::duration")]
    pub window: Option<Duration>,
}

/// `burn_rate`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialBurnRate {
    /// Name of the metric.
    pub metric: Option<String>,
    /// Which of its series.
    #[serde(rename = "match")]
    pub matchers: Option<Vec<String>>,
    /// Attributes that the series are summed up by; each on its own by default.
    pub by: Option<Vec<String>>,
    /// Which series are failures, as for `error_ratio`.
    pub errors: Option<Vec<String>>,
    /// Share of the measurements that shall succeed, such as 0.999.
    pub objective: Option<f64>,
    /// How many times the allowed speed is too fast, such as 14.4.
    pub factor: Option<f64>,
    /// The longer window, such as `1h`.
    #[serde(deserialize_with = "read::duration")]
    pub long: Option<Duration>,
    /// The shorter window, such as `5m`.
    #[serde(deserialize_with = "read::duration")]
    pub short: Option<Duration>,
}

/// `exceptions`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialExceptionCount {
    /// Which groups, by `exception.type`, `exception.fingerprint` and `operation`.
    #[serde(rename = "match")]
    pub matchers: Option<Vec<String>>,
    /// How far it looks back.
    #[serde(deserialize_with = "read::duration")]
    pub window: Option<Duration>,
}

/// `new_exception`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialNewException {
    /// Which groups.
    #[serde(rename = "match")]
    pub matchers: Option<Vec<String>>,
    /// How long a group is new.
    #[serde(deserialize_with = "read::duration")]
    pub within: Option<Duration>,
}

/// `regression`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialRegression {
    /// Which groups.
    #[serde(rename = "match")]
    pub matchers: Option<Vec<String>>,
    /// How long none came before.
    #[serde(deserialize_with = "read::duration")]
    pub quiet: Option<Duration>,
    /// How long it counts as back.
    #[serde(deserialize_with = "read::duration")]
    pub within: Option<Duration>,
}
