use std::mem;

use axum::{BoxError, body::Body};
use bytes::Bytes;
use http::Response;
use opentelemetry::{Context, ContextGuard};
use otel_kit_core::operation::Outcome;

use crate::{
    body::{ScopedBody, known_length},
    failure::Failure,
    handler_error::HandlerError,
    span::ServerSpan,
};

/// What a request runs in.
#[derive(Debug, Default)]
pub(crate) enum Scope {
    /// What it would run in without us.
    #[default]
    Untouched,
    /// A context, without a span of its own.
    Context(Context),
    /// Its span.
    Span(ServerSpan),
}

impl Scope {
    pub(crate) fn attach(&self) -> Option<ContextGuard> {
        match self {
            Self::Untouched => None,
            Self::Context(context) => Some(context.clone().attach()),
            Self::Span(span) => Some(span.attach()),
        }
    }

    /// Runs a poll. A panic that unwinds through it ends the span at once: a layer further out may catch it,
    /// and whoever drops us then cannot tell it from a client that left.
    pub(crate) fn poll<T>(&mut self, poll: impl FnOnce() -> T) -> T {
        struct OnUnwind<'a>(&'a mut Scope);
        impl Drop for OnUnwind<'_> {
            fn drop(&mut self) {
                self.0.finish(Outcome::Panicked);
            }
        }
        let on_unwind = OnUnwind(self);
        let polled = poll();
        mem::forget(on_unwind);
        polled
    }

    pub(crate) fn finish(&mut self, outcome: Outcome) {
        if let Self::Span(span) = self {
            span.finish(outcome);
        }
    }

    /// Ends in an error, of which sinks are told first.
    #[cold]
    pub(crate) fn fail(&mut self, failure: Failure<'_>) {
        if let Self::Span(span) = self {
            span.fail(failure);
        }
    }

    /// Counts bytes of the response's body.
    pub(crate) const fn count(&mut self, bytes: u64) {
        if let Self::Span(span) = self {
            span.count(bytes);
        }
    }

    /// Goes on with the body of the response, unless there is nothing to go on with.
    pub(crate) fn respond<B>(mut self, mut response: Response<B>) -> Response<Body>
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let length = known_length(&response);
        let ends_here = match &mut self {
            Self::Untouched => true,
            Self::Context(_) => false,
            Self::Span(span) => {
                span.tell(response.headers_mut());
                if let Some(error) = response.extensions_mut().remove::<HandlerError>() {
                    span.tell_error(&error, response.status());
                }
                span.answer(&response, length)
            }
        };
        if ends_here || length == Some(0) || response.body().is_end_stream() {
            self.finish(Outcome::Success);
            return response.map(Body::new);
        }
        response.map(|body| Body::new(ScopedBody::new(body, self, length)))
    }
}
