use std::time::Duration;

use crate::{
    rule::{Rule, RuleError},
    series::Labels,
};

/// What holds for all rules.
#[derive(Clone, Debug)]
pub(crate) struct EngineSettings {
    /// Time between evaluations.
    pub(crate) interval: Duration,
    /// Bytes for histories.
    pub(crate) memory: usize,
    /// Labels that all alerts have, unless they have one of that name.
    pub(crate) labels: Labels,
}

impl EngineSettings {
    /// A window that is shorter than the time between evaluations has never two samples.
    pub(crate) fn check(&self, rule: &Rule) -> Result<(), RuleError> {
        let metrics = rule.expr.selector().is_some();
        let too_short = |window: Duration| metrics && window < self.interval;
        match rule.expr.windows().into_iter().find(|(_, window)| too_short(*window)) {
            None => Ok(()),
            Some((name, window)) => Err(RuleError::new(
                format!("expr.{name}"),
                format!("{window:?} is shorter than the interval of the evaluations, {:?}", self.interval),
                "lengthen it, or evaluate more often",
            )),
        }
    }
}
