use otel_kit_alerts::rule::{Comparison, Condition, OnError, OnNoData, Rule};

use super::expr::expr;
use crate::config::{
    alerts::PartialAlertRule,
    choice::{Choice, named},
    error::Problem,
};

/// The rule that is written.
pub(super) fn rule(written: &PartialAlertRule) -> Result<Rule, Problem> {
    let unnamed = || Problem::new("`alert` is missing", "write a name such as HighErrorRatio");
    let name = written.alert.clone().filter(|name| !name.is_empty()).ok_or_else(unnamed)?;
    let expr = expr(&written.expr).map_err(|problem| problem.at_name("expr"))?;
    let mut rule = Rule::new(name, expr.min_count(written.min_count.unwrap_or_default()));
    rule.condition = condition(written)?;
    rule.hold = written.hold.unwrap_or_default();
    rule.keep_firing_for = written.keep_firing_for.unwrap_or_default();
    rule.labels.clone_from(&written.labels);
    rule.annotations.clone_from(&written.annotations);
    if let Some(policy) = choice(written.no_data.as_deref(), "no_data")? {
        rule.no_data = policy;
    }
    if let Some(policy) = choice(written.exec_err.as_deref(), "exec_err")? {
        rule.exec_err = policy;
    }
    rule.limit = written.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or_default();
    Ok(rule)
}

/// At most one of the six; whether one is needed depends on the expression.
fn condition(written: &PartialAlertRule) -> Result<Option<Condition>, Problem> {
    let all = [
        ("above", Comparison::Above, written.above),
        ("at_least", Comparison::AtLeast, written.at_least),
        ("below", Comparison::Below, written.below),
        ("at_most", Comparison::AtMost, written.at_most),
        ("equal", Comparison::Equal, written.equal),
        ("not_equal", Comparison::NotEqual, written.not_equal),
    ];
    let mut given = all.into_iter().filter_map(|(name, comparison, value)| Some((name, comparison, value?)));
    let Some((name, comparison, threshold)) = given.next() else { return Ok(None) };
    if let Some((other, ..)) = given.next() {
        return Err(Problem::new(format_args!("there are both {name} and {other}"), "write one of them"));
    }
    let mut condition = Condition::new(comparison, threshold);
    condition.resolve = written.resolve;
    Ok(Some(condition))
}

fn choice<T: Choice>(written: Option<&str>, name: &str) -> Result<Option<T>, Problem> {
    written.map(named).transpose().map_err(|problem| problem.at_name(name))
}

impl Choice for OnNoData {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("no_data", Self::NoData),
        ("alerting", Self::Alerting),
        ("normal", Self::Normal),
        ("keep_last", Self::KeepLast),
    ];
}

impl Choice for OnError {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("error", Self::Error),
        ("alerting", Self::Alerting),
        ("normal", Self::Normal),
        ("keep_last", Self::KeepLast),
    ];
}
