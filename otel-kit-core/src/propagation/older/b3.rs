//! Zipkin's format, in one header or in several.
//!
//! <https://github.com/openzipkin/b3-propagation>,
//! <https://opentelemetry.io/docs/specs/otel/context/api-propagators/#b3-requirements>

use opentelemetry::{
    propagation::{Extractor, Injector},
    trace::SpanContext,
};

use super::{Parent, hex, only, span_id, trace_id};

/// How B3 is written; both kinds are read.
#[derive(Clone, Copy, Debug)]
pub(in super::super) enum B3 {
    Single,
    Multi,
}

impl B3 {
    pub(super) fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Single => &[SINGLE],
            Self::Multi => &[TRACE, SPAN, SAMPLED, FLAGS],
        }
    }
}

pub(super) fn extract(carrier: &dyn Extractor) -> Option<Parent> {
    only(carrier, SINGLE).and_then(parse).or_else(|| several(carrier))
}

pub(super) fn inject(kind: B3, span: &SpanContext, debug: bool, injector: &mut dyn Injector) {
    let (trace, id, sampled) = (span.trace_id(), span.span_id(), span.is_sampled());
    let digit = if sampled { "1" } else { "0" };
    match kind {
        B3::Single => {
            let state = if debug { "d" } else { digit };
            injector.set(SINGLE, format_args!("{trace}-{id}-{state}").to_string());
        }
        B3::Multi => {
            injector.set(TRACE, trace.to_string());
            injector.set(SPAN, id.to_string());
            if debug {
                injector.set(FLAGS, "1".to_owned());
            } else {
                injector.set(SAMPLED, digit.to_owned());
            }
        }
    }
}

/// `traceid-spanid`, then perhaps the sampling state, then perhaps the parent's id, which is not needed.
fn parse(value: &str) -> Option<Parent> {
    let mut parts = value.split('-');
    let ids = (parts.next()?, parts.next()?);
    let state = parts.next();
    let complete = match (parts.next(), parts.next()) {
        (None, None) => true,
        (Some(parent), None) => parent.len() == 16 && lower_hex(parent).is_some(),
        _ => false,
    };
    let (sampled, debug) = match state {
        None | Some("0") => (false, false),
        Some("1") => (true, false),
        Some("d") => (true, true),
        Some(_) => return None,
    };
    parent(ids, sampled, debug).filter(|_| complete)
}

fn several(carrier: &dyn Extractor) -> Option<Parent> {
    let ids = (only(carrier, TRACE)?, only(carrier, SPAN)?);
    let debug = only(carrier, FLAGS) == Some("1");
    // `true` and `false` are what the first implementations wrote.
    let sampled = match (carrier.get(SAMPLED), only(carrier, SAMPLED)) {
        (None, _) | (_, Some("0" | "false")) => false,
        (_, Some("1" | "true")) => true,
        _ => return None,
    };
    parent(ids, sampled, debug)
}

fn parent((trace, span): (&str, &str), sampled: bool, debug: bool) -> Option<Parent> {
    if !matches!(trace.len(), 16 | 32) || span.len() != 16 {
        return None;
    }
    let (trace_id, span_id) = (trace_id(lower_hex(trace)?)?, span_id(lower_hex(span)?)?);
    Some(Parent { trace_id, span_id, sampled, debug })
}

fn lower_hex(digits: &str) -> Option<u128> {
    hex(digits, 32).filter(|_| !digits.bytes().any(|byte| byte.is_ascii_uppercase()))
}

const SINGLE: &str = "b3";
pub(super) const TRACE: &str = "x-b3-traceid";
const SPAN: &str = "x-b3-spanid";
const SAMPLED: &str = "x-b3-sampled";
const FLAGS: &str = "x-b3-flags";
/// What belongs to one span and may be absent for the next.
pub(super) const OPTIONAL: &[&str] = &["x-b3-parentspanid", SAMPLED, FLAGS];
