//! How mark and context get to a thread that follows `tracing` spans alone: SQLite's.

use std::cell::RefCell;

use opentelemetry::ContextGuard;
use otel_kit_core::{CarriedContext, operation::Operation};
use tracing::{Span, level_filters::LevelFilter, span::Id};

use crate::mark::Mark;

/// A span that is nothing but the way of the operation's context; none if no layer is there to follow it.
pub(crate) fn carrier(operation: &Operation) -> Span {
    if LevelFilter::current() < LevelFilter::DEBUG {
        return Span::none();
    }
    let _attached = operation.attach();
    let carrier = tracing::debug_span!(target: CarriedContext::TARGET, "statement");
    // One that is only disabled would tell the `log` crate of each entry.
    if carrier.is_disabled() { Span::none() } else { carrier }
}

/// A carrier that this thread is in.
struct Entered {
    carrier: Id,
    _mark: Mark,
    _context: Option<ContextGuard>,
}

pub(super) fn enter(carrier: &Id, carried: &CarriedContext) {
    // Whatever was attached since the carrier was entered stays.
    let is_entered = with(|all| all.last().is_some_and(|last| last.carrier == *carrier)).unwrap_or(false);
    let context = (!is_entered).then(|| carried.context().clone().attach());
    let entered = Entered { carrier: carrier.clone(), _mark: Mark::set(), _context: context };
    with(|all| all.push(entered));
}

/// Spans may be exited out of order.
pub(super) fn exit(carrier: &Id) {
    let _entered = with(|all| {
        let at = all.iter().rposition(|entered| entered.carrier == *carrier)?;
        Some(all.remove(at))
    });
}

/// `None` while the thread ends: what is entered then is not followed any more.
fn with<T>(f: impl FnOnce(&mut Vec<Entered>) -> T) -> Option<T> {
    ENTERED.try_with(|all| all.try_borrow_mut().ok().map(|mut all| f(&mut all))).ok().flatten()
}

thread_local! {
    static ENTERED: RefCell<Vec<Entered>> = const { RefCell::new(Vec::new()) };
}
