use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use super::Exception;
use crate::diag::{TARGET, Throttle};

/// Is told of each exception that adapters come across.
///
/// It is called where the exception happened, in the middle of a request and perhaps of a panic, with the
/// operation's context current: it must not block, and what takes long belongs on another thread.
/// If it panics, the host does not notice; a warning says so, at most one a minute.
pub trait ExceptionSink: fmt::Debug + Send + Sync {
    /// Takes what it needs of the exception.
    fn record(&self, exception: &Exception<'_>);
}

/// All sinks of a kit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sinks(Vec<Arc<dyn ExceptionSink>>);

impl Sinks {
    pub(crate) fn add(&mut self, sink: Arc<dyn ExceptionSink>) {
        self.0.push(sink);
    }

    pub(crate) fn record(&self, exception: &Exception<'_>) {
        for sink in &self.0 {
            let told = catch_unwind(AssertUnwindSafe(|| sink.record(exception)));
            if told.is_err()
                && let Some(held_back) = PANICKED.pass()
            {
                tracing::warn!(target: TARGET, held_back, "an exception sink panicked, an exception is lost");
            }
        }
    }
}

static PANICKED: Throttle = Throttle::new(Duration::from_secs(60));

#[cfg(test)]
mod tests {
    use std::{
        panic::resume_unwind,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use opentelemetry::Context;

    use super::{super::Mechanism, *};
    use crate::Kit;

    #[derive(Debug)]
    struct Panics;

    impl ExceptionSink for Panics {
        fn record(&self, _: &Exception<'_>) {
            resume_unwind(Box::new("sink"));
        }
    }

    #[derive(Debug, Default)]
    struct Counts(AtomicUsize);

    impl ExceptionSink for Counts {
        fn record(&self, _: &Exception<'_>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    struct TellsWhenDropped<'a>(&'a Kit);

    impl Drop for TellsWhenDropped<'_> {
        fn drop(&mut self) {
            let context = Context::new();
            self.0.record_exception(&Exception::new("a.exception", Mechanism::Panic, &context));
        }
    }

    #[test]
    fn a_sink_that_panics_harms_neither_the_host_nor_other_sinks_not_even_while_the_host_unwinds() {
        let counts = Arc::new(Counts::default());
        let kit = Kit::builder().exception_sink(Arc::new(Panics)).exception_sink(counts.clone()).build();
        drop(TellsWhenDropped(&kit));
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            let _tells = TellsWhenDropped(&kit);
            resume_unwind(Box::new("host"));
        }));
        assert_eq!(unwound.unwrap_err().downcast_ref(), Some(&"host"));
        assert_eq!(counts.0.load(Ordering::Relaxed), 2);
    }
}
