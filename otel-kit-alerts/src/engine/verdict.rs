use crate::{
    rule::{OnError, OnNoData, Rule},
    state::{Found, Kind},
};

/// What follows from what an expression yields.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// The labels for which the condition holds.
    pub(crate) found: Vec<Found>,
    /// An alert that is about the rule itself, and what it has to say.
    pub(crate) own: Option<(Kind, Option<String>)>,
    /// Whether alerts that were not found stay as they are.
    pub(crate) stays: bool,
    /// Why the rule fails, if it does.
    pub(crate) failure: Option<String>,
}

impl Verdict {
    /// There is no value at all. `has_alerts`: the rule has some.
    pub(crate) fn without_data(rule: &Rule, has_alerts: bool) -> Self {
        match rule.no_data {
            OnNoData::NoData => Self { own: Some((Kind::NoData, None)), ..Self::default() },
            OnNoData::Alerting => Self::alerting(has_alerts),
            OnNoData::Normal => Self::default(),
            OnNoData::KeepLast => Self { stays: true, ..Self::default() },
        }
    }

    /// The evaluation failed.
    pub(crate) fn failed(rule: &Rule, error: String, has_alerts: bool) -> Self {
        let verdict = match rule.exec_err {
            OnError::Error => {
                Self { own: Some((Kind::Error, Some(error.clone()))), stays: true, ..Self::default() }
            }
            OnError::Alerting => Self::alerting(has_alerts),
            OnError::Normal => Self::default(),
            OnError::KeepLast => Self { stays: true, ..Self::default() },
        };
        Self { failure: Some(error), ..verdict }
    }

    /// What alerts goes on; if nothing does, the rule itself begins to.
    fn alerting(has_alerts: bool) -> Self {
        Self { own: (!has_alerts).then_some((Kind::Own, None)), stays: true, ..Self::default() }
    }
}

/// Names of alerts about rules, as in Grafana.
pub(crate) const NO_DATA: &str = "DatasourceNoData";
pub(crate) const ERROR: &str = "DatasourceError";
