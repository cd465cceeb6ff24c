//! From what a carrier holds to a context: the same for all carriers.

use opentelemetry::{Context, trace::TraceContextExt};

use super::{baggage, line::Line, traceparent::Traceparent, tracestate};

/// What a carrier holds, as lines; the functions are called only for what is needed.
pub(super) struct Incoming<'a, States, Baggage> {
    /// Nothing if there is none, or more than one.
    pub(super) traceparent: Option<&'a [u8]>,
    pub(super) tracestate: States,
    pub(super) baggage: Baggage,
}

impl<States, Baggage> Incoming<'_, States, Baggage> {
    /// Puts all that is valid into the context.
    pub(super) fn into_context<L, S, B>(self, base: &Context) -> Context
    where
        L: Line,
        S: Iterator<Item = L>,
        B: Iterator<Item = L>,
        States: Fn() -> S,
        Baggage: Fn() -> B,
    {
        let with_baggage = baggage::extract(base, (self.baggage)());
        let base = with_baggage.as_ref().unwrap_or(base);
        let Some(parent) = self.traceparent.and_then(Traceparent::parse) else { return base.clone() };
        let received = tracestate::Received::parse(self.tracestate);
        let span_context =
            parent.span_context(received.as_ref().map(tracestate::Received::own).unwrap_or_default());
        // A list is only ever kept beside a span.
        let with_state = (received.is_some() || base.has_active_span())
            .then(|| tracestate::remember(base, parent.trace_id, received))
            .flatten();
        with_state.as_ref().unwrap_or(base).with_remote_span_context(span_context)
    }
}
