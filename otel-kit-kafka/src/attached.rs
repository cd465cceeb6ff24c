use std::{
    pin::Pin,
    task::{self, Poll, ready},
};

use opentelemetry::Context;
use pin_project_lite::pin_project;

pin_project! {
    /// A future that has a context attached whenever it runs, its drop included.
    #[derive(Debug)]
    pub(crate) struct Attached<F> {
        #[pin]
        inner: Option<F>,
        context: Context,
    }

    impl<F> PinnedDrop for Attached<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.inner.is_some() {
                let _attached = this.context.clone().attach();
                this.inner.set(None);
            }
        }
    }
}

impl<F> Attached<F> {
    pub(crate) const fn new(inner: F, context: Context) -> Self {
        Self { inner: Some(inner), context }
    }
}

impl<F: Future> Future for Attached<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        // Only a future that has ended has no inner one, and it must not be polled again.
        let Some(inner) = this.inner.as_mut().as_pin_mut() else { return Poll::Pending };
        let _attached = this.context.clone().attach();
        let output = ready!(inner.poll(task));
        this.inner.set(None);
        Poll::Ready(output)
    }
}
