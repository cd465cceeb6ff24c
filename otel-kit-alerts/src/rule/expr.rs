use std::time::Duration;

use otel_kit_core::semconv::attribute::{ERROR_TYPE, HTTP_RESPONSE_STATUS_CODE};

use super::{Comparison, Condition, ExceptionEvent, Exceptions, Matcher, Selector};

/// What a rule looks at. Each set of labels that it yields a value for is an alert of its own.
///
/// Rates and increases are exact differences of what was counted, without the extrapolation to the window's edges
/// that [Prometheus](https://prometheus.io/docs/prometheus/latest/querying/functions/#rate) has to make; a counter
/// that starts anew within the window is taken into account, and so is the first measurement of a set of attributes
/// that was not there at the evaluation before. While the process is younger than the window they cover what there
/// is, and a rate is still by the whole window. Where the history gets coarser (after 64 evaluations) an edge is as
/// exact as that.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Expr {
    /// A gauge, or the present state of a sum.
    Value {
        /// Of what.
        selector: Selector,
        /// Which one.
        over: Over,
        /// Out of how long a time. Zero is allowed for [`Over::Last`] alone: now.
        window: Duration,
    },
    /// How fast a counter, or a histogram's count, grows: per second, over the window.
    Rate {
        /// Of what.
        selector: Selector,
        /// The window.
        window: Duration,
    },
    /// By how much it grows within the window.
    Increase {
        /// Of what.
        selector: Selector,
        /// The window.
        window: Duration,
    },
    /// Share of failures, from 0 to 1. Without a single one of either kind there is no data.
    ErrorRatio {
        /// Counters or histograms.
        selector: Selector,
        /// What has failed: what one of these matches. By default what has an `error.type` or an
        /// `http.response.status_code` from 500 on.
        errors: Vec<Matcher>,
        /// The window.
        window: Duration,
        /// With fewer than this the condition does not hold: one of one is 100 %. Zero by default.
        min_count: u64,
    },
    /// The value that a share `q` of a histogram's measurements does not exceed, as Prometheus'
    /// [`histogram_quantile`](https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)
    /// estimates it.
    Quantile {
        /// Of what.
        selector: Selector,
        /// From 0 to 1: 0.95.
        q: f64,
        /// The window.
        window: Duration,
        /// With fewer measurements than this the condition does not hold. Zero by default.
        min_count: u64,
    },
    /// Mean of a histogram's measurements in the window.
    Average {
        /// Of what.
        selector: Selector,
        /// The window.
        window: Duration,
    },
    /// No data point in the window. The condition is part of it. Labels are what the matchers say is equal.
    Absent {
        /// Of what.
        selector: Selector,
        /// The window.
        window: Duration,
    },
    /// How many times as fast as allowed the budget of errors is used up, over a long and a short window: the
    /// [lesser of both](https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts). The
    /// condition, being above `factor`, is part of it.
    BurnRate {
        /// Counters or histograms.
        selector: Selector,
        /// What has failed, as in [`ErrorRatio`](Self::ErrorRatio).
        errors: Vec<Matcher>,
        /// The share that has to go well: 0.999.
        objective: f64,
        /// 14.4 for an hour and five minutes, 6 for six hours and half an hour.
        factor: f64,
        /// The window that shows that it matters.
        long: Duration,
        /// The window that shows that it goes on.
        short: Duration,
    },
    /// Groups of exceptions.
    Exceptions(Exceptions),
}

/// Which value of a window. Series that are made one of are added up, or the least, greatest or mean of all is
/// taken.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Over {
    /// The last one.
    Last,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// The mean.
    Avg,
}

