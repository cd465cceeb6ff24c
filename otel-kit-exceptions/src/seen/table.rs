use std::{
    hash::Hasher,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

use rustc_hash::FxHasher;

use super::Operation;

/// The errors that operations have come across lately: by what their innermost error says, since neither address
/// nor place survives the way out. Without locks: of two layers at the very same time both may be first.
#[derive(Debug)]
pub(crate) struct Seen {
    slots: Box<[Slot]>,
    /// Whether errors may come as texts alone at all.
    expects_texts: AtomicBool,
    /// Whether one has come: until then no messages are kept for its sake.
    has_texts: AtomicBool,
}

/// What is compared of an error.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Said {
    /// The innermost error's message; `message`, the outermost one's, is asked for only if it is needed.
    Typed { root: u64 },
    /// A text is all there is.
    Text { text: u64 },
    /// Nothing at all, but that it was a panic.
    Panic,
}

/// What a slot's key stands for.
#[derive(Clone, Copy)]
enum Kind {
    /// A typed error's innermost message.
    Root = 1,
    /// A typed error's outermost message.
    Outer,
    /// A typed error whose outermost message was not kept.
    Unkept,
    /// A text alone.
    Text,
    Panic,
}

#[derive(Debug, Default)]
struct Slot {
    key: AtomicU64,
    /// The operation in the upper half, seconds in the lower.
    mark: AtomicU64,
}

impl Seen {
    pub(crate) fn new() -> Self {
        let slots = (0..SLOTS).map(|_| Slot::default()).collect();
        Self { slots, expects_texts: AtomicBool::new(false), has_texts: AtomicBool::new(false) }
    }

    /// Errors may come as texts alone from now on.
    pub(crate) fn expect_texts(&self) {
        self.expects_texts.store(true, Ordering::Relaxed);
    }

    /// True for the first one in the operation. `message` hashes what the outermost error says.
    pub(crate) fn is_first(
        &self,
        operation: &Operation,
        said: Said,
        seconds: u32,
        message: impl FnOnce() -> u64,
    ) -> bool {
        let Some(trace) = operation.trace() else { return true };
        let at = At { trace, tag: operation.tag(), seconds };
        match said {
            Said::Typed { root } => self.is_first_typed(at, root, message),
            Said::Text { text } => self.is_first_text(at, text),
            Said::Panic => self.is_new(at, Kind::Panic, 0),
        }
    }

    /// Notes a panic, so that one without a message is known again.
    pub(crate) fn note_panic(&self, operation: &Operation, seconds: u32) {
        if let Some(trace) = operation.trace() {
            self.is_new(At { trace, tag: operation.tag(), seconds }, Kind::Panic, 0);
        }
    }

    fn is_first_typed(&self, at: At, root: u64, message: impl FnOnce() -> u64) -> bool {
        if !self.is_new(at, Kind::Root, root) {
            return false;
        }
        if !self.expects_texts.load(Ordering::Relaxed) {
            return true;
        }
        if !self.has_texts.load(Ordering::Relaxed) {
            self.is_new(at, Kind::Unkept, 0);
            return true;
        }
        let message = message();
        self.is_new(at, Kind::Outer, message);
        !self.has(at, Kind::Text, message) && !self.has(at, Kind::Text, root)
    }

    fn is_first_text(&self, at: At, text: u64) -> bool {
        self.has_texts.store(true, Ordering::Relaxed);
        let is_known = self.has(at, Kind::Root, text)
            || self.has(at, Kind::Outer, text)
            || self.has(at, Kind::Unkept, 0);
        self.is_new(at, Kind::Text, text) && !is_known
    }

    /// Takes a slot unless there is one already: the one that was taken least lately.
    fn is_new(&self, at: At, kind: Kind, hash: u64) -> bool {
        let key = at.key(kind, hash);
        let mut oldest: Option<(u64, &Slot)> = None;
        for slot in self.near(key) {
            let mark = slot.mark.load(Ordering::Relaxed);
            if slot.key.load(Ordering::Relaxed) == key && at.is_same_operation(mark) {
                return false;
            }
            if oldest.is_none_or(|(least, _)| mark & SECONDS < least) {
                oldest = Some((mark & SECONDS, slot));
            }
        }
        if let Some((_, slot)) = oldest {
            slot.mark.store(at.mark(), Ordering::Relaxed);
            slot.key.store(key, Ordering::Relaxed);
        }
        true
    }

