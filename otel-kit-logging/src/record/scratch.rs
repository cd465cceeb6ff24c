//! Buffers of a thread, used again for each line.

use std::cell::Cell;

use opentelemetry::Context;

use super::{Fields, Names, SpanFields};

/// What one line needs while it is made.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    pub(crate) fields: Fields,
    pub(crate) spans: Vec<SpanFields>,
    pub(crate) further: Fields,
    pub(crate) names: Names,
    pub(crate) line: Vec<u8>,
}

thread_local! {
    // The OpenTelemetry context is touched first: thread-locals are dropped in reverse order, so it can
    // still be asked as long as these buffers are there.
    static SCRATCH: Cell<Option<Box<Scratch>>> = {
        Context::map_current(|_| ());
        const { Cell::new(None) }
    };
}

/// Runs `make` with this thread's buffers, or with new ones for a line that is written while another one
/// is. `make` also learns whether the OpenTelemetry context may be asked: not while the thread ends.
pub(crate) fn with_scratch(make: impl FnOnce(&mut Scratch, bool)) {
    let kept = SCRATCH.try_with(Cell::take);
    let context = kept.is_ok();
    let mut scratch = kept.ok().flatten().unwrap_or_default();
    make(&mut scratch, context);
    scratch.fields.clear();
    scratch.spans.clear();
    scratch.further.clear();
    scratch.names.clear();
    scratch.line.clear();
    scratch.line.shrink_to(KEEP_LINE);
    let _ending = SCRATCH.try_with(|slot| slot.set(Some(scratch)));
}

/// Most bytes of a line for which memory is kept.
const KEEP_LINE: usize = 16 * 1024;
