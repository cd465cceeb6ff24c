use std::{collections::BTreeMap, time::Duration};

use super::{Comparison, Condition, Expr, OnError, OnNoData};

/// What is watched, when it is one to worry about, and what is said then.
///
/// ```
/// use std::time::Duration;
/// use otel_kit_alerts::rule::{Expr, Rule, Selector};
///
/// let requests = Selector::new("http.server.request.duration").by(["http.route"]);
/// let minutes = |n: u64| Duration::from_secs(60 * n);
/// let rule = Rule::new("HighErrorRatio", Expr::error_ratio(requests, minutes(5)).min_count(50))
///     .above(0.05)
///     .hold(minutes(5))
///     .label("severity", "page")
///     .annotation("summary", "{{ labels.http_route }}: {{ value }} of the requests fail");
/// assert!(rule.validate().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rule {
    /// Name of its alerts: their label `alertname`.
    pub alert: String,
    /// What it looks at.
    pub expr: Expr,
    /// When that is one to worry about; none where the expression says so itself.
    pub condition: Option<Condition>,
    /// How long that has to be so, at each evaluation, before an alert fires: Prometheus' `for`. Zero by default:
    /// at the first evaluation.
    pub hold: Duration,
    /// How long an alert goes on to fire after it was last so. Zero by default.
    pub keep_firing_for: Duration,
    /// How far in the past it looks; groups of exceptions that are new or back are always those of now. Zero by
    /// default.
    pub query_offset: Duration,
    /// Labels of its alerts beside those of the expression, whose values are templates. They are part of an
    /// alert's identity: put nothing in that changes. One without a value takes a label away.
    pub labels: BTreeMap<String, String>,
    /// Texts for people, templates too.
    pub annotations: BTreeMap<String, String>,
    /// What it makes of having no data. By default [`OnNoData::NoData`] for values, rates and increases, and
    /// [`OnNoData::Normal`] for the others: they have no data when nobody calls.
    pub no_data: OnNoData,
    /// What it makes of an evaluation that fails; [`OnError::Error`] by default.
    pub exec_err: OnError,
    /// Most alerts that it may have: with more it fails, and what it alerted of is over. Zero by default: as many
    /// as its expression selects series.
    pub limit: usize,
}

impl Rule {
    /// A rule without a condition.
    #[must_use]
    pub fn new(alert: impl Into<String>, expr: Expr) -> Self {
        Self {
            alert: alert.into(),
            condition: None,
            hold: Duration::ZERO,
            keep_firing_for: Duration::ZERO,
            query_offset: Duration::ZERO,
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            no_data: if expr.may_be_idle() { OnNoData::Normal } else { OnNoData::NoData },
            exec_err: OnError::Error,
            limit: 0,
            expr,
        }
    }

    /// Alerts if the value is above the threshold.
    #[must_use]
    pub const fn above(self, threshold: f64) -> Self {
        self.when(Comparison::Above, threshold)
    }

    /// Alerts if the value is below the threshold.
    #[must_use]
    pub const fn below(self, threshold: f64) -> Self {
        self.when(Comparison::Below, threshold)
    }

    /// Alerts if the comparison is true.
    #[must_use]
    pub const fn when(mut self, comparison: Comparison, threshold: f64) -> Self {
        self.condition = Some(Condition::new(comparison, threshold));
        self
    }

    /// Once it alerts, it does until the value is back at this: see [`Condition::resolve`].
    #[must_use]
    pub const fn until(mut self, resolve: f64) -> Self {
        if let Some(condition) = &mut self.condition {
            condition.resolve = Some(resolve);
        }
        self
    }

    /// How long it has to be so before an alert fires.
    #[must_use]
    pub const fn hold(mut self, time: Duration) -> Self {
        self.hold = time;
        self
    }

    /// How long an alert goes on to fire after it was last so.
    #[must_use]
    pub const fn keep_firing_for(mut self, time: Duration) -> Self {
        self.keep_firing_for = time;
        self
    }

    /// How far in the past it looks.
    #[must_use]
    pub const fn query_offset(mut self, time: Duration) -> Self {
        self.query_offset = time;
        self
    }

    /// With one more label.
    #[must_use]
    pub fn label(mut self, name: impl Into<String>, template: impl Into<String>) -> Self {
        self.labels.insert(name.into(), template.into());
        self
    }

    /// With one more annotation.
    #[must_use]
    pub fn annotation(mut self, name: impl Into<String>, template: impl Into<String>) -> Self {
        self.annotations.insert(name.into(), template.into());
        self
    }

    /// What it makes of having no data.
    #[must_use]
    pub const fn no_data(mut self, policy: OnNoData) -> Self {
        self.no_data = policy;
        self
    }

    /// What it makes of an evaluation that fails.
    #[must_use]
    pub const fn exec_err(mut self, policy: OnError) -> Self {
        self.exec_err = policy;
        self
    }

    /// Most alerts that it may have.
    #[must_use]
    pub const fn limit(mut self, most: usize) -> Self {
        self.limit = most;
        self
    }
}
