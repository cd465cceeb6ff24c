use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use either::Either;
use futures_core::{Stream, stream::BoxStream};
use sqlx_core::error::Error;

use crate::span::SqlSpan;

/// What a statement answers, with the span's context attached whenever it runs: rows, and after those of each
/// statement in the text how many rows it changed.
pub(crate) struct Rows<'s, 'e, Q, R> {
    inner: Option<Answers<'e, Q, R>>,
    span: &'s mut SqlSpan,
    /// The caller is waiting for the next answer.
    is_awaited: bool,
}

type Answers<'e, Q, R> = BoxStream<'e, Result<Either<Q, R>, Error>>;

impl<'s, 'e, Q, R> Rows<'s, 'e, Q, R> {
    pub(crate) fn new(span: &'s mut SqlSpan, inner: Answers<'e, Q, R>) -> Self {
        Self { inner: Some(inner), span, is_awaited: false }
    }

    fn drop_inner(&mut self) {
        let _entered = self.span.enter();
        self.inner = None;
    }
}

impl<Q, R> Stream for Rows<'_, '_, Q, R> {
    type Item = Result<Either<Q, R>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(inner) = &mut this.inner else { return Poll::Ready(None) };
        this.is_awaited = true;
        let answer = {
            let _entered = this.span.enter();
            ready!(inner.as_mut().poll_next(task))
        };
        this.is_awaited = false;
        match &answer {
            Some(Ok(Either::Left(_))) => {}
            Some(Ok(Either::Right(_))) => this.span.count_row(),
            Some(Err(error)) => this.span.finish(Err::<(), _>(error)),
            None => {
                this.drop_inner();
                this.span.finish(Ok(()));
            }
        }
        Poll::Ready(answer)
    }
}

impl<Q, R> Drop for Rows<'_, '_, Q, R> {
    fn drop(&mut self) {
        if self.inner.is_some() {
            self.drop_inner();
            // Whoever stops after a row has seen enough; whoever stops waiting for the next one has given up,
            // which is what the span's own drop says.
            if !self.is_awaited && !std::thread::panicking() {
                self.span.finish(Ok(()));
            }
        }
    }
}
