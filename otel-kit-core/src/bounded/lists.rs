use std::{
    cell::RefCell,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use opentelemetry::KeyValue;

/// An empty list with room for the attributes of nearly all spans, from start to end: one that was
/// [given back](give_back_attributes), or a new one.
///
/// The lists of spans are freed by the thread that exports them. To the allocator that is its most expensive case: what
/// one thread frees does not come back to the thread that needs the next one.
///
/// ```
/// use opentelemetry::KeyValue;
/// use otel_kit_core::bounded::{attributes, give_back_attributes};
///
/// let mut list = attributes();
/// list.push(KeyValue::new("db.system.name", "postgresql"));
/// // ... its span is started, ended and exported ...
/// give_back_attributes([list]);
/// assert!(attributes().is_empty());
/// ```
#[must_use]
pub fn attributes() -> Vec<KeyValue> {
    // While the thread ends there is none of its own.
    let own = OWN.try_with(|own| own.try_borrow_mut().ok()?.pop()).ok().flatten();
    own.or_else(more).unwrap_or_else(|| Vec::with_capacity(ROOM))
}

/// Takes the lists of spans that were exported, whatever is in them; some thousand at most are kept.
pub fn give_back_attributes(lists: impl IntoIterator<Item = Vec<KeyValue>>) {
    let mut lists = lists.into_iter().filter(|list| (ROOM..=MOST_ROOM).contains(&list.capacity()));
    loop {
        let stack: Stack = lists.by_ref().take(STACK).map(emptied).collect();
        let mut all = STACKS.lock().unwrap_or_else(PoisonError::into_inner);
        if stack.is_empty() || all.len() >= MOST_STACKS {
            return;
        }
        all.push(stack);
        ARE_THERE.store(true, Ordering::Relaxed);
    }
}

/// The next lists for this thread, of which one is wanted at once.
fn more() -> Option<Vec<KeyValue>> {
    if !ARE_THERE.load(Ordering::Relaxed) {
        return None;
    }
    let mut stack = {
        let mut all = STACKS.try_lock().ok()?;
        ARE_THERE.store(all.len() > 1, Ordering::Relaxed);
        all.pop()?
    };
    let list = stack.pop();
    let _ending = OWN.try_with(|own| own.replace(stack));
    list
}

fn emptied(mut list: Vec<KeyValue>) -> Vec<KeyValue> {
    list.clear();
    list
}

/// Lists that go from thread to thread together, so that few of them need a lock.
type Stack = Vec<Vec<KeyValue>>;

thread_local! {
    static OWN: RefCell<Stack> = const { RefCell::new(Vec::new()) };
}

static STACKS: Mutex<Vec<Stack>> = Mutex::new(Vec::new());

/// Whether it is worth a lock to look.
static ARE_THERE: AtomicBool = AtomicBool::new(false);

/// 900 bytes.
const ROOM: usize = 16;
const MOST_ROOM: usize = 2 * ROOM;
const STACK: usize = 32;
/// As many lists as two exports have, in a megabyte.
const MOST_STACKS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back_empty_to_whichever_thread_and_only_as_many_as_are_kept() {
        let list = |room| {
            let mut list = Vec::with_capacity(room);
            list.push(KeyValue::new("a", 1));
            list
        };
        give_back_attributes([list(ROOM - 1), list(MOST_ROOM + 1)]);
        assert!(STACKS.lock().unwrap().is_empty());

        give_back_attributes((0..2 * MOST_STACKS * STACK).map(|_| list(MOST_ROOM)));
        let kept = STACKS.lock().unwrap().iter().map(Vec::len).sum::<usize>();
        assert_eq!(kept, MOST_STACKS * STACK);

        let taken: Vec<_> = (0..=kept).map(|_| attributes()).collect();
        assert!(taken.iter().all(Vec::is_empty));
        let reused = taken.iter().filter(|list| list.capacity() == MOST_ROOM).count();
        assert_eq!(reused, kept);
    }
}