/// A length of time in a rule, and the name that it has there.
pub(crate) type Window = (&'static str, Duration);

impl Expr {
    /// The present value.
    #[must_use]
    pub fn value(selector: impl Into<Selector>) -> Self {
        Self::Value { selector: selector.into(), over: Over::Last, window: Duration::ZERO }
    }

    /// One of the values of a window.
    #[must_use]
    pub fn value_over(selector: impl Into<Selector>, over: Over, window: Duration) -> Self {
        Self::Value { selector: selector.into(), over, window }
    }

    /// Growth per second.
    #[must_use]
    pub fn rate(selector: impl Into<Selector>, window: Duration) -> Self {
        Self::Rate { selector: selector.into(), window }
    }

    /// Growth.
    #[must_use]
    pub fn increase(selector: impl Into<Selector>, window: Duration) -> Self {
        Self::Increase { selector: selector.into(), window }
    }

    /// Share of failures.
    #[must_use]
    pub fn error_ratio(selector: impl Into<Selector>, window: Duration) -> Self {
        Self::ErrorRatio { selector: selector.into(), errors: default_errors(), window, min_count: 0 }
    }

    /// The value that a share `q` of the measurements does not exceed.
    #[must_use]
    pub fn quantile(q: f64, selector: impl Into<Selector>, window: Duration) -> Self {
        Self::Quantile { selector: selector.into(), q, window, min_count: 0 }
    }

    /// Mean of the measurements.
    #[must_use]
    pub fn average(selector: impl Into<Selector>, window: Duration) -> Self {
        Self::Average { selector: selector.into(), window }
    }

    /// No data point.
    #[must_use]
    pub fn absent(selector: impl Into<Selector>, window: Duration) -> Self {
        Self::Absent { selector: selector.into(), window }
    }

    /// The budget that `objective` leaves is used up too fast, over `windows`: the long and the short one.
    #[must_use]
    pub fn burn_rate(
        selector: impl Into<Selector>,
        objective: f64,
        factor: f64,
        windows: (Duration, Duration),
    ) -> Self {
        let (long, short) = windows;
        let errors = default_errors();
        Self::BurnRate { selector: selector.into(), errors, objective, factor, long, short }
    }

    /// How many exceptions of a group there were in the window.
    #[must_use]
    pub const fn exceptions(window: Duration) -> Self {
        Self::Exceptions(Exceptions::new(ExceptionEvent::Count { window }))
    }

    /// A group of exceptions is new, for as long as `within`.
    #[must_use]
    pub const fn new_exception(within: Duration) -> Self {
        Self::Exceptions(Exceptions::new(ExceptionEvent::New { within }))
    }

    /// A group of exceptions is back after it was `quiet`, for as long as `within`.
    #[must_use]
    pub const fn regression(quiet: Duration, within: Duration) -> Self {
        Self::Exceptions(Exceptions::new(ExceptionEvent::Regression { quiet, within }))
    }

    /// With fewer measurements than `least` in the window the condition does not hold. Only ratios and quantiles
    /// know it.
    #[must_use]
    pub const fn min_count(mut self, least: u64) -> Self {
        if let Self::ErrorRatio { min_count, .. } | Self::Quantile { min_count, .. } = &mut self {
            *min_count = least;
        }
        self
    }

    /// What has failed: what one of `failures` matches. Only ratios and burn rates know it.
    #[must_use]
    pub fn with_errors(mut self, failures: impl IntoIterator<Item = Matcher>) -> Self {
        if let Self::ErrorRatio { errors, .. } | Self::BurnRate { errors, .. } = &mut self {
            *errors = failures.into_iter().collect();
        }
        self
    }

    /// The metric that it looks at, if it looks at one.
    #[must_use]
    pub const fn selector(&self) -> Option<&Selector> {
        match self {
            Self::Value { selector, .. }
            | Self::Rate { selector, .. }
            | Self::Increase { selector, .. }
            | Self::ErrorRatio { selector, .. }
            | Self::Quantile { selector, .. }
            | Self::Average { selector, .. }
            | Self::Absent { selector, .. }
            | Self::BurnRate { selector, .. } => Some(selector),
            Self::Exceptions(_) => None,
        }
    }

    /// The condition that is part of it.
    pub(crate) const fn condition(&self) -> Option<Condition> {
        match self {
            Self::Absent { .. }
            | Self::Exceptions(Exceptions {
                event: ExceptionEvent::New { .. } | ExceptionEvent::Regression { .. },
                ..
            }) => Some(Condition::new(Comparison::Above, 0.0)),
            Self::BurnRate { factor, .. } => Some(Condition::new(Comparison::Above, *factor)),
            _ => None,
        }
    }

    /// True if having nothing to look at is as good as all going well: nobody calls.
    pub(crate) const fn may_be_idle(&self) -> bool {
        !matches!(self, Self::Value { .. } | Self::Rate { .. } | Self::Increase { .. })
    }

    /// All lengths of time in it.
    pub(crate) fn windows(&self) -> Vec<Window> {
        match self {
            Self::Value { window, over: Over::Last, .. } if window.is_zero() => Vec::new(),
            Self::Value { window, .. }
            | Self::Rate { window, .. }
            | Self::Increase { window, .. }
            | Self::ErrorRatio { window, .. }
            | Self::Quantile { window, .. }
            | Self::Average { window, .. }
            | Self::Absent { window, .. } => vec![("window", *window)],
            Self::BurnRate { long, short, .. } => vec![("long", *long), ("short", *short)],
            Self::Exceptions(Exceptions { event, .. }) => match *event {
                ExceptionEvent::Count { window } => vec![("window", window)],
                ExceptionEvent::New { within } => vec![("within", within)],
                ExceptionEvent::Regression { quiet, within } => vec![("quiet", quiet), ("within", within)],
            },
        }
    }
}

fn default_errors() -> Vec<Matcher> {
    vec![Matcher::not_equal(ERROR_TYPE, ""), Matcher::regex(HTTP_RESPONSE_STATUS_CODE, "5..")]
}
