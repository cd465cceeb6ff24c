use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;

use crate::span::SqlSpan;

pin_project! {
    /// A future that runs, and is dropped, within the span of a statement.
    pub(crate) struct Within<'s, F> {
        #[pin]
        inner: Option<F>,
        span: &'s SqlSpan,
    }

    impl<F> PinnedDrop for Within<'_, F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.inner.is_some() {
                let _entered = this.span.enter();
                this.inner.set(None);
            }
        }
    }
}

impl<'s, F> Within<'s, F> {
    pub(crate) const fn new(span: &'s SqlSpan, inner: F) -> Self {
        Self { inner: Some(inner), span }
    }
}

impl<F: Future> Future for Within<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        // It is there until it came to its end.
        let Some(inner) = this.inner.as_mut().as_pin_mut() else { return Poll::Pending };
        let _entered = this.span.enter();
        let output = ready!(inner.poll(task));
        this.inner.set(None);
        Poll::Ready(output)
    }
}
