use std::{cell::Cell, time::SystemTime};

use opentelemetry::{Context, SpanId, TraceId, trace::TraceContextExt};

/// The span that measurements are taken in, and when: what their exemplars say.
///
/// An operation takes several measurements as it ends. It knows its span and the time, and tells both once for all
/// of them; without that each would look at the current context, and at the clock.
/// [`Operation::measure`](crate::operation::Operation::measure) does so for adapters.
///
/// ```
/// use opentelemetry::Context;
/// use otel_kit_core::instrument::Occasion;
///
/// let occasion = Occasion::of(&Context::current(), None);
/// occasion.during(|| assert_eq!(Occasion::told(), Some(occasion)));
/// assert_eq!(Occasion::told(), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Occasion {
    /// The trace; invalid outside of any.
    pub trace_id: TraceId,
    /// The span in it.
    pub span_id: SpanId,
    /// Whether that span is sampled.
    pub is_sampled: bool,
    /// When, if it is not now.
    pub time: Option<SystemTime>,
}

impl Occasion {
    /// In the span of this context, at this time, if it is not now.
    #[inline]
    #[must_use]
    pub fn of(context: &Context, time: Option<SystemTime>) -> Self {
        let span = context.span();
        let span = span.span_context();
        let (trace_id, span_id, is_sampled) = (span.trace_id(), span.span_id(), span.is_sampled());
        Self { trace_id, span_id, is_sampled, time }
    }

    /// All that `measure` measures on this thread is of this occasion, whatever the current context is. It must not
    /// come back here: then the rest of what it measures would be of none.
    #[inline]
    pub fn during<T>(self, measure: impl FnOnce() -> T) -> T {
        struct Told;
        impl Drop for Told {
            #[inline]
            fn drop(&mut self) {
                TOLD.set(None); // to put back what was there before costs as much as all else here
            }
        }
        TOLD.set(Some(self));
        let _told = Told;
        measure()
    }

    /// The occasion of what this thread is measuring, if anybody told. A meter provider asks for it, and otherwise
    /// looks at the current context.
    #[inline]
    #[must_use]
    pub fn told() -> Option<Self> {
        TOLD.get()
    }
}

thread_local! {
    static TOLD: Cell<Option<Occasion>> = const { Cell::new(None) };
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

    use opentelemetry::trace::{SpanContext, TraceFlags, TraceState};

    use super::*;

    fn occasion(id: u64, flags: TraceFlags) -> Occasion {
        let span = SpanContext::new(TraceId::from(7), SpanId::from(id), flags, true, TraceState::NONE);
        Occasion::of(&Context::new().with_remote_span_context(span), None)
    }

    #[test]
    fn an_occasion_is_over_however_it_ends() {
        for occasion in [TraceFlags::SAMPLED, TraceFlags::NOT_SAMPLED].map(|flags| occasion(1, flags)) {
            assert_eq!(occasion.during(Occasion::told), Some(occasion));
            assert_eq!(Occasion::told(), None);
            let panicking = AssertUnwindSafe(|| occasion.during(|| resume_unwind(Box::new(()))));
            assert!(catch_unwind(panicking).is_err());
            assert_eq!(Occasion::told(), None);
        }
    }

    #[test]
    fn another_thread_is_not_told() {
        occasion(1, TraceFlags::SAMPLED).during(|| {
            assert_eq!(std::thread::spawn(Occasion::told).join().unwrap(), None);
        });
    }
}
