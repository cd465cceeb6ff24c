/// What a rule makes of having no data: no series that it selects, or none with measurements in the window. While the
/// process is younger than the window (and two evaluations) nothing is missed.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum OnNoData {
    /// An alert of its own, `DatasourceNoData`, whose label `rulename` names the rule; it too has to last for as
    /// long as the rule says. What the rule alerted of is over.
    NoData,
    /// The rule's own alert, without a value.
    Alerting,
    /// Nothing: what the rule alerted of is over.
    Normal,
    /// Everything stays as it is.
    KeepLast,
}

/// What a rule makes of an evaluation that fails, such as one that is given no metrics.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum OnError {
    /// An alert of its own, `DatasourceError`, whose label `rulename` names the rule; it too has to last for as
    /// long as the rule says. What the rule alerted of stays as it is.
    Error,
    /// The rule's own alert, without a value.
    Alerting,
    /// Nothing: what the rule alerted of is over.
    Normal,
    /// Everything stays as it is.
    KeepLast,
}
