use std::cell::RefCell;

use opentelemetry::ContextGuard;
use tracing::span::Id;

/// What entering a span did, to be undone at its exit.
pub(super) enum Entry {
    /// The wrapped layer entered it.
    Forwarded,
    /// Nothing had to be done.
    Skipped,
    /// The context that the span carries was attached.
    Attached(#[allow(dead_code, reason = "held for its drop")] ContextGuard),
}

/// A span of one bridge: ids are unique in one subscriber only, and a thread may see several.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Key {
    pub(super) bridge: usize,
    pub(super) span: Id,
}

thread_local! {
    static ENTERED: RefCell<Vec<(Key, Entry)>> = const { RefCell::new(Vec::new()) };
}

/// True if `key` is the span entered last on this thread.
pub(super) fn is_innermost(key: &Key) -> bool {
    with(|entered| entered.last().is_some_and(|(innermost, _)| innermost == key)).unwrap_or(false)
}

pub(super) fn push(key: Key, entry: Entry) {
    with(|entered| entered.push((key, entry)));
}

/// Takes back the latest entry of `key`; spans may be exited out of order.
pub(super) fn pop(key: &Key) -> Option<Entry> {
    with(|entered| {
        let at = entered.iter().rposition(|(entered, _)| entered == key)?;
        Some(entered.remove(at).1)
    })
    .flatten()
}

/// `None` while the thread ends: what is entered then is not followed any more.
fn with<T>(f: impl FnOnce(&mut Vec<(Key, Entry)>) -> T) -> Option<T> {
    ENTERED
        .try_with(|entered| entered.try_borrow_mut().ok().map(|mut entered| f(&mut entered)))
        .ok()
        .flatten()
}