    fn has(&self, at: At, kind: Kind, hash: u64) -> bool {
        let key = at.key(kind, hash);
        self.near(key).any(|slot| {
            slot.key.load(Ordering::Relaxed) == key && at.is_same_operation(slot.mark.load(Ordering::Relaxed))
        })
    }

    #[inline]
    fn near(&self, key: u64) -> impl Iterator<Item = &Slot> {
        let start = usize::try_from(key % GROUPS).unwrap_or_default() * WAYS;
        self.slots.get(start..).unwrap_or_default().iter().take(WAYS)
    }
}

/// An operation at a moment.
#[derive(Clone, Copy)]
struct At {
    trace: u64,
    tag: u32,
    seconds: u32,
}

impl At {
    /// Never that of an empty slot.
    #[inline]
    fn key(self, kind: Kind, hash: u64) -> u64 {
        let mut hasher = FxHasher::default();
        hasher.write_u64(self.trace);
        hasher.write_u64(kind as u64);
        hasher.write_u64(hash);
        hasher.finish() | 1 << 63
    }

    fn mark(self) -> u64 {
        u64::from(self.tag) << 32 | u64::from(self.seconds)
    }

    /// A layer further out may not know yet what the operation is called.
    fn is_same_operation(self, mark: u64) -> bool {
        let tag = mark >> 32;
        let is_fresh = u64::from(self.seconds).saturating_sub(mark & SECONDS) <= LASTS_SECONDS;
        is_fresh && (tag == 0 || self.tag == 0 || tag == u64::from(self.tag))
    }
}

const SECONDS: u64 = u32::MAX as u64;

/// How long an error may take to get through all layers; in an operation that goes on and on, the same one counts
/// again after it.
const LASTS_SECONDS: u64 = 60;

const WAYS: usize = 4;
const GROUPS: u64 = 2048;
const SLOTS: usize = 8192;

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(seen: &Seen, operation: &Operation, root: u64, outer: u64) -> bool {
        seen.is_first(operation, Said::Typed { root }, 10, || outer)
    }

    fn text(seen: &Seen, operation: &Operation, text: u64) -> bool {
        seen.is_first(operation, Said::Text { text }, 10, || panic!("not needed"))
    }

    #[test]
    fn an_error_is_first_once_in_an_operation_and_again_in_another() {
        let seen = Seen::new();
        let [a, b] = [1, 2].map(|trace| Operation::example(trace, 1));
        assert!(typed(&seen, &a, 7, 8));
        assert!(!typed(&seen, &a, 7, 9), "wrapped on the way");
        assert!(typed(&seen, &a, 6, 8), "another cause");
        assert!(typed(&seen, &b, 7, 8), "another trace");
        assert!(typed(&seen, &Operation::example(1, 2), 7, 8), "another operation of the trace");
        assert!(!typed(&seen, &Operation::example(1, 0), 7, 8), "a layer that does not know which");
    }

    #[test]
    fn without_a_trace_each_one_is_first() {
        let seen = Seen::new();
        let nowhere = Operation::example(0, 0);
        assert!(typed(&seen, &nowhere, 7, 8) && typed(&seen, &nowhere, 7, 8));
    }

    #[test]
    fn an_operation_that_goes_on_may_fail_again_later() {
        let seen = Seen::new();
        let operation = Operation::example(1, 1);
        let at = |seconds| seen.is_first(&operation, Said::Typed { root: 7 }, seconds, || 8);
        assert!(at(1) && !at(61) && at(62));
    }

    #[test]
    fn a_text_is_known_by_what_the_error_said_outermost_or_innermost() {
        let seen = Seen::new();
        seen.expect_texts();
        let of = |trace| Operation::example(trace, 1);
        assert!(typed(&seen, &of(1), 7, 8));
        assert!(!text(&seen, &of(1), 8), "no message was kept before the first text");
        for known in [7, 8] {
            assert!(typed(&seen, &of(known + 10), 7, 8));
            assert!(!text(&seen, &of(known + 10), known));
            assert!(text(&seen, &of(known + 10), 9));
            assert!(text(&seen, &of(known + 20), known));
            assert!(!typed(&seen, &of(known + 20), 7, 8), "the text came first");
        }
    }

    #[test]
    fn a_panic_without_a_message_is_the_one_before() {
        let seen = Seen::new();
        let operation = Operation::example(1, 1);
        let bare = |operation| seen.is_first(operation, Said::Panic, 10, || panic!("not needed"));
        seen.note_panic(&operation, 10);
        assert!(!bare(&operation));
        assert!(bare(&Operation::example(2, 1)));
    }
}
