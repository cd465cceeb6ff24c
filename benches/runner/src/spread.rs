//! The middle of several measurements, and how far they lie apart.

/// Numbers in their order.
pub(crate) struct Spread(Vec<f64>);

impl Spread {
    pub(crate) fn of(numbers: impl IntoIterator<Item = f64>) -> Self {
        let mut numbers: Vec<_> = numbers.into_iter().collect();
        numbers.sort_unstable_by(f64::total_cmp);
        Self(numbers)
    }

    pub(crate) fn median(&self) -> f64 {
        let at = |place: usize| self.0.get(place).copied().unwrap_or_default();
        let half = self.0.len() / 2;
        if self.0.len().is_multiple_of(2) {
            f64::midpoint(at(half.saturating_sub(1)), at(half))
        } else {
            at(half)
        }
    }

    /// `+0.30 (+0.25 to +0.40)`, or without the signs.
    pub(crate) fn text(&self, digits: usize, signed: bool) -> String {
        let number = |number: f64| {
            if signed { format!("{number:+.digits$}") } else { format!("{number:.digits$}") }
        };
        let ends = self.0.first().zip(self.0.last());
        let (least, most) = ends.map_or((0.0, 0.0), |(least, most)| (*least, *most));
        format!("{} ({} to {})", number(self.median()), number(least), number(most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_lies_in_the_middle() {
        assert_eq!(Spread::of([3.0, 1.0, 2.0]).text(1, false), "2.0 (1.0 to 3.0)");
        assert_eq!(Spread::of([4.0, 1.0, 2.0, 3.0]).text(2, true), "+2.50 (+1.00 to +4.00)");
        assert_eq!(Spread::of([]).text(0, false), "0 (0 to 0)");
    }
}
