//! Reads and writes the context in the headers of records.

use std::panic::{AssertUnwindSafe, catch_unwind};

use opentelemetry::{
    Context,
    propagation::TextMapPropagator,
    trace::{SpanContext, TraceContextExt},
};
use otel_kit_core::propagation::{FieldInjector, Propagator};
use rdkafka::message::{Header, Headers, OwnedHeaders};

/// A header: its key, and its value if that is not null.
pub(crate) type Field<'a> = (&'a str, Option<&'a [u8]>);

/// What a record had for headers before the context was written into them.
#[derive(Debug)]
pub(crate) enum Before {
    /// The same: nothing was written.
    Same,
    /// The same: nothing was written, as they cannot be read.
    Unreadable,
    /// These. Of others, some were ours, and left their place.
    Replaced(Option<OwnedHeaders>),
    /// As many of the first ones.
    First(usize),
}

/// The headers in their order; `None` if one of their keys is no UTF-8.
///
/// rdkafka panics at it and has no other way to read them. That is nothing that the application has to live with
/// because of us, but its panic hook is called: read those of a message once.
pub(crate) fn fields<H: Headers>(headers: &H) -> Option<Vec<Field<'_>>> {
    let all = AssertUnwindSafe(|| {
        let count = headers.count();
        let mut fields = Vec::with_capacity(count);
        // Its own iterator counts them again for each.
        for index in 0..count {
            let Some(header) = headers.try_get(index) else { break };
            fields.push((header.key, header.value));
        }
        fields
    });
    catch_unwind(all).ok()
}

/// The base context with all that the headers hold: a remote parent, baggage.
///
/// Where more than one producer wrote into a record, as happens to one that is sent on, the last one counts:
/// what comes before the last of several `traceparent`s is passed over.
pub(crate) fn extract(propagator: &Propagator, base: &Context, fields: &[Field<'_>]) -> Context {
    if fields.is_empty() {
        return base.clone();
    }
    // Most often it is spelled like this, and to compare without case costs five times as much.
    let is_parent = |field: &Field<'_>| {
        field.1.is_some() && (field.0 == TRACEPARENT || field.0.eq_ignore_ascii_case(TRACEPARENT))
    };
    let parents = fields.iter().enumerate().filter(|(_, field)| is_parent(field));
    let skipped = parents.skip(1).last().map_or(0, |(index, _)| index);
    let fields = fields.iter().skip(skipped).filter_map(|(key, value)| Some((*key, (*value)?)));
    propagator.extract_fields(base, fields)
}

