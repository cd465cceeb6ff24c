//! The rules of B3 and of Jaeger's own format, through the public API, over all roads.

#![expect(clippy::unwrap_used, reason = "a helper that cannot build its input fails the test")]

mod roads;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{
    Context, KeyValue, SpanId, TraceFlags, TraceId,
    baggage::BaggageExt,
    propagation::TextMapPropagator,
    trace::{SpanContext, TraceContextExt, TraceState},
};
use otel_kit_core::propagation::{FieldInjector, Format, Propagator};
use proptest::prelude::*;
use roads::ALL;

const TRACE: &str = "80f198ee56343ba864fe8b2a57d3eff7";
const SPAN: &str = "e457b5a2e4d86bd1";
const OTHER: &str = "00-12345678901234567890123456789012-1234567890123456-01";

type Lines<'a> = &'a [(&'a str, &'a str)];

fn headers(lines: Lines<'_>) -> HeaderMap {
    roads::headers(lines.iter().map(|(name, value)| (*name, value.as_bytes())))
}

fn extract(formats: &[Format], lines: Lines<'_>) -> Context {
    let lines: Vec<_> = lines.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    roads::extract(&Propagator::new(formats), &lines)
}

fn inject(formats: &[Format], context: &Context) -> HeaderMap {
    roads::inject(&Propagator::new(formats), context)
}

fn found(formats: &[Format], lines: Lines<'_>) -> Option<String> {
    let context = extract(formats, lines);
    let span = context.span().span_context().clone();
    assert!(!span.is_valid() || span.is_remote());
    let flag = if span.is_sampled() { "sampled" } else { "not" };
    span.is_valid().then(|| format!("{} {} {flag}", span.trace_id(), span.span_id()))
}

fn sent(formats: &[Format], context: &Context) -> Vec<String> {
    let map = inject(formats, context);
    map.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect()
}

#[test]
fn a_single_b3_header_is_read_with_each_sampling_state() {
    let ids = format!("{TRACE}-{SPAN}");
    for (rest, flag) in [
        ("", "not"),
        ("-0", "not"),
        ("-1", "sampled"),
        ("-d", "sampled"),
        ("-1-05e3ac9a4f6e3b90", "sampled"),
        ("-1\t ", "sampled"),
    ] {
        for format in [Format::B3, Format::B3Multi] {
            let line = format!("{ids}{rest}");
            assert_eq!(found(&[format], &[("b3", &line)]), Some(format!("{TRACE} {SPAN} {flag}")), "{line}");
        }
    }
}

#[test]
fn several_b3_headers_are_read_with_each_sampling_state() {
    let ids = [("X-B3-TraceId", TRACE), ("X-B3-SpanId", SPAN)];
    for (rest, flag) in [
        (&[][..], "not"),
        (&[("x-b3-sampled", "0")], "not"),
        (&[("x-b3-sampled", "false")], "not"),
        (&[("x-b3-sampled", "1"), ("x-b3-parentspanid", "05e3ac9a4f6e3b90")], "sampled"),
        (&[("x-b3-sampled", "true")], "sampled"),
        (&[("x-b3-flags", "1")], "sampled"),
        (&[("x-b3-flags", "1"), ("x-b3-sampled", "0")], "sampled"),
        (&[("x-b3-flags", "0")], "not"),
    ] {
        let lines = [&ids[..], rest].concat();
        for format in [Format::B3, Format::B3Multi] {
            assert_eq!(found(&[format], &lines), Some(format!("{TRACE} {SPAN} {flag}")), "{rest:?}");
        }
    }
}

