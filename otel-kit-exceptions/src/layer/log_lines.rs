use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
};

use opentelemetry::{TraceId, trace::TraceContextExt};
use tracing::{Dispatch, Metadata, Subscriber, dispatcher::WeakDispatch};
use tracing_core::Event;
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::{fields::LineText, lines::LONGEST, place::with_context};
use crate::{
    chain::Text,
    recorder::{Doing, Inner, Recording, doing},
};

/// Remembers events as lines of their traces.
pub(crate) struct LogLines {
    inner: Arc<Inner>,
    dispatch: OnceLock<WeakDispatch>,
}

impl LogLines {
    pub(crate) const fn new(inner: Arc<Inner>) -> Self {
        Self { inner, dispatch: OnceLock::new() }
    }
}

impl<S> Layer<S> for LogLines
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        let _first_is_kept = self.dispatch.set(dispatch.downgrade());
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let lines = &self.inner.shared.lines;
        if lines.is_off() || doing() != Doing::Other || self.inner.shared.has_ended() {
            return;
        }
        let trace = with_context(event, &self.dispatch, |context| context.span().span_context().trace_id());
        if trace == TraceId::INVALID {
            return;
        }
        // A value whose `Debug` panics is the business of whoever writes the line.
        let _recording = Recording::enter();
        if let Ok(line) = catch_unwind(AssertUnwindSafe(|| line(event))) {
            lines.push(trace, line);
        }
    }
}

/// `INFO shop::orders: order taken id=7`
fn line(event: &Event<'_>) -> Text<LONGEST> {
    let metadata: &Metadata<'_> = event.metadata();
    let start = Text::of(&format_args!("{} {}:", metadata.level(), metadata.target()));
    let mut text = LineText::new(start);
    event.record(&mut text);
    text.finish()
}
