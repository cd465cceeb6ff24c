use std::cell::Cell;

/// Until this is dropped, the thread runs a statement that has a span: what sqlx says of it makes no second one.
///
/// A mark in the OpenTelemetry context would not do: sqlx runs its streams in the `tracing` span that was current,
/// and entering that brings back the context that the span was made in.
#[derive(Debug)]
#[must_use]
pub(crate) struct Inside(());

impl Inside {
    pub(crate) fn enter() -> Self {
        // A thread that is about to end has nothing to mark.
        let _ = DEPTH.try_with(|depth| depth.set(depth.get().saturating_add(1)));
        Self(())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let _ = DEPTH.try_with(|depth| depth.set(depth.get().saturating_sub(1)));
    }
}

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}
