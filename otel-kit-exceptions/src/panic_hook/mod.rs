//! Reports panics before they unwind, on the thread that panics.

use std::{
    any::Any,
    fmt,
    panic::{self, PanicHookInfo},
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use opentelemetry::{Context, trace::TraceContextExt};
use otel_kit_core::{exception::Mechanism, semconv::event::EXCEPTION};

use crate::{
    event::usual_severity,
    recorder::{AfterFlush, Doing, Incoming, Inner, Site, deadline_in, doing},
    stack,
};

/// How panics are reported: see [`Exceptions::install_panic_hook`](crate::Exceptions::install_panic_hook).
///
/// A panic that ends the process waits until it is exported, at most for the deadline: one of the main thread outside
/// of any span, the first time, and any at all where panics abort. All others are left to the kit's threads. Panics of
/// the kit's own threads are never waited for.
#[derive(Clone)]
#[must_use]
pub struct PanicHook {
    deadline: Duration,
    flush: Option<Arc<dyn Fn(Duration) + Send + Sync>>,
}

impl PanicHook {
    /// A hook with a deadline of 500 ms that flushes nothing but the exceptions.
    pub const fn new() -> Self {
        Self { deadline: DEADLINE, flush: None }
    }

    /// How long a panic that ends the process may wait for its export; zero is not at all.
    pub const fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// What exports the kit's events, as the process is about to end; it is called on a thread of the kit's with the
    /// time that is left.
    pub fn flush(mut self, flush: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        self.flush = Some(Arc::new(flush));
        self
    }

    fn wait(&self, inner: &Inner) {
        let until = deadline_in(self.deadline);
        let after = self.flush.clone().map(|flush| AfterFlush { flush, until });
        let _in_time = inner.flush(self.deadline, after);
    }
}

impl Default for PanicHook {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for PanicHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PanicHook").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

/// Puts the hook before the one that is there.
pub(crate) fn install(inner: &Arc<Inner>, hook: PanicHook) {
    // A thread that panics may not change the hook.
    if !inner.shared.settings.panic_hook
        || thread::panicking()
        || inner.is_hooked.swap(true, Ordering::AcqRel)
    {
        return;
    }
    let inner = Arc::downgrade(inner);
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| on_panic(info, &inner, &hook, &*before)));
}

fn on_panic(
    info: &PanicHookInfo<'_>,
    inner: &Weak<Inner>,
    hook: &PanicHook,
    before: &dyn Fn(&PanicHookInfo<'_>),
) {
    // It is caught where an error is formatted for us: without us there would have been none.
    if doing() == Doing::Recording {
        return;
    }
    let inner = inner.upgrade().filter(|inner| doing() == Doing::Other && !inner.shared.has_ended());
    let is_last = inner.as_ref().is_some_and(|inner| report(info, inner));
    before(info);
    if let Some(inner) = inner.filter(|_| is_last && !hook.deadline.is_zero()) {
        hook.wait(&inner);
    }
}

/// True if the process is about to end by it.
fn report(info: &PanicHookInfo<'_>, inner: &Arc<Inner>) -> bool {
    let context = Context::current();
    let is_last = is_last(&context, &inner.has_waited);
    let addresses = stack::capture();
    let (message, location) = (message(info.payload()), info.location());
    inner.take(&Incoming {
        event_name: EXCEPTION,
        mechanism: Mechanism::Panic,
        severity: usual_severity(Mechanism::Panic, false, is_last),
        context: &context,
        error: None,
        text: Some(message),
        type_name: Some(PANIC),
        type_id: None,
        site: location.map(Site::told),
        stack: None,
        addresses: Some(&addresses),
    });
    is_last
}

/// A runtime of one thread catches panics on the main thread too: they are those of requests, which have spans, and
/// what was the last time not the end is waited for no more.
fn is_last(context: &Context, has_waited: &AtomicBool) -> bool {
    let thread = thread::current();
    let name = thread.name().unwrap_or_default();
    if OWN_THREADS.iter().any(|own| name.starts_with(own)) {
        return false;
    }
    if cfg!(panic = "abort") {
        return true;
    }
    name == "main" && !context.has_active_span() && !has_waited.swap(true, Ordering::Relaxed)
}

fn message(payload: &dyn Any) -> &str {
    let text = payload.downcast_ref::<&'static str>().copied();
    text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or(NO_TEXT)
}

const DEADLINE: Duration = Duration::from_millis(500);
const PANIC: &str = "panic";
/// What a panic says whose payload is no text.
const NO_TEXT: &str = "";
const OWN_THREADS: [&str; 2] = ["otel-kit", "OpenTelemetry"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_panic_says_is_a_text_of_either_kind() {
        assert_eq!(message(&"static"), "static");
        assert_eq!(message(&"owned".to_owned()), "owned");
        assert_eq!(message(&7), "");
    }
}
