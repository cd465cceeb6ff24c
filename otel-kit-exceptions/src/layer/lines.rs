use std::sync::{
    Mutex, TryLockError,
    atomic::{AtomicU64, Ordering},
};

use opentelemetry::TraceId;

use crate::chain::Text;

/// The last log lines of the process, each with its trace. Where two threads meet at a line, one gives way.
pub(crate) struct Lines {
    slots: Box<[Mutex<Line>]>,
    /// How many there were.
    next: AtomicU64,
    /// How many go with an exception.
    most: usize,
}

struct Line {
    trace: TraceId,
    number: u64,
    text: Text<LONGEST>,
}

impl Lines {
    /// At most `most` lines of a trace; with none, none are kept.
    pub(crate) fn new(most: usize) -> Self {
        let count = if most == 0 { 0 } else { KEPT };
        let empty = || Mutex::new(Line { trace: TraceId::INVALID, number: 0, text: Text::new() });
        Self { slots: (0..count).map(|_| empty()).collect(), next: AtomicU64::new(1), most }
    }

    pub(crate) const fn is_off(&self) -> bool {
        self.most == 0
    }

    pub(crate) fn push(&self, trace: TraceId, text: Text<LONGEST>) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let len = u64::try_from(self.slots.len()).unwrap_or(u64::MAX);
        let Some(at) = number.checked_rem(len).and_then(|at| usize::try_from(at).ok()) else { return };
        let line = self.slots.get(at).map(Mutex::try_lock);
        if let Some(Ok(mut line)) = line {
            *line = Line { trace, number, text };
        }
    }

    /// What [`of_trace`](Self::of_trace) takes for now.
    pub(crate) fn mark(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }

    /// The last ones of a trace before the mark, oldest first.
    pub(crate) fn of_trace(&self, trace: TraceId, until: u64) -> Vec<String> {
        if trace == TraceId::INVALID {
            return Vec::new();
        }
        let found = self.slots.iter().filter_map(|slot| {
            let line = match slot.try_lock() {
                Ok(line) => line,
                Err(TryLockError::Poisoned(line)) => line.into_inner(),
                Err(TryLockError::WouldBlock) => return None,
            };
            (line.trace == trace && line.number < until).then(|| (line.number, line.text.as_str().to_owned()))
        });
        let mut found: Vec<_> = found.collect();
        found.sort_unstable();
        let skipped = found.len().saturating_sub(self.most);
        found.into_iter().skip(skipped).map(|(_, text)| text).collect()
    }
}

/// Most bytes of a line.
pub(crate) const LONGEST: usize = 256;
const KEPT: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(n: u128) -> TraceId {
        TraceId::from(n)
    }

    #[test]
    fn the_last_lines_of_the_trace_before_the_mark_are_found_in_order() {
        let lines = Lines::new(3);
        for n in 0..10 {
            lines.push(trace(1), Text::of(&n));
            lines.push(trace(2), Text::of("other"));
        }
        let mark = lines.mark();
        lines.push(trace(1), Text::of("later"));
        assert_eq!(lines.of_trace(trace(1), mark), ["7", "8", "9"]);
        assert!(lines.of_trace(trace(3), mark).is_empty());
    }

    #[test]
    fn the_oldest_lines_make_room() {
        let lines = Lines::new(2000);
        (0..3000).for_each(|n| lines.push(trace(1), Text::of(&n)));
        let found = lines.of_trace(trace(1), lines.mark());
        assert_eq!((found.len(), &*found[KEPT - 1]), (KEPT, "2999"));
    }

    #[test]
    fn where_no_lines_are_wanted_none_are_kept() {
        let lines = Lines::new(0);
        lines.push(trace(1), Text::of("a"));
        assert!(lines.is_off() && lines.slots.is_empty() && lines.of_trace(trace(1), 9).is_empty());
    }
}
