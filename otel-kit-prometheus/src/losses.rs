//! What a scrape cannot show.

use std::{fmt, time::Duration};

use otel_kit_core::diag::{TARGET, Throttle};

/// Series that are left out, by reason.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    found: Vec<Loss>,
}

#[derive(Debug)]
struct Loss {
    reason: Reason,
    series: usize,
    /// A metric that it happened to.
    example: String,
}

/// Why a series is left out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reason {
    /// A metric of another kind has the name.
    Conflict,
    /// The numbers are increases, not totals.
    Delta,
    /// Another one has the same name and labels.
    Duplicate,
    /// A counter is below zero or no number.
    NotACount,
}

impl Losses {
    pub(crate) fn add(&mut self, reason: Reason, metric: &str, series: usize) {
        match self.found.iter_mut().find(|loss| loss.reason == reason) {
            Some(loss) => loss.series += series,
            None => self.found.push(Loss { reason, series, example: metric.to_owned() }),
        }
    }

    /// How many there are of one reason.
    #[cfg(test)]
    pub(crate) fn count(&self, reason: Reason) -> usize {
        self.found.iter().filter(|loss| loss.reason == reason).map(|loss| loss.series).sum()
    }

    /// One line, once in a while.
    pub(crate) fn warn(&self) {
        static WARNED: Throttle = Throttle::new(Duration::from_secs(300));
        if !self.found.is_empty()
            && let Some(held_back) = WARNED.pass()
        {
            tracing::warn!(target: TARGET, held_back, "Prometheus does not get all series: {self}");
        }
    }
}

impl fmt::Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Loss { reason, series, example }) in self.found.iter().enumerate() {
            let separator = if index > 0 { "; " } else { "" };
            write!(f, "{separator}{series} because {reason} (as `{example}`)")?;
        }
        Ok(())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Conflict => "an elder metric of another kind has the name",
            Self::Delta => "they are no totals",
            Self::Duplicate => "others have the same name and labels",
            Self::NotACount => "a counter is below zero or no number",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_are_counted_by_reason_and_named() {
        let mut losses = Losses::default();
        losses.add(Reason::Conflict, "shop.orders", 2);
        losses.add(Reason::Delta, "shop.items", 1);
        losses.add(Reason::Conflict, "shop.users", 3);
        assert_eq!(losses.count(Reason::Conflict), 5);
        assert_eq!(
            losses.to_string(),
            "5 because an elder metric of another kind has the name (as `shop.orders`); \
             1 because they are no totals (as `shop.items`)"
        );
    }
}
