//! The format of Jaeger's own clients.
//!
//! <https://www.jaegertracing.io/docs/1.76/client-libraries/#propagation-format>

use opentelemetry::{
    Context,
    baggage::BaggageExt,
    propagation::{Extractor, Injector},
    trace::SpanContext,
};
use percent_encoding::percent_decode_str;

use super::{Parent, hex, is_debugged, only, span_id, trace_id};
use crate::propagation::baggage;

pub(super) fn extract(base: &Context, carrier: &dyn Extractor, with_baggage: bool) -> Option<Context> {
    let with_baggage = with_baggage.then(|| read_baggage(base, carrier)).flatten();
    let base = with_baggage.as_ref().unwrap_or(base);
    let with_parent = only(carrier, TRACE).and_then(parse).map(|parent| parent.into_context(base));
    with_parent.or(with_baggage)
}

pub(super) fn inject(context: &Context, span: &SpanContext, with_baggage: bool, injector: &mut dyn Injector) {
    if span.is_valid() {
        let debug = if is_debugged(context, span) { DEBUG } else { 0 };
        let flags = debug | if span.is_sampled() { SAMPLED } else { 0 };
        let (trace, id) = (span.trace_id(), span.span_id());
        injector.set(TRACE, format_args!("{trace}:{id}:0:{flags:x}").to_string());
    }
    if with_baggage {
        for (key, value) in baggage::members_of(context.baggage()) {
            injector.set(&format_args!("{BAGGAGE}{key}").to_string(), value);
        }
    }
}

/// `traceid:spanid:parentid:flags`; the ids may lack their leading zeros, and the parent's is not needed.
fn parse(value: &str) -> Option<Parent> {
    // Some clients percent-encode the colons.
    let value = percent_decode_str(value).decode_utf8().ok()?;
    let mut parts = value.split(':');
    let (trace, span, parent) = (parts.next()?, parts.next()?, parts.next()?);
    let flags = hex(parts.next()?, 2)?;
    hex(parent, 16)?;
    let (trace_id, span_id) = (trace_id(hex(trace, 32)?)?, span_id(hex(span, 16)?)?);
    let is_set = |flag: u8| flags & u128::from(flag) != 0;
    let parent = Parent { trace_id, span_id, sampled: is_set(SAMPLED), debug: is_set(DEBUG) };
    Some(parent).filter(|_| parts.next().is_none())
}

fn read_baggage(base: &Context, carrier: &dyn Extractor) -> Option<Context> {
    let mut members = Vec::new();
    for name in carrier.keys() {
        let Some(prefix) = name.get(..BAGGAGE.len()) else { continue };
        if let (true, Some(key)) = (prefix.eq_ignore_ascii_case(BAGGAGE), name.get(BAGGAGE.len()..)) {
            members.extend(only(carrier, name).map(|value| (key, value)));
        }
    }
    // Carriers hold headers in any order; what goes out must not depend on it.
    members.sort_unstable();
    baggage::extract_members(base, members)
}

pub(super) const TRACE: &str = "uber-trace-id";
const BAGGAGE: &str = "uberctx-";
const SAMPLED: u8 = 1;
const DEBUG: u8 = 2;
