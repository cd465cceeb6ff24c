use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::BoxError;
use bytes::Bytes;
use http::{Response, header};
use http_body::{Body, Frame, SizeHint};
use otel_kit_core::operation::Outcome;
use pin_project_lite::pin_project;

use crate::{failure::Failure, scope::Scope};

pin_project! {
    /// A response's body in the scope of its request.
    pub(crate) struct ScopedBody<B> {
        #[pin]
        inner: Option<B>,
        scope: Scope,
        // Bytes to come, where their number is known: a server does not poll again after the last of them, nor
        // after trailers.
        left: Option<u64>,
    }

    impl<B> PinnedDrop for ScopedBody<B> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.inner.is_some() {
                let _attached = this.scope.attach();
                this.inner.set(None);
            }
        }
    }
}

impl<B: Body> ScopedBody<B> {
    pub(crate) const fn new(inner: B, scope: Scope, length: Option<u64>) -> Self {
        Self { inner: Some(inner), scope, left: length }
    }
}

/// Length of a body, where it is known: as it says itself, or as the header declares.
pub(crate) fn known_length<B: Body>(response: &Response<B>) -> Option<u64> {
    let declared = || response.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok();
    response.body().size_hint().exact().or_else(declared)
}

impl<B: Body<Data = Bytes>> Body for ScopedBody<B>
where
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let mut this = self.project();
        let Some(mut inner) = this.inner.as_mut().as_pin_mut() else { return Poll::Ready(None) };
        let _attached = this.scope.attach();
        let polled = ready!(this.scope.poll(|| inner.as_mut().poll_frame(task)));
        let polled = polled.map(|frame| frame.map_err(unwrapped));
        match &polled {
            Some(Ok(frame)) => {
                let length = u64::try_from(frame.data_ref().map_or(0, Bytes::len)).unwrap_or(u64::MAX);
                this.scope.count(length);
                *this.left = this.left.map(|left| left.saturating_sub(length));
                if inner.is_end_stream() {
                    this.scope.finish(Outcome::Success);
                    this.inner.set(None);
                } else if *this.left == Some(0) || frame.is_trailers() {
                    this.scope.finish(Outcome::Success);
                }
            }
            Some(Err(error)) => this.scope.fail(Failure::of_body::<B::Error>(error)),
            None => {
                this.scope.finish(Outcome::Success);
                this.inner.set(None);
            }
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

/// The error that axum's bodies hide in theirs; it is hidden again around us.
fn unwrapped(error: impl Into<BoxError>) -> BoxError {
    match error.into().downcast::<axum::Error>() {
        Ok(error) => error.into_inner(),
        Err(error) => error,
    }
}
