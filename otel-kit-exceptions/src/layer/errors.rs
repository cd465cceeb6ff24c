use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, OnceLock},
};

use opentelemetry::{Context as OtelContext, logs::Severity};
use otel_kit_core::{exception::Mechanism, semconv::event::EXCEPTION};
use tracing::{Dispatch, Level, Subscriber, dispatcher::WeakDispatch};
use tracing_core::Event;
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::{
    fields::{ErrorText, FirstError},
    place::{span_path, with_context},
};
use crate::{
    chain::Text,
    recorder::{Incoming, Inner, Loss, Recording, Site, hold, id_of},
};

/// Takes events with errors for exceptions.
pub(crate) struct ErrorEvents {
    inner: Arc<Inner>,
    dispatch: OnceLock<WeakDispatch>,
}

impl ErrorEvents {
    pub(crate) const fn new(inner: Arc<Inner>) -> Self {
        Self { inner, dispatch: OnceLock::new() }
    }

    fn take(&self, event: &Event<'_>, context: &OtelContext) {
        let incoming = incoming(event, context);
        let mut error = FirstError::new(|error: &(dyn std::error::Error + 'static)| {
            self.inner.take(&Incoming { error: Some(error), ..incoming });
        });
        event.record(&mut error);
        if error.is_found() || *event.metadata().level() != Level::ERROR {
            return;
        }
        if let Some(text) = self.error_text(event) {
            self.inner.take(&Incoming { text: Some(text.as_str()), ..incoming });
        }
    }

    /// What its field says that holds an error as text, whatever its `Display` does.
    fn error_text(&self, event: &Event<'_>) -> Option<Text<4096>> {
        let _recording = Recording::enter()?;
        let mut text = ErrorText::default();
        let read = catch_unwind(AssertUnwindSafe(|| event.record(&mut text)));
        if read.is_err() {
            self.inner.shared.losses.add(Loss::Unreadable, 1);
        }
        text.text
    }
}

impl<S> Layer<S> for ErrorEvents
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        let _first_is_kept = self.dispatch.set(dispatch.downgrade());
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let taken = hold(|| with_context(event, &self.dispatch, |current| self.take(event, current)));
        for held in taken {
            held.with_span_path(span_path(event, &self.dispatch)).send(None);
        }
    }
}

fn incoming<'a>(event: &Event<'_>, context: &'a OtelContext) -> Incoming<'a> {
    let metadata = event.metadata();
    let severity = if *metadata.level() == Level::ERROR { Severity::Error } else { Severity::Warn };
    Incoming {
        event_name: EXCEPTION,
        mechanism: Mechanism::Log,
        severity,
        context,
        error: None,
        text: None,
        type_name: None,
        type_id: None,
        site: metadata.file().map(|file| Site {
            id: id_of(metadata),
            file,
            module: metadata.module_path(),
            function: None,
        }),
        stack: None,
        addresses: None,
    }
}
