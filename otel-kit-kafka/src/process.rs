use std::{
    any::type_name,
    borrow::Cow,
    error::Error,
    pin::Pin,
    task::{self, Poll, ready},
};

use opentelemetry::{Context, ContextGuard};
use otel_kit_core::operation::Outcome;
use pin_project_lite::pin_project;

use crate::{
    failure::{tell, type_of},
    span::KafkaSpan,
};

/// Messages being processed, until it is told how that ended: its span and its duration.
///
/// One that is dropped untold leaves a span with `otel_kit.cancelled`, or an error if a panic drops it; the kit's
/// [exception sinks](otel_kit_core::exception) are told of the panic.
///
/// Its context has to be current while the messages are processed: [`attach`](Self::attach) where nothing is
/// awaited, else `with_context` of `otel_kit_core::ContextFutureExt`. The closures of
/// [`Processor`](crate::Processor) see to that themselves.
#[derive(Debug)]
#[must_use = "processing that is dropped at once counts as cancelled"]
pub struct Process(State);

#[derive(Debug)]
enum State {
    Open(KafkaSpan),
    /// In this context, without a kit or without messages.
    Untouched(Context),
}

pin_project! {
    /// A handler at work: whenever it runs, its drop included, the context is attached.
    pub(crate) struct Processing<F> {
        #[pin]
        handling: Option<F>,
        process: Option<Process>,
    }

    impl<F> PinnedDrop for Processing<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some(process) = this.process.take() {
                let _attached = process.attach();
                this.handling.set(None);
            }
        }
    }
}

impl Process {
    pub(crate) const fn new(span: KafkaSpan) -> Self {
        Self(State::Open(span))
    }

    /// Without a kit, or without messages.
    pub(crate) fn untouched() -> Self {
        Self(State::Untouched(Context::current()))
    }

    /// The context of what is done with the messages: span, baggage, and the topic as a field of log lines.
    #[must_use]
    pub const fn context(&self) -> &Context {
        match &self.0 {
            State::Open(span) => span.context(),
            State::Untouched(context) => context,
        }
    }

    /// Makes the context current on this thread until the guard is dropped.
    #[must_use = "the context is current only as long as the guard lives"]
    pub fn attach(&self) -> ContextGuard {
        self.context().clone().attach()
    }

    /// It went well.
    pub fn end(self) {
        self.conclude(&Outcome::Success);
    }

    /// As [`finish`](Self::finish), where the context is attached.
    pub(crate) fn finish_attached<T, E: 'static>(self, result: &Result<T, E>) {
        let State::Open(mut span) = self.0 else { return };
        match result {
            Ok(_) => span.finish(&Outcome::Success),
            Err(error) => {
                tell(&span, span.told(error), type_name::<E>());
                span.finish(&Outcome::failure(type_of::<E>()));
            }
        }
    }

    /// It failed; the word of low cardinality is the span's
    /// [`error.type`](https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/).
    pub fn fail(self, error_type: impl Into<Cow<'static, str>>) {
        self.conclude(&Outcome::failure(error_type));
    }

    /// It failed with this error: its type is the span's `error.type`, and the kit's
    /// [exception sinks](otel_kit_core::exception) are told of it, its message and what is behind it.
    pub fn fail_with<E: Error + 'static>(self, error: &E) {
        let _attached = self.attach();
        if let State::Open(mut span) = self.0 {
            tell(&span, Some(error), type_name::<E>());
            span.finish(&Outcome::failure(type_of::<E>()));
        }
    }

    /// It went as the result says. The type of an error is the span's `error.type`, and the kit's
    /// [exception sinks](otel_kit_core::exception) are told of it: of its type, and, of an error in a
    /// `Box<dyn Error>` or [made known](crate::Processor::telling_errors), of its message and what is behind it.
    pub fn finish<T, E: 'static>(self, result: &Result<T, E>) {
        let _attached = self.attach();
        self.finish_attached(result);
    }

    fn conclude(self, outcome: &Outcome) {
        if let State::Open(mut span) = self.0 {
            span.finish(outcome);
        }
    }
}

impl<F> Processing<F> {
    pub(crate) const fn new(process: Process, handling: F) -> Self {
        Self { handling: Some(handling), process: Some(process) }
    }
}

impl<F, T, E> Future for Processing<F>
where
    F: Future<Output = Result<T, E>>,
    E: 'static,
{
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // Only one that has ended has neither, and it must not be polled again.
        let (Some(handling), Some(process)) = (this.handling.as_mut().as_pin_mut(), &this.process) else {
            return Poll::Pending;
        };
        let _attached = process.attach();
        let result = ready!(handling.poll(task));
        this.handling.set(None);
        if let Some(process) = this.process.take() {
            process.finish_attached(&result);
        }
        Poll::Ready(result)
    }
}