/// The span that a record was created in, if its headers name one.
pub(crate) fn creator(propagator: &Propagator, fields: &[Field<'_>]) -> Option<SpanContext> {
    let context = extract(propagator, &Context::new(), fields);
    let span = context.span();
    Some(span.span_context().clone()).filter(SpanContext::is_valid)
}

/// Writes the context into the headers of a record. Those that hold another context already are replaced; all
/// others stay as they are and where they are, and the new ones come last. Nothing is written into headers that cannot
/// be read: they could not be put together again.
pub(crate) fn inject(
    propagator: &Propagator,
    context: &Context,
    headers: &mut Option<OwnedHeaders>,
) -> Before {
    match headers.as_ref().map_or(Some(false), |headers| may_hold_context(propagator, headers)) {
        Some(false) => {}
        Some(true) => return replace(propagator, context, headers),
        None => return Before::Unreadable,
    }
    let before = match &headers {
        Some(headers) => Before::First(headers.count()),
        None => Before::Replaced(None),
    };
    let mut is_any = false;
    let mut all = headers.take();
    propagator.inject_fields(context, |key, value| {
        let there = all.take().unwrap_or_else(|| OwnedHeaders::new_with_capacity(NEW));
        all = Some(add(there, &(key, Some(value))));
        is_any = true;
    });
    *headers = all;
    if is_any { before } else { Before::Same }
}

/// Whether there is a header with one of the names that a context is written under; `None` if that cannot be read.
fn may_hold_context(propagator: &Propagator, headers: &OwnedHeaders) -> Option<bool> {
    let is_ours = |key: &str| propagator.fields().any(|ours| ours.eq_ignore_ascii_case(key));
    let any = AssertUnwindSafe(|| headers.iter().any(|header| is_ours(header.key)));
    catch_unwind(any).ok()
}

/// The same where there may be something to replace.
#[cold]
fn replace(propagator: &Propagator, context: &Context, headers: &mut Option<OwnedHeaders>) -> Before {
    let mut ours = FieldInjector::new();
    propagator.inject_context(context, &mut ours);
    let Some(there) = headers.as_ref().map_or(Some(Vec::new()), fields) else { return Before::Unreadable };
    let kept = there.iter().filter(|(key, _)| !ours.replaces(key));
    let kept = kept.fold(OwnedHeaders::new_with_capacity(there.len().saturating_add(NEW)), add);
    let ours = ours.into_fields();
    if ours.is_empty() {
        return Before::Same;
    }
    let all = ours.iter().fold(kept, |headers, (key, value)| add(headers, &(key, Some(value.as_bytes()))));
    Before::Replaced(headers.replace(all))
}

impl Before {
    /// Gives a record back the headers that it had.
    pub(crate) fn restore(self, headers: &mut Option<OwnedHeaders>) {
        match self {
            Self::Same | Self::Unreadable => {}
            Self::Replaced(old) => *headers = old,
            Self::First(count) => {
                let Some(all) = headers.as_ref().and_then(fields) else { return };
                let first = all.iter().take(count).fold(OwnedHeaders::new_with_capacity(count), add);
                *headers = Some(first);
            }
        }
    }
}

fn add(headers: OwnedHeaders, (key, value): &Field<'_>) -> OwnedHeaders {
    headers.insert(Header { key, value: *value })
}

const TRACEPARENT: &str = "traceparent";

/// As many headers as a context usually has: `traceparent`, `tracestate`, `baggage`.
const NEW: usize = 3;

#[cfg(test)]
mod tests {
    use opentelemetry::{
        KeyValue, SpanId, TraceFlags, TraceId,
        baggage::BaggageExt,
        trace::{SpanContext, TraceState},
    };
    use proptest::{collection, prelude::*};

    use super::*;

    const OLD: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const OURS: &str = "00-00000000000000000000000000000007-0000000000000008-01";

    fn context(state: TraceState) -> Context {
        let span = SpanContext::new(TraceId::from(7), SpanId::from(8), TraceFlags::SAMPLED, false, state);
        Context::new().with_remote_span_context(span)
    }

    fn headers(fields: &[(&str, Option<&[u8]>)]) -> Option<OwnedHeaders> {
        Some(fields.iter().fold(OwnedHeaders::new(), add))
    }

    /// What a record has for headers.
    fn read(headers: Option<&OwnedHeaders>) -> Vec<Field<'_>> {
        headers.and_then(fields).unwrap_or_default()
    }

    fn written(context: &Context, mut headers: Option<OwnedHeaders>) -> (Option<OwnedHeaders>, Before) {
        let before = inject(&Propagator::default(), context, &mut headers);
        (headers, before)
    }

    #[test]
    fn other_headers_keep_their_order_and_their_bytes_and_null() {
        let others: [Field<'_>; 4] =
            [("kind", Some(b"order")), ("binary", Some(&[0xff, 0, 1])), ("null", None), ("kind", Some(b""))];
        let mut with_old: Vec<Field<'_>> = vec![("traceparent", Some(OLD.as_bytes()))];
        with_old.extend(others);
        with_old.insert(2, ("TraceParent", Some(b"x")));
        with_old.insert(4, ("tracestate", Some(b"a=1")));
        for before in [&others[..], &with_old] {
            let (after, _) = written(&context(TraceState::NONE), headers(before));
            let mut expected = others.to_vec();
            expected.push(("traceparent", Some(OURS.as_bytes())));
            assert_eq!(read(after.as_ref()), expected);
        }
    }

    #[test]
    fn a_record_without_headers_gets_those_of_the_context_and_no_empty_tracestate() {
        let (after, _) = written(&context(TraceState::NONE), None);
        assert_eq!(read(after.as_ref()), [("traceparent", Some(OURS.as_bytes()))]);

        let state = TraceState::from_key_value([("a", "1")]).unwrap();
        let (after, _) = written(&context(state).with_baggage([KeyValue::new("b", "2")]), None);
        let expected: [Field<'_>; 3] =
            [("traceparent", Some(OURS.as_bytes())), ("tracestate", Some(b"a=1")), ("baggage", Some(b"b=2"))];
        assert_eq!(read(after.as_ref()), expected);
    }

    #[test]
    fn without_a_context_to_write_the_headers_stay_those_of_another_included() {
        assert!(written(&Context::new(), None).0.is_none());
        let old: [Field<'_>; 2] = [("traceparent", Some(OLD.as_bytes())), ("kind", None)];
        for before in [&old[..], &[]] {
            assert_eq!(read(written(&Context::new(), headers(before)).0.as_ref()), before);
            assert!(written(&Context::new(), headers(before)).0.is_some());
        }
    }

    #[test]
    fn a_record_that_comes_back_has_the_headers_that_it_had() {
        let old: [Field<'_>; 3] = [("a", Some(b"1")), ("traceparent", Some(OLD.as_bytes())), ("b", None)];
        for before in [Some(&old[..]), Some(&old[..1]), Some(&[]), None] {
            for context in [context(TraceState::NONE), Context::new()] {
                let (mut after, undo) = written(&context, before.and_then(headers));
                undo.restore(&mut after);
                assert_eq!(after.as_ref().map(|after| read(Some(after))), before.map(<[_]>::to_vec));
            }
        }
    }

    #[test]
    fn the_last_producer_of_a_record_counts() {
        let first: [Field<'_>; 3] = [
            ("traceparent", Some(OLD.as_bytes())),
            ("tracestate", Some(b"old=1")),
            ("baggage", Some(b"old=1")),
        ];
        let second: [Field<'_>; 3] =
            [("Traceparent", Some(OURS.as_bytes())), ("baggage", Some(b"new=1")), ("baggage", Some(b"b=2"))];
        let both: Vec<_> = first.into_iter().chain(second).collect();
        let context = extract(&Propagator::default(), &Context::new(), &both);
        let span = context.span().span_context().clone();
        assert_eq!((span.trace_id(), span.trace_state().header()), (TraceId::from(7), String::new()));
        let baggage = context.baggage();
        assert_eq!(baggage.get("new").map(|value| value.as_str()), Some("1"));
        assert_eq!((baggage.get("b").is_some(), baggage.get("old").is_some()), (true, false));
    }

    #[test]
    fn bytes_that_are_no_text_and_null_are_no_context() {
        for value in [Some(&[0xff_u8, 0xfe][..]), Some(b""), None] {
            let fields: [Field<'_>; 2] = [("binary", Some(&[0xff])), ("traceparent", value)];
            assert_eq!(creator(&Propagator::default(), &fields), None);
        }
        let then_null: [Field<'_>; 2] = [("traceparent", Some(OURS.as_bytes())), ("traceparent", None)];
        assert!(creator(&Propagator::default(), &then_null).is_some());
    }

    fn any_header() -> impl Strategy<Value = (String, Option<Vec<u8>>)> {
        let key = prop_oneof![
            Just("traceparent".to_owned()),
            Just("TraceParent".to_owned()),
            Just("tracestate".to_owned()),
            Just("Baggage".to_owned()),
            "[a-z]{0,8}",
        ];
        let value = prop_oneof![
            Just(None),
            Just(Some(OLD.as_bytes().to_vec())),
            collection::vec(any::<u8>(), 0..20).prop_map(Some),
        ];
        (key, value)
    }

    proptest! {
        #[test]
        fn whatever_a_record_holds_the_context_arrives_and_the_rest_stays(
            before in collection::vec(any_header(), 0..8),
        ) {
            let before: Vec<Field<'_>> =
                before.iter().map(|(key, value)| (key.as_str(), value.as_deref())).collect();
            let (mut after, undo) = written(&context(TraceState::NONE), headers(&before));
            let is_ours = |field: &&Field<'_>| {
                ["traceparent", "tracestate"].iter().any(|key| field.0.eq_ignore_ascii_case(key))
            };
            let mut expected: Vec<_> = before.iter().filter(|field| !is_ours(field)).copied().collect();
            expected.push(("traceparent", Some(OURS.as_bytes())));
            prop_assert_eq!(read(after.as_ref()), expected);
            let found = creator(&Propagator::default(), &read(after.as_ref()));
            prop_assert_eq!(found.map(|span| span.span_id()), Some(SpanId::from(8)));
            undo.restore(&mut after);
            prop_assert_eq!(read(after.as_ref()), before);
        }
    }

    /// As rdkafka's: a key that is no UTF-8 is a panic.
    struct NotText;

    impl Headers for NotText {
        fn count(&self) -> usize {
            1
        }

        fn try_get(&self, _: usize) -> Option<Header<'_, &[u8]>> {
            std::panic::resume_unwind(Box::new("no UTF-8"))
        }
    }

    #[test]
    fn a_key_that_is_no_text_takes_the_context_and_not_the_application() {
        assert_eq!(fields(&NotText), None);
    }
}
