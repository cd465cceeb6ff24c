use std::{cell::RefCell, mem, sync::Arc};

use super::{
    capture::Inner,
    job::{Job, Trace},
};

/// An exception that is to be exported, once its stack trace is there.
#[derive(Debug)]
pub(crate) struct Held {
    inner: Arc<Inner>,
    job: Job,
}

impl Held {
    /// With the names of the `tracing` spans around it, outermost first.
    pub(crate) fn with_span_path(mut self, path: Vec<String>) -> Self {
        self.job.record.span_path = path;
        self
    }

    /// Lets it go, with the text of the stack trace if there is one.
    pub(crate) fn send(mut self, stack: Option<&str>) {
        if let Some(text) = stack.filter(|_| self.inner.shared.settings.stacktrace) {
            self.job.stack = Trace::Text(text.to_owned());
        }
        self.inner.send(self.job);
    }
}

thread_local! {
    static HELD: RefCell<Option<Vec<Held>>> = const { RefCell::new(None) };
}

/// What `record` would have exported: a stack trace that comes along as text is made only for that.
pub(crate) fn hold(record: impl FnOnce()) -> Vec<Held> {
    let before = HELD.try_with(|held| held.replace(Some(Vec::new()))).ok().flatten();
    record();
    HELD.try_with(|held| mem::replace(&mut *held.borrow_mut(), before)).ok().flatten().unwrap_or_default()
}

/// Keeps it if somebody on this thread asked for that.
pub(super) fn hold_back(inner: &Arc<Inner>, job: Job) -> Option<Job> {
    let mut job = Some(job);
    let _thread_ends = HELD.try_with(|held| {
        if let Ok(mut held) = held.try_borrow_mut()
            && let Some(held) = held.as_mut()
        {
            held.extend(job.take().map(|job| Held { inner: Arc::clone(inner), job }));
        }
    });
    job
}
