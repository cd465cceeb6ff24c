use std::{
    mem,
    pin::Pin,
    task::{Context, Poll, ready},
};

use axum::{BoxError, body::Body};
use bytes::Bytes;
use http::Response;
use pin_project_lite::pin_project;

use crate::{failure::Failure, scope::Scope};

pin_project! {
    /// Response future of [`Otel`](crate::Otel).
    #[derive(Debug)]
    pub struct ResponseFuture<F> {
        #[pin]
        inner: Option<F>,
        scope: Scope,
    }

    impl<F> PinnedDrop for ResponseFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.inner.is_some() {
                let _attached = this.scope.attach();
                this.inner.set(None);
            }
        }
    }
}

impl<F> ResponseFuture<F> {
    pub(crate) const fn new(inner: F, scope: Scope) -> Self {
        Self { inner: Some(inner), scope }
    }
}

impl<F, B, E> Future for ResponseFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    E: 'static,
{
    type Output = Result<Response<Body>, E>;

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // Only a future that has ended has no inner one, and it must not be polled again.
        let Some(inner) = this.inner.as_mut().as_pin_mut() else { return Poll::Pending };
        let _attached = this.scope.attach();
        let result = ready!(this.scope.poll(|| inner.poll(task)));
        this.inner.set(None);
        match result {
            Ok(response) => Poll::Ready(Ok(mem::take(this.scope).respond(response))),
            Err(error) => {
                this.scope.fail(Failure::of_service(&error));
                Poll::Ready(Err(error))
            }
        }
    }
}
