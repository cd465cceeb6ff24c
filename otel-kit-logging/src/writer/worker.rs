use std::sync::Arc;

use opentelemetry::Context;

use super::{batch::Batch, queue::Shared, sink::Sink};

/// The loop of the writing thread.
pub(super) fn run(shared: &Arc<Shared>, sink: Sink) {
    let _ended = Ended(shared);
    let mut sink = sink; // dropped before the end is told
    // What the output logs about its own work must not leave by OTLP.
    let _suppressed = Context::enter_telemetry_suppressed_scope();
    let mut batch = Batch::default();
    let mut notice = Vec::new();
    while let Some(lost) = shared.take(&mut batch) {
        let (untold, failing) = match sink.write(batch.bytes()) {
            Ok(()) if lost == 0 => (0, false),
            Ok(()) => tell(shared, &mut sink, lost, &mut notice),
            Err(written) => {
                let failed = u64::try_from(batch.lines_after(written)).unwrap_or(u64::MAX);
                shared.losses.write_failed.add(failed);
                (lost.saturating_add(failed), true)
            }
        };
        batch.clear();
        shared.settle(untold, failing);
    }
}

/// Tells of `lost` lines; gives back how many remain untold, and whether the output failed.
fn tell(shared: &Shared, sink: &mut Sink, lost: u64, line: &mut Vec<u8>) -> (u64, bool) {
    let Some(notice) = shared.notice.get() else { return (0, false) };
    line.clear();
    notice(lost, line);
    if sink.write(line).is_ok() { (0, false) } else { (lost, true) }
}

/// However the loop ends, nobody waits for it in vain.
struct Ended<'a>(&'a Shared);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.finish();
    }
}
