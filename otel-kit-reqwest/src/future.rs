use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use reqwest::Response;
use reqwest_middleware::Result;

use crate::{nesting::Identity, span::ClientSpan};

/// An attempt under way, with its span's context attached whenever it runs.
pub(crate) struct Spanned<'a> {
    inner: Option<Sending<'a>>,
    span: ClientSpan,
    identity: Identity,
}

/// What [`Next::run`](reqwest_middleware::Next::run) answers.
type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response>> + Send + 'a>>;

impl<'a> Spanned<'a> {
    pub(crate) const fn new(inner: Sending<'a>, span: ClientSpan, identity: Identity) -> Self {
        Self { inner: Some(inner), span, identity }
    }
}

impl Future for Spanned<'_> {
    type Output = Result<Response>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        // Only a future that has ended has no inner one, and it must not be polled again.
        let Some(inner) = &mut this.inner else { return Poll::Pending };
        let (_entered, _attached) = (this.identity.enter(), this.span.attach());
        let result = ready!(inner.as_mut().poll(task));
        this.inner = None;
        this.span.finish_with(&result);
        Poll::Ready(result)
    }
}

impl Drop for Spanned<'_> {
    fn drop(&mut self) {
        if self.inner.is_some() {
            let (_entered, _attached) = (self.identity.enter(), self.span.attach());
            self.inner = None;
        }
    }
}
