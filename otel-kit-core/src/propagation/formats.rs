//! Which formats a propagator has, in an order that costs nothing where it does not matter.

use http::HeaderName;

use super::{
    older::{B3, Older},
    propagator::{BAGGAGE, TRACEPARENT, TRACESTATE},
};

/// A way to write the context into headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// [W3C Trace Context, level 2](https://www.w3.org/TR/trace-context-2/): headers `traceparent` and `tracestate`.
    TraceContext,
    /// [W3C Baggage](https://www.w3.org/TR/baggage/): header `baggage`.
    Baggage,
    /// [B3](https://github.com/openzipkin/b3-propagation), written as the one header `b3`. Both kinds of B3
    /// are read, the single header first.
    B3,
    /// B3, written as several headers: `x-b3-traceid`, `x-b3-spanid`, `x-b3-sampled` or `x-b3-flags`. Both
    /// kinds of B3 are read, the single header first.
    B3Multi,
    /// [Jaeger's own](https://www.jaegertracing.io/docs/1.76/client-libraries/#propagation-format): header
    /// `uber-trace-id`, and a header `uberctx-<key>` for each member of the baggage.
    Jaeger,
}

/// The formats of a propagator.
#[derive(Debug)]
pub(super) struct Formats {
    /// As they were given, each once.
    pub(super) chosen: Vec<Format>,
    /// Read first.
    pub(super) first: W3c,
    /// Read after that, each over what those before it found.
    pub(super) then: Vec<Step>,
    /// Written.
    pub(super) w3c: W3c,
    /// Names of the headers that are written and known beforehand.
    pub(super) fields: Vec<String>,
}

/// Those of W3C, which are read in one pass.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct W3c {
    pub(super) trace_context: bool,
    pub(super) baggage: bool,
}

/// What is read at once.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    W3c(W3c),
    Older(Older),
}

impl Formats {
    pub(super) fn new(formats: &[Format], jaeger_baggage: bool) -> Self {
        let (mut chosen, mut steps): (Vec<Format>, Vec<Step>) = (Vec::new(), vec![Step::W3c(W3c::default())]);
        for format in formats {
            if !chosen.contains(format) {
                chosen.push(*format);
                add(&mut steps, *format, jaeger_baggage);
            }
        }
        let w3c = W3c {
            trace_context: chosen.contains(&Format::TraceContext),
            baggage: chosen.contains(&Format::Baggage),
        };
        let mut steps = steps.into_iter();
        let first = match steps.next() {
            Some(Step::W3c(first)) => first,
            _ => W3c::default(),
        };
        let then: Vec<Step> = steps.collect();
        let older = then.iter().filter_map(Step::older).flat_map(|older| older.fields().iter().copied());
        let fields = w3c.fields().chain(older).map(str::to_owned).collect();
        Self { chosen, first, then, w3c, fields }
    }
}

impl W3c {
    fn fields(self) -> impl Iterator<Item = &'static str> {
        let names: [(bool, &'static HeaderName); 3] =
            [(self.trace_context, &TRACEPARENT), (self.trace_context, &TRACESTATE), (self.baggage, &BAGGAGE)];
        names.into_iter().filter(|(on, _)| *on).map(|(_, name)| name.as_str())
    }
}

impl Step {
    pub(super) fn older(&self) -> Option<Older> {
        match self {
            Self::Older(older) => Some(*older),
            Self::W3c(_) => None,
        }
    }
}

/// Neighbours of W3C are one step.
fn add(steps: &mut Vec<Step>, format: Format, jaeger_baggage: bool) {
    let older = match format {
        Format::TraceContext | Format::Baggage => {
            if !matches!(steps.last(), Some(Step::W3c(_))) {
                steps.push(Step::W3c(W3c::default()));
            }
            if let Some(Step::W3c(w3c)) = steps.last_mut() {
                w3c.trace_context |= format == Format::TraceContext;
                w3c.baggage |= format == Format::Baggage;
            }
            return;
        }
        Format::B3 => Older::B3(B3::Single),
        Format::B3Multi => Older::B3(B3::Multi),
        Format::Jaeger => Older::Jaeger { baggage: jaeger_baggage },
    };
    steps.push(Step::Older(older));
}