#[test]
fn malformed_b3_headers_are_left_out() {
    let (zero, short) = ("0".repeat(32), TRACE.strip_prefix('8').unwrap());
    for line in [
        "",
        "0",
        "1",
        "d",
        TRACE,
        &format!("{TRACE}-"),
        &format!("{zero}-{SPAN}-1"),
        &format!("{TRACE}-0000000000000000-1"),
        &format!("{short}-{SPAN}-1"),
        &format!("{TRACE}-{SPAN}0-1"),
        &format!("{}-{SPAN}-1", TRACE.to_uppercase()),
        &format!("+{short}-{SPAN}-1"),
        &format!("{TRACE}-{SPAN}-"),
        &format!("{TRACE}-{SPAN}-2"),
        &format!("{TRACE}-{SPAN}-D"),
        &format!("{TRACE}-{SPAN}-1-"),
        &format!("{TRACE}-{SPAN}-1-12"),
        &format!("{TRACE}-{SPAN}-1-{SPAN}-"),
        "ä-é-1",
    ] {
        assert_eq!(found(&[Format::B3], &[("b3", line)]), None, "{line}");
    }
    for lines in [
        &[("x-b3-traceid", TRACE)][..],
        &[("x-b3-spanid", SPAN)],
        &[("x-b3-traceid", TRACE), ("x-b3-spanid", "x")],
        &[("x-b3-traceid", TRACE), ("x-b3-spanid", SPAN), ("x-b3-sampled", "yes")],
        &[("x-b3-traceid", TRACE), ("x-b3-traceid", TRACE), ("x-b3-spanid", SPAN)],
        &[("x-b3-traceid", TRACE), ("x-b3-spanid", SPAN), ("x-b3-sampled", "0"), ("x-b3-sampled", "1")],
    ] {
        assert_eq!(found(&[Format::B3Multi], lines), None, "{lines:?}");
    }
    let line = format!("{TRACE}-{SPAN}-1");
    assert_eq!(found(&[Format::B3], &[("b3", &line), ("b3", &line)]), None);
}

#[test]
fn the_single_b3_header_counts_before_several_if_it_is_valid() {
    let single = format!("{TRACE}-{SPAN}-1");
    let several = [("x-b3-traceid", "00000000000000aa"), ("x-b3-spanid", "00000000000000bb")];
    let lines = [&several[..], &[("b3", &single)]].concat();
    assert_eq!(found(&[Format::B3Multi], &lines), Some(format!("{TRACE} {SPAN} sampled")));
    let lines = [&several[..], &[("b3", "0")]].concat();
    let expected = format!("{:0>32} {:0>16} not", "aa", "bb");
    assert_eq!(found(&[Format::B3], &lines), Some(expected), "short trace ids are filled up");
}

#[test]
fn jaegers_header_is_read_with_ids_of_any_length() {
    for (line, expected) in [
        (format!("{TRACE}:{SPAN}:0:1"), format!("{TRACE} {SPAN} sampled")),
        (format!("{TRACE}:{SPAN}:{SPAN}:00"), format!("{TRACE} {SPAN} not")),
        ("AB:c:0:3".to_owned(), format!("{:0>32} {:0>16} sampled", "ab", "c")),
        (format!("{TRACE}%3A{SPAN}%3a0%3A1"), format!("{TRACE} {SPAN} sampled")),
    ] {
        assert_eq!(found(&[Format::Jaeger], &[("Uber-Trace-Id", &line)]), Some(expected), "{line}");
    }
    for line in [
        "",
        ":::",
        "0:1:0:1",
        "1:0:0:1",
        "1:1:0",
        "1:1::1",
        "1:1:0:",
        "1:1:0:1:",
        "1:1:0:111",
        "1:+1:0:1",
        "1:12345678901234567:0:1",
        "123456789012345678901234567890123:1:0:1",
        "g:1:0:1",
        "%FF:1:0:1",
    ] {
        assert_eq!(found(&[Format::Jaeger], &[("uber-trace-id", line)]), None, "{line}");
    }
}

#[test]
fn jaegers_baggage_is_read_and_written_member_by_member() {
    let lines =
        [("uberctx-user", "a%2C%20b"), ("UberCtx-plan", "gold"), ("uberctx-", "x"), ("uberctx-bad", "a;b")];
    let context = extract(&[Format::Jaeger], &lines);
    assert_eq!(context.baggage().len(), 2);
    assert_eq!(context.baggage().get("user").unwrap().as_str(), "a, b");
    assert_eq!(sent(&[Format::Jaeger], &context), ["uberctx-plan: gold", "uberctx-user: a%2C%20b"]);
    assert_eq!(inject(&[Format::Baggage], &context).len(), 1);
    assert!(sent(&[Format::B3, Format::B3Multi], &context).is_empty());
}

#[test]
fn peers_that_get_no_baggage_get_none_of_jaegers_either() {
    let context = extract(&[Format::Baggage], &[("baggage", "a=1")]);
    let jaeger = Propagator::new(&[Format::Baggage, Format::Jaeger]);
    let mut map = HeaderMap::new();
    jaeger.without_baggage().inject_headers(&context, &mut map);
    assert!(map.is_empty());
    let read = jaeger.without_baggage().extract_headers(&Context::new(), &headers(&[("uberctx-a", "1")]));
    assert!(read.baggage().is_empty());
    jaeger.inject_headers(&context, &mut map);
    assert_eq!(map, headers(&[("baggage", "a=1"), ("uberctx-a", "1")]));
}

