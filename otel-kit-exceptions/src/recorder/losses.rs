use std::sync::atomic::{AtomicU64, Ordering};

/// Why an exception was counted nowhere, or not exported although its group had the budget.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Loss {
    /// Too many waited for the worker.
    QueueFull,
    /// The worker has ended, or could not be started.
    Ended,
    /// The error's own `Display` or `Debug` panicked.
    Unreadable,
    /// It came up while another one was being recorded, out of that one's own formatting.
    Nested,
    /// There were too many different ones for all to be remembered until their group was known.
    Forgotten,
    /// `before_send` refused it.
    BeforeSend,
    /// There is no kit to send it to yet.
    NotConnected,
    /// The worker panicked on it.
    Failed,
}

/// How many were lost, by reason.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    counts: [AtomicU64; Loss::ALL.len()],
}

impl Loss {
    pub(crate) const ALL: [Self; 8] = [
        Self::QueueFull,
        Self::Ended,
        Self::Unreadable,
        Self::Nested,
        Self::Forgotten,
        Self::BeforeSend,
        Self::NotConnected,
        Self::Failed,
    ];

    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Ended => "ended",
            Self::Unreadable => "unreadable",
            Self::Nested => "nested",
            Self::Forgotten => "forgotten",
            Self::BeforeSend => "before_send",
            Self::NotConnected => "not_connected",
            Self::Failed => "failed",
        }
    }
}

impl Losses {
    pub(crate) fn add(&self, loss: Loss, count: u64) {
        if let Some(total) = self.counts.get(loss as usize) {
            total.fetch_add(count, Ordering::Relaxed);
        }
    }

    /// All reasons, with their counts.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Loss, u64)> {
        Loss::ALL.into_iter().zip(self.counts.iter().map(|count| count.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_is_counted_under_its_own_name() {
        let losses = Losses::default();
        for (at, loss) in (1..).zip(Loss::ALL) {
            losses.add(loss, at);
        }
        assert!(losses.all().map(|(_, count)| count).eq(1..=8));
        let mut names: Vec<_> = Loss::ALL.iter().map(|loss| loss.reason()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Loss::ALL.len());
    }
}
