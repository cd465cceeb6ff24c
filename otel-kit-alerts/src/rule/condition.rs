/// When the value of an expression is one to worry about.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Condition {
    /// How the value is compared.
    pub comparison: Comparison,
    /// With what.
    pub threshold: f64,
    /// What a firing alert's value has to get back to, so that one that moves about the threshold does not flap:
    /// at most this after [`Comparison::Above`], at least this after [`Comparison::Below`]. By default the
    /// threshold itself.
    pub resolve: Option<f64>,
}

/// How a value is compared with a threshold. It is never true of a value that is no number.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Comparison {
    /// `>`
    Above,
    /// `>=`
    AtLeast,
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
}

impl Condition {
    /// A condition without hysteresis.
    #[must_use]
    pub const fn new(comparison: Comparison, threshold: f64) -> Self {
        Self { comparison, threshold, resolve: None }
    }

    /// True if `value` is one to worry about; `fires`: it has been one for long enough already.
    pub(crate) fn holds(&self, value: f64, fires: bool) -> bool {
        let threshold = self.threshold;
        let starts = match self.comparison {
            Comparison::Above => value > threshold,
            Comparison::AtLeast => value >= threshold,
            Comparison::Below => value < threshold,
            Comparison::AtMost => value <= threshold,
            Comparison::Equal => value == threshold,
            Comparison::NotEqual => value != threshold && !value.is_nan(),
        };
        let lasts = self.resolve.is_some_and(|resolve| match self.comparison {
            Comparison::Above | Comparison::AtLeast => value > resolve,
            Comparison::Below | Comparison::AtMost => value < resolve,
            Comparison::Equal | Comparison::NotEqual => false,
        });
        starts || (fires && lasts)
    }
}

impl Comparison {
    /// The operator: `>`, `>=`, `<`, `<=`, `==`, `!=`.
    #[must_use]
    pub const fn operator(self) -> &'static str {
        match self {
            Self::Above => ">",
            Self::AtLeast => ">=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_as_the_operators_say() {
        let expected = [
            (Comparison::Above, [false, false, true]),
            (Comparison::AtLeast, [false, true, true]),
            (Comparison::Below, [true, false, false]),
            (Comparison::AtMost, [true, true, false]),
            (Comparison::Equal, [false, true, false]),
            (Comparison::NotEqual, [true, false, true]),
        ];
        for (comparison, expected) in expected {
            let condition = Condition::new(comparison, 2.0);
            assert_eq!(
                [1.0, 2.0, 3.0].map(|value| condition.holds(value, false)),
                expected,
                "{comparison:?}"
            );
            assert!(!condition.holds(f64::NAN, true), "{comparison:?}");
        }
    }

    #[test]
    fn what_fires_goes_on_until_the_value_is_back_at_the_second_threshold() {
        let above = Condition { resolve: Some(1.0), ..Condition::new(Comparison::Above, 2.0) };
        assert_eq!([1.0, 1.5, 2.5].map(|value| above.holds(value, false)), [false, false, true]);
        assert_eq!([1.0, 1.5, 2.5].map(|value| above.holds(value, true)), [false, true, true]);
        let below = Condition { resolve: Some(3.0), ..Condition::new(Comparison::Below, 2.0) };
        assert_eq!([3.0, 2.5, 1.5].map(|value| below.holds(value, true)), [false, true, true]);
    }
}