#[test]
fn all_formats_are_written_with_the_same_span() {
    let context = extract(&[Format::B3], &[("b3", &format!("{TRACE}-{SPAN}-1"))]);
    assert_eq!(
        sent(ALL, &context),
        [
            format!("traceparent: 00-{TRACE}-{SPAN}-01"),
            format!("b3: {TRACE}-{SPAN}-1"),
            format!("x-b3-traceid: {TRACE}"),
            format!("x-b3-spanid: {SPAN}"),
            "x-b3-sampled: 1".to_owned(),
            format!("uber-trace-id: {TRACE}:{SPAN}:0:1"),
        ]
    );
    let propagator = Propagator::new(ALL);
    assert_eq!(
        propagator.fields().collect::<Vec<_>>(),
        [
            "traceparent",
            "tracestate",
            "baggage",
            "b3",
            "x-b3-traceid",
            "x-b3-spanid",
            "x-b3-sampled",
            "x-b3-flags",
            "uber-trace-id"
        ]
    );
    assert!(sent(ALL, &Context::new()).is_empty());
}

#[test]
fn a_debugged_trace_stays_so_and_a_new_trace_below_it_does_not() {
    let context = extract(&[Format::B3], &[("b3", &format!("{TRACE}-{SPAN}-d"))]);
    let child = |trace: TraceId| {
        let span =
            SpanContext::new(trace, SpanId::from(1), TraceFlags::SAMPLED, false, TraceState::default());
        context.with_remote_span_context(span)
    };
    let same = child(context.span().span_context().trace_id());
    assert_eq!(sent(&[Format::B3], &same), [format!("b3: {TRACE}-0000000000000001-d")]);
    assert_eq!(
        sent(&[Format::B3Multi], &same)[1..],
        ["x-b3-spanid: 0000000000000001".to_owned(), "x-b3-flags: 1".to_owned()]
    );
    assert_eq!(sent(&[Format::Jaeger], &same), [format!("uber-trace-id: {TRACE}:0000000000000001:0:3")]);
    assert_eq!(sent(&[Format::B3], &child(TraceId::from(1))), [format!("b3: {:0>32}-{:0>16}-1", "1", "1")]);
    let again = Propagator::new(&[Format::B3])
        .extract_headers(&context, &headers(&[("b3", &format!("{TRACE}-{SPAN}-1"))]));
    assert_eq!(sent(&[Format::B3], &again), [format!("b3: {TRACE}-{SPAN}-1")]);
}

#[test]
fn optional_headers_of_another_span_do_not_stay() {
    let stale = [("x-b3-parentspanid", SPAN), ("x-b3-flags", "1"), ("x-b3-sampled", "0"), ("other", "x")];
    let context = extract(&[Format::B3], &[("b3", &format!("{TRACE}-{SPAN}-1"))]);
    let propagator = Propagator::new(&[Format::B3Multi]);
    let mut map = headers(&stale);
    propagator.inject_headers(&Context::new(), &mut map);
    assert_eq!(map, headers(&stale), "nothing to say");
    propagator.inject_headers(&context, &mut map);
    let expected = [("x-b3-traceid", TRACE), ("x-b3-spanid", SPAN), ("x-b3-sampled", "1"), ("other", "x")];
    assert_eq!(map, headers(&expected));
    let mut fields = FieldInjector::new();
    propagator.inject_context(&context, &mut fields);
    assert!(fields.replaces("X-B3-ParentSpanId") && fields.replaces("x-b3-flags") && !fields.replaces("b3"));
}

#[test]
fn the_last_format_that_names_a_valid_parent_counts() {
    let b3 = format!("{TRACE}-{SPAN}-1");
    let both = [("traceparent", OTHER), ("b3", &b3)];
    let (first, second) = (format!("{TRACE} {SPAN} sampled"), OTHER.get(3..35).unwrap());
    assert_eq!(found(&[Format::TraceContext, Format::B3], &both), Some(first.clone()));
    assert!(found(&[Format::B3, Format::TraceContext], &both).unwrap().starts_with(second));
    let broken = [("traceparent", "00-x"), ("b3", &b3)];
    assert_eq!(found(&[Format::B3, Format::TraceContext], &broken), Some(first));
    let broken = [("traceparent", OTHER), ("b3", "0")];
    assert!(found(&[Format::TraceContext, Format::B3], &broken).unwrap().starts_with(second));
}

