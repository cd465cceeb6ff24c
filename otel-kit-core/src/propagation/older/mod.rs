//! Formats of tracing systems that were there before Trace Context, for neighbours that know no other.
//!
//! They hold no `tracestate`, and of the flags only whether a trace is sampled, and B3 and Jaeger whether
//! it is debugged: then the sampler of each service is to keep it, so it counts as sampled, and the mark
//! goes on to the next service.

use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId,
    propagation::{Extractor, Injector},
    trace::{SpanContext, TraceContextExt, TraceState},
};

pub(super) use b3::B3;

mod b3;
mod jaeger;

/// A format with the headers it is written in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Older {
    B3(B3),
    Jaeger { baggage: bool },
}

impl Older {
    /// The context with what is valid in the carrier; nothing if there is none.
    pub(super) fn extract(self, base: &Context, carrier: &dyn Extractor) -> Option<Context> {
        match self {
            Self::B3(_) => Some(b3::extract(carrier)?.into_context(base)),
            Self::Jaeger { baggage } => jaeger::extract(base, carrier, baggage),
        }
    }

    pub(super) fn inject(self, context: &Context, injector: &mut dyn Injector) {
        let span = context.span();
        let span = span.span_context();
        match self {
            Self::B3(_) if !span.is_valid() => {}
            Self::B3(kind) => b3::inject(kind, span, is_debugged(context, span), injector),
            Self::Jaeger { baggage } => jaeger::inject(context, span, baggage, injector),
        }
    }

    /// Headers that must not stay next to those that are written: they say something about another span.
    pub(super) fn outdated(self) -> &'static [&'static str] {
        match self {
            Self::B3(B3::Multi) => b3::OPTIONAL,
            Self::B3(B3::Single) | Self::Jaeger { .. } => &[],
        }
    }

    pub(super) fn fields(self) -> &'static [&'static str] {
        match self {
            Self::B3(kind) => kind.fields(),
            Self::Jaeger { .. } => &[jaeger::TRACE],
        }
    }
}

/// True if a carrier must not keep a field of this name next to the one that was set.
pub(super) fn is_outdated(name: &str, is_set: impl Fn(&str) -> bool) -> bool {
    b3::OPTIONAL.iter().any(|other| other.eq_ignore_ascii_case(name)) && is_set(b3::TRACE)
}

/// A remote parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parent {
    trace_id: TraceId,
    span_id: SpanId,
    sampled: bool,
    debug: bool,
}

impl Parent {
    fn into_context(self, base: &Context) -> Context {
        let flags = if self.sampled || self.debug { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED };
        let span = SpanContext::new(self.trace_id, self.span_id, flags, true, TraceState::NONE);
        let marked = base.get::<Debugged>().is_some_and(|debugged| debugged.0 == Some(self.trace_id));
        if self.debug == marked {
            return base.with_remote_span_context(span);
        }
        base.with_value(Debugged(self.debug.then_some(self.trace_id))).with_remote_span_context(span)
    }
}

/// The trace that is debugged: a new trace below it is not.
struct Debugged(Option<TraceId>);

fn is_debugged(context: &Context, span: &SpanContext) -> bool {
    context.get::<Debugged>().is_some_and(|debugged| debugged.0 == Some(span.trace_id()))
}

/// The only line of a header, without white space around it.
fn only<'a>(carrier: &'a dyn Extractor, name: &str) -> Option<&'a str> {
    match *carrier.get_all(name)? {
        [only] => Some(only.trim_matches([' ', '\t'])),
        _ => None,
    }
}

/// A number of so many hexadecimal digits.
fn hex(digits: &str, longest: usize) -> Option<u128> {
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let length = 1..=longest.min(32);
    u128::from_str_radix(digits, 16).ok().filter(|_| hexadecimal && length.contains(&digits.len()))
}

fn trace_id(number: u128) -> Option<TraceId> {
    Some(TraceId::from(number)).filter(|id| *id != TraceId::INVALID)
}

fn span_id(number: u128) -> Option<SpanId> {
    u64::try_from(number).ok().map(SpanId::from).filter(|id| *id != SpanId::INVALID)
}
