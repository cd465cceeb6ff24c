//! What a carrier holds of ours, found in one pass.

use http::{HeaderMap, HeaderName, HeaderValue, header::ValueIter};

use super::{
    carrier::text,
    formats::W3c,
    propagator::{BAGGAGE, TRACEPARENT, TRACESTATE},
};

/// Our headers among all, found in one pass: with as many headers as requests have, that costs less than a
/// look-up for each of them.
#[derive(Default)]
pub(super) struct FoundHeaders<'a> {
    pub(super) traceparent: Lines<'a>,
    pub(super) tracestate: Lines<'a>,
    pub(super) baggage: Lines<'a>,
}

impl<'a> FoundHeaders<'a> {
    /// All others are shown to `see`.
    pub(super) fn scan(
        formats: W3c,
        headers: &'a HeaderMap,
        mut see: impl FnMut(&'a HeaderName, &'a HeaderValue),
    ) -> Self {
        let mut found = Self::default();
        for (name, value) in headers {
            if formats.trace_context && *name == TRACEPARENT {
                found.traceparent.add(value);
            } else if formats.trace_context && *name == TRACESTATE {
                found.tracestate.add(value);
            } else if formats.baggage && *name == BAGGAGE {
                found.baggage.add(value);
            } else {
                see(name, value);
            }
        }
        found
    }
}

/// Our fields among all.
#[derive(Default)]
pub(super) struct FoundFields<'a> {
    pub(super) traceparent: Option<&'a [u8]>,
    /// There is more than one `traceparent`.
    pub(super) ambiguous: bool,
    pub(super) tracestate: Vec<&'a str>,
    pub(super) baggage: Vec<&'a str>,
}

impl<'a> FoundFields<'a> {
    pub(super) fn scan(formats: W3c, fields: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut found = Self::default();
        for (name, value) in fields {
            // Most often they are spelled alike, and to compare without case costs five times as much.
            let is = |ours: &HeaderName| {
                name.len() == ours.as_str().len()
                    && (name == ours.as_str() || name.eq_ignore_ascii_case(ours.as_str()))
            };
            if formats.trace_context && is(&TRACEPARENT) {
                found.ambiguous = found.traceparent.is_some();
                found.traceparent = Some(value);
            } else if formats.trace_context && is(&TRACESTATE) {
                found.tracestate.push(text(value));
            } else if formats.baggage && is(&BAGGAGE) {
                found.baggage.push(text(value));
            }
        }
        found
    }
}

/// The lines of one header; those after the first are looked up when they are wanted.
#[derive(Clone, Copy, Default)]
pub(super) struct Lines<'a> {
    first: Option<&'a HeaderValue>,
    further: bool,
}

impl<'a> Lines<'a> {
    fn add(&mut self, line: &'a HeaderValue) {
        self.further = self.first.is_some();
        self.first = self.first.or(Some(line));
    }

    pub(super) fn only(self) -> Option<&'a HeaderValue> {
        self.first.filter(|_| !self.further)
    }

    #[inline(always)] // most often there is no line: then the call costs more than the answer
    pub(super) fn all(self, headers: &'a HeaderMap, name: &HeaderName) -> AllLines<'a> {
        let mut further = self.further.then(|| headers.get_all(name).iter());
        further.iter_mut().for_each(|lines| _ = lines.next());
        AllLines { first: self.first, further }
    }
}

pub(super) struct AllLines<'a> {
    first: Option<&'a HeaderValue>,
    further: Option<ValueIter<'a, HeaderValue>>,
}

impl<'a> Iterator for AllLines<'a> {
    type Item = &'a HeaderValue;

    fn next(&mut self) -> Option<Self::Item> {
        self.first.take().or_else(|| self.further.as_mut()?.next())
    }
}
