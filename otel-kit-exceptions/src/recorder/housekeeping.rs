use std::sync::Arc;

use super::{
    live::Live,
    losses::{Loss, Losses},
    output::Output,
    shared::Shared,
};
use crate::event::Suppressed;

/// What the worker does now and then: measures what requests counted, and says how many were suppressed.
#[derive(Debug)]
pub(crate) struct Housekeeping {
    shared: Arc<Shared>,
    live: Live,
    /// Losses that are measured already.
    measured: Losses,
}

impl Housekeeping {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, live: Live::default(), measured: Losses::default() }
    }

    /// True if requests have counted something. The last time, nothing is left for later.
    pub(crate) fn run(&mut self, is_last: bool) -> bool {
        let shared = &*self.shared;
        shared.losses.add(Loss::Forgotten, shared.keys.take_forgotten());
        let Some(output) = shared.output().clone() else { return false };
        let now = shared.timeline.nanos();
        let counted = shared.groups().count_new();
        let has_counted = !counted.is_empty();
        for counted in counted {
            output.count(self.live.count(counted, now));
        }
        for ((loss, count), (_, measured)) in shared.losses.all().zip(self.measured.all()) {
            let new = count.saturating_sub(measured);
            if new > 0 {
                output.count_lost(loss.reason(), new);
                self.measured.add(loss, new);
            }
        }
        let wait = if is_last { 0 } else { SUMMARY_AFTER };
        self.tell_suppressed(&output, now, wait);
        has_counted
    }

    fn tell_suppressed(&self, output: &Output, now: u64, wait: u64) {
        let Some(then) = now.checked_sub(wait) else { return };
        let shared = &*self.shared;
        let untold = shared.groups().untold_since(then);
        for tally in untold {
            let wall = |nanos| shared.timeline.wall(nanos);
            let Some(known) = shared.groups().find(tally.fingerprint(), wall) else { continue };
            let suppressed = Suppressed { known: &known, count: tally.tell(), time: shared.timeline.now() };
            output.kit.emit(suppressed.log_event());
        }
    }
}

/// Half a minute, in nanoseconds: with the worker's longest nap it is a minute at most.
const SUMMARY_AFTER: u64 = 30_000_000_000;
