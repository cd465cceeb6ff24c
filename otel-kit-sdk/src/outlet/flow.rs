use std::time::{Duration, SystemTime};

use crate::stats::Lost;

/// What has passed through an outlet, and where the rest is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flow {
    /// Items in the queue of the SDK's processor, and its size.
    pub(crate) waiting: usize,
    pub(crate) capacity: usize,
    /// Items for which that queue had no room, and those that came after the end.
    pub(crate) dropped: u64,
    pub(crate) late: u64,
    /// Items that have left that queue.
    pub(crate) processed: u64,
    /// Items between that queue and the receiver.
    pub(crate) in_flight: usize,
    /// Items that have arrived, and those that were lost behind the queue.
    pub(crate) exported: u64,
    pub(crate) lost: Lost,
    /// When something has arrived last.
    pub(crate) last_success: Option<SystemTime>,
    /// How long the oldest request is on its way.
    pub(crate) oldest: Option<Duration>,
}

impl Flow {
    /// All items that ever came.
    pub(crate) fn created(&self) -> u64 {
        let waiting = u64::try_from(self.waiting).unwrap_or(u64::MAX);
        self.processed.saturating_add(waiting).saturating_add(self.dropped).saturating_add(self.late)
    }
}