#[test]
fn the_last_format_that_holds_baggage_counts() {
    let both = [("baggage", "a=1"), ("uberctx-a", "2")];
    for (formats, value) in [
        (&[Format::Baggage, Format::Jaeger][..], "2"),
        (&[Format::Jaeger, Format::TraceContext, Format::Baggage], "1"),
        (&[Format::TraceContext, Format::Jaeger, Format::Baggage], "1"),
    ] {
        assert_eq!(extract(formats, &both).baggage().get("a").unwrap().as_str(), value, "{formats:?}");
    }
}

#[test]
fn baggage_in_jaegers_format_keeps_the_limits() {
    let lines: Vec<_> = (0..500).map(|number| (format!("uberctx-k{number}"), "v".repeat(100))).collect();
    let lines: Vec<_> = lines.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(extract(&[Format::Jaeger], &lines).baggage().len(), 64);
}

#[test]
fn baggage_in_jaegers_format_goes_out_in_one_order_whatever_order_it_came_in() {
    let formats = [Format::Baggage, Format::Jaeger];
    for lines in [[("uberctx-a", "1"), ("uberctx-b", "2")], [("uberctx-b", "2"), ("uberctx-a", "1")]] {
        let mut headers = HeaderMap::new();
        Propagator::new(&formats).inject_headers(&extract(&formats, &lines), &mut headers);
        assert_eq!(headers["baggage"], "a=1,b=2");
    }
}

fn any_value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<Vec<u8>>(),
        "[0-9a-f]{0,33}[-:][0-9a-fA-F]{0,17}([-:][01d3]?([-:][0-9a-f]{0,17})?)?".prop_map(String::into_bytes),
        "[0-9a-f]{32}-[0-9a-f]{16}-[01d]".prop_map(String::into_bytes),
        "[0-9a-f]{1,32}(:|%3A)[0-9a-f]{1,16}:0:[0-3]".prop_map(String::into_bytes),
        "[0-9a-f]{16}".prop_map(String::into_bytes),
    ]
}

fn any_name() -> impl Strategy<Value = String> {
    "b3|x-b3-traceid|x-b3-spanid|x-b3-sampled|x-b3-flags|uber-trace-id|uberctx-[a-c]?|traceparent|baggage"
}

fn some_formats() -> impl Strategy<Value = Vec<Format>> {
    prop::sample::subsequence(ALL.to_vec(), 0..=ALL.len()).prop_shuffle()
}

proptest! {
    #[test]
    fn whatever_comes_in_what_goes_out_is_stable(
        formats in some_formats(),
        lines in prop::collection::vec((any_name(), any_value()), 0..6),
    ) {
        let propagator = Propagator::new(&formats);
        let mut map = HeaderMap::new();
        for (name, value) in &lines {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                map.append(HeaderName::try_from(name).unwrap(), value);
            }
        }
        let pass = |headers: &HeaderMap| {
            let mut sent = HeaderMap::new();
            propagator.inject_headers(&propagator.extract_headers(&Context::new(), headers), &mut sent);
            sent
        };
        let mut once = pass(&map);
        prop_assert!(once.values().all(|value| value.to_str().is_ok()));
        if formats.contains(&Format::Baggage) && formats.contains(&Format::Jaeger) {
            // Jaeger's names come back in lower case, and then there are two of them.
            once = pass(&once);
        }
        prop_assert_eq!(pass(&once), once);
    }

    #[test]
    fn inject_then_extract_gives_the_same_parent_and_baggage(
        formats in some_formats(),
        (trace, span, sampled) in (1..=u128::MAX, 1..=u64::MAX, any::<bool>()),
        members in prop::collection::btree_map("[a-z]{1,3}", "[ -~ä]{0,6}", 0..4),
    ) {
        let flags = if sampled { TraceFlags::SAMPLED } else { TraceFlags::NOT_SAMPLED };
        let parent =
            SpanContext::new(TraceId::from(trace), SpanId::from(span), flags, true, TraceState::default());
        let baggage: Vec<_> = members.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
        let context = Context::new().with_remote_span_context(parent.clone()).with_baggage(baggage);
        let received = Propagator::new(&formats).extract_headers(&Context::new(), &inject(&formats, &context));
        if formats.iter().any(|format| *format != Format::Baggage) {
            let received = received.span();
            prop_assert_eq!(received.span_context(), &parent);
        }
        if formats.contains(&Format::Baggage) || formats.contains(&Format::Jaeger) {
            for (key, value) in &members {
                prop_assert_eq!(received.baggage().get(key).unwrap().as_str(), value);
            }
        }
    }
}
