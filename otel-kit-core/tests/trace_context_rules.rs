//! The rules of W3C Trace Context, level 2, through the public API, over all roads.
//!
//! The cases restate those of the official harness (`w3c/trace-context`, strict level 2).

#![expect(clippy::unwrap_used, reason = "a helper that cannot build its input fails the test")]

mod roads;

use http::{HeaderMap, HeaderValue};
use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId,
    propagation::TextMapPropagator,
    trace::{SpanContext, TraceContextExt, TraceState},
};
use otel_kit_core::propagation::{FieldExtractor, FieldInjector, Format, HeaderExtractor, Propagator};
use proptest::prelude::*;

const TRACE: &str = "12345678901234567890123456789012";
const SPAN: &str = "1234567890123456";
const PARENT: &str = "00-12345678901234567890123456789012-1234567890123456-01";

type Lines<'a> = &'a [(&'a str, &'a [u8])];

fn headers(lines: Lines<'_>) -> HeaderMap {
    roads::headers(lines.iter().copied())
}

fn extract(lines: Lines<'_>) -> Context {
    roads::extract(&Propagator::default(), lines)
}

fn inject(context: &Context) -> HeaderMap {
    roads::inject(&Propagator::default(), context)
}

fn traceparent(value: &str) -> Option<SpanContext> {
    let context = extract(&[("traceparent", value.as_bytes())]);
    context.has_active_span().then(|| context.span().span_context().clone())
}

/// The `tracestate` that goes out for these lines coming in.
fn tracestate(lines: &[&str]) -> Option<String> {
    let mut all: Vec<(&str, &[u8])> = vec![("traceparent", PARENT.as_bytes())];
    all.extend(lines.iter().map(|line| ("tracestate", line.as_bytes())));
    let context = extract(&all);
    assert_eq!(
        context.span().span_context().trace_id().to_string(),
        TRACE,
        "a bad tracestate cost the parent"
    );
    state_of(&context)
}

fn state_of(context: &Context) -> Option<String> {
    inject(context).get("tracestate").map(|value| value.to_str().unwrap().to_owned())
}

/// A local child of the context's span, with a trace state of its own.
fn child(context: &Context, trace_state: TraceState) -> Context {
    let parent = context.span().span_context().clone();
    context.with_remote_span_context(SpanContext::new(
        parent.trace_id(),
        SpanId::from(0xaaaa),
        parent.trace_flags(),
        false,
        trace_state,
    ))
}

fn members(range: std::ops::RangeInclusive<u32>) -> String {
    range.map(|number| format!("bar{number:02}={number:02}")).collect::<Vec<_>>().join(",")
}

// Names

#[test]
fn header_names_are_taken_in_any_case_and_sent_in_lower_case() {
    for name in ["TraceParent", "TrAcEpArEnT", "TRACEPARENT"] {
        let fields = FieldExtractor::new([(name, PARENT.as_bytes()), ("TRACESTATE", b"foo=1")]);
        let context = Propagator::default().extract_with_context(&Context::new(), &fields);
        assert_eq!(context.span().span_context().trace_id().to_string(), TRACE);
        assert_eq!(state_of(&context).unwrap(), "foo=1");
        let fields = [(name, PARENT.as_bytes()), ("TRACESTATE", b"foo=1")];
        let context = Propagator::default().extract_fields(&Context::new(), fields);
        assert_eq!(state_of(&context).unwrap(), "foo=1");
    }
    let mut fields = FieldInjector::new();
    Propagator::default().inject_context(&extract(&[("traceparent", PARENT.as_bytes())]), &mut fields);
    assert_eq!(fields.into_fields(), [("traceparent".to_owned(), PARENT.to_owned())]);
}

#[test]
fn other_header_names_are_not_ours() {
    for name in ["trace-parent", "trace.parent"] {
        assert!(!extract(&[(name, PARENT.as_bytes())]).has_active_span());
    }
    for name in ["trace-state", "trace.state"] {
        let context = extract(&[("traceparent", PARENT.as_bytes()), (name, b"foo=1")]);
        assert_eq!(state_of(&context), None);
    }
}

// traceparent

#[test]
fn valid_traceparent_is_a_remote_parent() {
    let parent = traceparent(PARENT).unwrap();
    assert_eq!(parent.trace_id().to_string(), TRACE);
    assert_eq!(parent.span_id().to_string(), SPAN);
    assert!(parent.is_remote() && parent.is_sampled());
    assert!(!traceparent(&format!("00-{TRACE}-{SPAN}-00")).unwrap().is_sampled());
}

#[test]
fn each_part_has_its_exact_length_in_lower_case_hexadecimal() {
    for value in [
        // version
        format!("0-{TRACE}-{SPAN}-01"),
        format!("000-{TRACE}-{SPAN}-01"),
        format!("0000-{TRACE}-{SPAN}-01"),
        format!(".0-{TRACE}-{SPAN}-01"),
        format!("0.-{TRACE}-{SPAN}-01"),
        format!("CC-{TRACE}-{SPAN}-01"),
        // trace id
        format!("00-.2345678901234567890123456789012-{SPAN}-01"),
        format!("00-1234567890123456789012345678901.-{SPAN}-01"),
        format!("00-1234567890123456789012345678901-{SPAN}-01"),
        format!("00-123456789012345678901234567890123-{SPAN}-01"),
        format!("00-ABCDEF78901234567890123456789012-{SPAN}-01"),
        // parent id
        format!("00-{TRACE}-.234567890123456-01"),
        format!("00-{TRACE}-123456789012345.-01"),
        format!("00-{TRACE}-123456789012345-01"),
        format!("00-{TRACE}-12345678901234567-01"),
        format!("00-{TRACE}-ABCDEF7890123456-01"),
        // flags
        format!("00-{TRACE}-{SPAN}-.0"),
        format!("00-{TRACE}-{SPAN}-0."),
        format!("00-{TRACE}-{SPAN}-1"),
        format!("00-{TRACE}-{SPAN}-001"),
        format!("00-{TRACE}-{SPAN}-0A"),
        // separators
        format!("00_{TRACE}_{SPAN}_01"),
        format!("00-{TRACE}-{SPAN}"),
        format!("00-{TRACE}-{SPAN}-"),
        String::new(),
        "-".repeat(55),
        "0".repeat(55),
    ] {
        assert_eq!(traceparent(&value), None, "{value}");
    }
}

#[test]
fn version_ff_and_ids_of_zeros_are_invalid() {
    assert_eq!(traceparent(&format!("ff-{TRACE}-{SPAN}-01")), None);
    assert_eq!(traceparent(&format!("00-{}-{SPAN}-01", "0".repeat(32))), None);
    assert_eq!(traceparent(&format!("00-{TRACE}-{}-01", "0".repeat(16))), None);
}

#[test]
fn version_00_ends_behind_the_flags() {
    for more in [".", "-", "-what-the-future-will-be-like"] {
        assert_eq!(traceparent(&format!("{PARENT}{more}")), None);
    }
}

#[test]
fn optional_white_space_around_traceparent_is_stripped() {
    for value in
        [format!(" {PARENT}"), format!("\t{PARENT}"), format!("{PARENT} "), format!("\t {PARENT} \t")]
    {
        assert_eq!(traceparent(&value).unwrap().trace_id().to_string(), TRACE, "{value:?}");
    }
}

#[test]
fn higher_versions_are_read_by_position_and_answered_with_version_00() {
    for more in ["", "-", "-what-the-future-will-be-like"] {
        let value = format!("cc-{TRACE}-{SPAN}-01{more}");
        let context = extract(&[("traceparent", value.as_bytes())]);
        assert_eq!(inject(&context).get("traceparent").unwrap(), PARENT, "{value}");
    }
    assert_eq!(traceparent(&format!("cc-{TRACE}-{SPAN}-01.what-the-future-will-be-like")), None);
    assert_eq!(traceparent(&format!("cc-{TRACE}-{SPAN}-0")), None);
}

#[test]
fn two_traceparent_headers_are_invalid() {
    let other = format!("00-{}-{SPAN}-01", "1".repeat(32));
    for second in [other.as_bytes(), PARENT.as_bytes(), b"", b"\xff"] {
        assert!(!extract(&[("traceparent", PARENT.as_bytes()), ("traceparent", second)]).has_active_span());
        assert!(!extract(&[("traceparent", second), ("traceparent", PARENT.as_bytes())]).has_active_span());
    }
}

#[test]
fn flags_are_bits_and_unknown_ones_are_sent_as_zero() {
    for flags in 0..=u8::MAX {
        let parent = traceparent(&format!("00-{TRACE}-{SPAN}-{flags:02x}")).unwrap();
        assert_eq!(parent.trace_flags(), TraceFlags::new(flags & 3));
        let local = SpanContext::new(
            parent.trace_id(),
            parent.span_id(),
            TraceFlags::new(flags),
            false,
            TraceState::NONE,
        );
        let sent = inject(&Context::new().with_remote_span_context(local));
        assert_eq!(sent.get("traceparent").unwrap(), format!("00-{TRACE}-{SPAN}-{:02x}", flags & 3).as_str());
    }
}

#[test]
fn random_flag_is_passed_on_set_and_unset() {
    for flags in ["00", "01", "02", "03"] {
        let value = format!("00-{TRACE}-{SPAN}-{flags}");
        let context = extract(&[("traceparent", value.as_bytes())]);
        assert_eq!(
            inject(&child(&context, TraceState::NONE)).get("traceparent").unwrap().as_bytes()[53..],
            *flags.as_bytes()
        );
    }
}

#[test]
fn every_call_carries_the_id_of_its_own_span() {
    let context = extract(&[("traceparent", PARENT.as_bytes())]);
    let sent = inject(&child(&context, TraceState::NONE));
    assert_eq!(sent.get("traceparent").unwrap(), format!("00-{TRACE}-000000000000aaaa-01").as_str());
}

#[test]
fn an_unmodified_traceparent_goes_with_an_unmodified_tracestate() {
    let lines: Lines<'_> =
        &[("traceparent", PARENT.as_bytes()), ("tracestate", b"congo=t61rcWkgMzE,ot=th:8,rojo=1")];
    assert_eq!(inject(&extract(lines)), headers(lines));
}

// Which header depends on which

#[test]
fn tracestate_without_a_valid_traceparent_is_dropped() {
    for parent in [&[][..], &[("traceparent", &b"00-0-0-01"[..])]] {
        let lines = [parent, &[("tracestate", &b"foo=1"[..])]].concat();
        let context = extract(&lines);
        assert!(!context.has_active_span());
        // A new trace started from there must not carry it either.
        let root =
            SpanContext::new(TraceId::from(7), SpanId::from(7), TraceFlags::SAMPLED, false, TraceState::NONE);
        assert_eq!(state_of(&context.with_remote_span_context(root)), None);
    }
}

#[test]
fn a_bad_tracestate_costs_only_itself() {
    for line in ["foo", "foo=", "FOO=1", "foo=1,bar"] {
        assert_eq!(tracestate(&[line]), None, "{line}");
    }
}

#[test]
fn a_restarted_trace_sends_no_tracestate_of_the_old_one() {
    let context = extract(&[("traceparent", PARENT.as_bytes()), ("tracestate", b"foo=1")]);
    let root =
        SpanContext::new(TraceId::from(7), SpanId::from(7), TraceFlags::SAMPLED, false, TraceState::NONE);
    assert_eq!(state_of(&context.with_remote_span_context(root)), None);
}

#[test]
fn a_context_extracted_over_another_of_the_same_trace_forgets_its_tracestate() {
    let propagator = Propagator::default();
    let outer = extract(&[("traceparent", PARENT.as_bytes()), ("tracestate", b"foo=1")]);
    let inner = propagator.extract_headers(&outer, &headers(&[("traceparent", PARENT.as_bytes())]));
    assert_eq!(state_of(&inner), None);
}

// tracestate

#[test]
fn tracestate_is_inherited() {
    assert_eq!(tracestate(&["foo=1,bar=2"]).unwrap(), "foo=1,bar=2");
}

#[test]
fn several_tracestate_headers_are_joined_in_order() {
    assert_eq!(
        tracestate(&["foo=1,bar=2", "rojo=1,congo=2", "baz=3"]).unwrap(),
        "foo=1,bar=2,rojo=1,congo=2,baz=3"
    );
}

#[test]
fn empty_members_and_headers_are_allowed_and_not_sent() {
    for (lines, sent) in [
        (&[""][..], None),
        (&[" \t"], None),
        (&["", ""], None),
        (&[","], None),
        (&["foo=1", ""], Some("foo=1")),
        (&["", "foo=1"], Some("foo=1")),
        (&["foo=1,,bar=2,"], Some("foo=1,bar=2")),
    ] {
        assert_eq!(tracestate(lines).as_deref(), sent, "{lines:?}");
    }
}

#[test]
fn white_space_around_members_is_stripped() {
    for line in
        ["foo=1 \t , \t bar=2, \t baz=3", "foo=1\t \t,\t \tbar=2,\t \tbaz=3", "\t foo=1,bar=2,baz=3 \t"]
    {
        assert_eq!(tracestate(&[line]).unwrap(), "foo=1,bar=2,baz=3", "{line:?}");
    }
    for line in [" foo=1", "\tfoo=1", "foo=1 ", "foo=1\t", "\t foo=1 \t"] {
        assert_eq!(tracestate(&[line]).unwrap(), "foo=1", "{line:?}");
    }
}

#[test]
fn thirty_two_members_are_passed_on_and_thirty_three_are_discarded() {
    let all = [members(1..=10), members(11..=20), members(21..=30)];
    let lines = |last| [all[0].as_str(), &all[1], &all[2], last].map(str::to_owned);
    let kept = lines("bar31=31,bar32=32");
    assert_eq!(tracestate(&kept.each_ref().map(String::as_str)).unwrap(), members(1..=32));
    let discarded = lines("bar31=31,bar32=32,bar33=33");
    assert_eq!(tracestate(&discarded.each_ref().map(String::as_str)), None);
    assert_eq!(tracestate(&[&members(1..=32), ","]).unwrap(), members(1..=32), "empty members do not count");
}

#[test]
fn a_thirty_third_member_of_our_own_drops_the_right_most() {
    let list = members(1..=32);
    let context = extract(&[("traceparent", PARENT.as_bytes()), ("tracestate", list.as_bytes())]);
    let own = TraceState::from_key_value([("own", "x")]).unwrap();
    assert_eq!(state_of(&child(&context, own)).unwrap(), format!("own=x,{}", members(1..=31)));
}

#[test]
fn keys_start_with_a_letter_or_digit_and_may_hold_at_signs_anywhere_else() {
    let all = "abcdefghijklmnopqrstuvwxyz0123456789_-*/";
    for key in [all, "0", "9a", "a@", "a@@b", "a@b@c", "foo@0123456789abcdef", &format!("{all}@a-z0-9_-*/")] {
        let member = format!("{key}=1,bar=2");
        assert_eq!(tracestate(&[&member]).unwrap(), member);
    }
    for key in
        ["@foo", "_foo", "-foo", "*foo", "/foo", "foo ", "foo\t", "FOO", "fOo", "foo.bar", "f\u{f6}o", ""]
    {
        assert_eq!(tracestate(&[&format!("{key}=1,bar=2")]), None, "{key:?}");
    }
}

#[test]
fn keys_have_up_to_256_characters() {
    let key = |tenant: usize, rest: &str| format!("{}{rest}=1", "t".repeat(tenant));
    for key in [key(256, ""), key(241, "@vvvvvvvvvvvvvv"), key(242, "@v"), key(1, "@vvvvvvvvvvvvvvv")] {
        assert_eq!(tracestate(&["foo=1", &key]).unwrap(), format!("foo=1,{key}"));
    }
    assert_eq!(tracestate(&["foo=1", &key(257, "")]), None);
    assert_eq!(tracestate(&["foo=1", &key(255, "@v")]), None);
}

#[test]
fn values_are_printable_and_end_with_a_visible_character() {
    let all: String = (' '..='~').filter(|char| !matches!(char, ',' | '=')).collect();
    for value in [all.as_str(), "  leading spaces belong to it", "a b"] {
        assert_eq!(tracestate(&[&format!("foo={value}")]).unwrap(), format!("foo={value}"));
    }
    for value in ["", " ", "bar=baz", "a\tb", "\u{e4}"] {
        assert_eq!(tracestate(&[&format!("foo={value},bar=3")]), None, "{value:?}");
    }
    let bytes: &[u8] = b"foo=\xff,bar=3";
    let context = extract(&[("traceparent", PARENT.as_bytes()), ("tracestate", bytes)]);
    assert!(context.has_active_span());
    assert_eq!(state_of(&context), None);
}

#[test]
fn values_have_1_to_256_characters() {
    let member = |length| format!("foo={}", "x".repeat(length));
    assert_eq!(tracestate(&[&member(256)]).unwrap(), member(256));
    assert_eq!(tracestate(&[&member(257)]), None);
    assert_eq!(tracestate(&[&member(0)]), None);
}

#[test]
fn duplicate_keys_are_kept_as_they_are() {
    assert_eq!(tracestate(&["foo=1,foo=2"]).unwrap(), "foo=1,foo=2");
    assert_eq!(tracestate(&["foo=1", "foo=1"]).unwrap(), "foo=1,foo=1");
}

#[test]
fn an_updated_key_moves_to_the_front_and_the_others_keep_their_order() {
    let context = extract(&[
        ("traceparent", PARENT.as_bytes()),
        ("tracestate", b"a=1,ot=th:8,b@x@y=2,own=1,c=3,own=2"),
    ]);
    assert_eq!(context.span().span_context().trace_state().header(), "ot=th:8");
    let updated = TraceState::from_key_value([("own", "new"), ("ot", "th:c")]).unwrap();
    assert_eq!(state_of(&child(&context, updated)).unwrap(), "own=new,ot=th:c,a=1,b@x@y=2,c=3");
}

#[test]
fn foreign_members_stay_when_our_own_is_deleted() {
    let context = extract(&[("traceparent", PARENT.as_bytes()), ("tracestate", b"a=1,ot=th:8,b=2")]);
    assert_eq!(state_of(&child(&context, TraceState::NONE)).unwrap(), "a=1,b=2");
    let deleted = context.span().span_context().trace_state().delete("ot").unwrap();
    assert_eq!(state_of(&child(&context, deleted)).unwrap(), "a=1,b=2");
}

#[test]
fn a_trace_state_made_here_is_sent_if_legal() {
    let root = |members: &[(&str, &str)]| {
        let state = TraceState::from_key_value(members.iter().copied()).unwrap();
        let span = SpanContext::new(TraceId::from(7), SpanId::from(7), TraceFlags::SAMPLED, false, state);
        state_of(&Context::new().with_remote_span_context(span))
    };
    assert_eq!(root(&[("ot", "th:8"), ("a", "1")]).unwrap(), "ot=th:8,a=1");
    assert_eq!(root(&[]), None);
    assert_eq!(root(&[("a", ""), ("b", "x\ny"), ("c", "\u{e4}"), ("", "1"), ("d", "x ")]), None);
    assert_eq!(root(&[("a", ""), ("b", "1")]).unwrap(), "b=1");
}

#[test]
fn more_than_512_characters_are_passed_on() {
    let list = (1..=32).map(|number| format!("k{number}={}", "v".repeat(256))).collect::<Vec<_>>().join(",");
    assert_eq!(tracestate(&[&list]).unwrap(), list);
}

// Contexts and carriers

#[test]
fn nothing_valid_leaves_the_base_context_as_it_is() {
    #[derive(Debug, PartialEq)]
    struct Value(u8);
    let span =
        SpanContext::new(TraceId::from(7), SpanId::from(7), TraceFlags::SAMPLED, false, TraceState::NONE);
    let base = Context::new().with_value(Value(1)).with_remote_span_context(span.clone());
    for parent in [&b"nonsense"[..], b"", PARENT.as_bytes()] {
        let context = Propagator::default().extract_headers(&base, &headers(&[("traceparent", parent)]));
        assert_eq!(context.get::<Value>(), Some(&Value(1)));
        assert_eq!(*context.span().span_context() == span, parent != PARENT.as_bytes());
    }
}

#[test]
fn without_a_valid_span_the_carrier_is_left_as_it_is() {
    let lines: Lines<'_> = &[("traceparent", b"old"), ("tracestate", b"old=1"), ("baggage", b"old=1")];
    let mut map = headers(lines);
    for context in [Context::new(), Context::new().with_remote_span_context(SpanContext::NONE)] {
        Propagator::default().inject_headers(&context, &mut map);
        assert_eq!(map, headers(lines));
    }
}

#[test]
fn headers_are_replaced_and_never_doubled() {
    let mut map = headers(&[
        ("traceparent", b"old"),
        ("traceparent", b"older"),
        ("tracestate", b"old=1"),
        ("tracestate", b"old=2"),
        ("other", b"x"),
    ]);
    let with_state: Lines<'_> =
        &[("traceparent", PARENT.as_bytes()), ("tracestate", b"foo=1"), ("other", b"x")];
    Propagator::default().inject_headers(&extract(&with_state[..2]), &mut map);
    assert_eq!(map, headers(with_state));
    // The state of another trace must not stay next to the new parent.
    Propagator::default().inject_headers(&extract(&with_state[..1]), &mut map);
    assert_eq!(map, headers(&[with_state[0], with_state[2]]));
}

#[test]
fn only_the_chosen_formats_are_read_and_written() {
    let lines: Lines<'_> =
        &[("traceparent", PARENT.as_bytes()), ("tracestate", b"foo=1"), ("baggage", b"a=1")];
    let context = extract(lines);
    for (formats, fields) in [
        (&[][..], &[][..]),
        (&[Format::Baggage], &["baggage"]),
        (&[Format::TraceContext], &["traceparent", "tracestate"]),
        (&[Format::Baggage, Format::TraceContext], &["traceparent", "tracestate", "baggage"]),
    ] {
        let propagator = Propagator::new(formats);
        assert!(propagator.fields().eq(fields.iter().copied()));
        let expected = lines.iter().copied().filter(|(name, _)| fields.contains(name)).collect::<Vec<_>>();
        let mut map = HeaderMap::new();
        propagator.inject_headers(&context, &mut map);
        assert_eq!(map, headers(&expected));
        let read = propagator.extract_headers(&Context::new(), &headers(lines));
        let read_by_fields =
            propagator.extract_with_context(&Context::new(), &HeaderExtractor(&headers(lines)));
        assert_eq!(inject(&read), headers(&expected));
        assert_eq!(inject(&read_by_fields), headers(&expected));
    }
    let mut map = HeaderMap::new();
    Propagator::default().without_baggage().inject_headers(&context, &mut map);
    assert_eq!(map, headers(&lines[..2]));
}

// Properties

fn is_valid_parent(value: &str) -> bool {
    let parts: Vec<_> = value.split('-').collect();
    let hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    matches!(parts[..], ["00", trace, span, flags]
        if hex(trace, 32) && hex(span, 16) && hex(flags, 2)
            && trace != "0".repeat(32) && span != "0".repeat(16) && flags <= "03")
}

fn is_valid_state(value: &str) -> bool {
    let legal = |member: &str| {
        member.split_once('=').is_some_and(|(key, value)| {
            let key_char = |char| matches!(char, 'a'..='z' | '0'..='9' | '_' | '-' | '*' | '/' | '@');
            key.starts_with(|char| matches!(char, 'a'..='z' | '0'..='9'))
                && key.len() <= 256
                && key.chars().all(key_char)
                && (1..=256).contains(&value.len())
                && !value.ends_with(' ')
                && value.chars().all(|char| matches!(char, ' '..='~') && !matches!(char, ',' | '='))
        })
    };
    value.split(',').count() <= 32 && value.split(',').all(legal)
}

/// Header values of all kinds: arbitrary bytes, and those that are nearly right.
fn parent_value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<Vec<u8>>(),
        "[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?".prop_map(String::into_bytes),
        "[ \t]{0,2}00-[0-9a-fA-F]{31,33}-[0-9a-f]{15,17}-[0-9a-f]{1,3}[ \t]{0,2}"
            .prop_map(String::into_bytes),
        "00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}".prop_map(String::into_bytes),
    ]
}

fn state_value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<Vec<u8>>(),
        "([ \t]?[a-z0-9@][a-z0-9_*/@-]{0,9}=[ -~]{0,9}[ \t]?,?){0,34}".prop_map(String::into_bytes),
        "(ot|a|b)=[ !-+]{0,4}[!-+](,(ot|a|b)=[!-+]{1,4}){0,5}".prop_map(String::into_bytes),
    ]
}

fn any_headers() -> impl Strategy<Value = HeaderMap> {
    let parents =
        prop::collection::vec(parent_value(), 1..=1).prop_union(prop::collection::vec(parent_value(), 0..3));
    (parents, prop::collection::vec(state_value(), 0..3)).prop_map(|(parents, states)| {
        let mut map = HeaderMap::new();
        let lines = parents.iter().map(|value| ("traceparent", value));
        for (name, value) in lines.chain(states.iter().map(|value| ("tracestate", value))) {
            if let Ok(value) = HeaderValue::from_bytes(value) {
                map.append(name, value);
            }
        }
        map
    })
}

fn span_context() -> impl Strategy<Value = SpanContext> {
    let state = prop::option::of("[!-+]{1,9}");
    (1..=u128::MAX, 1..=u64::MAX, 0..=3u8, state).prop_map(|(trace, span, flags, own)| {
        let state = TraceState::from_key_value(own.map(|value| ("ot", value))).unwrap();
        SpanContext::new(TraceId::from(trace), SpanId::from(span), TraceFlags::new(flags), true, state)
    })
}

proptest! {
    #[test]
    fn any_bytes_in_are_valid_headers_or_none_out(map in any_headers()) {
        let lines: Vec<_> = map.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let sent = inject(&extract(&lines));
        prop_assert!(sent.keys().all(|name| name == "traceparent" || name == "tracestate"));
        prop_assert_eq!(sent.len(), sent.keys_len(), "a header is doubled");
        if let Some(parent) = sent.get("traceparent") {
            prop_assert!(is_valid_parent(parent.to_str().unwrap()), "{parent:?}");
        }
        if let Some(state) = sent.get("tracestate") {
            prop_assert!(sent.contains_key("traceparent"));
            prop_assert!(is_valid_state(state.to_str().unwrap()), "{state:?}");
        }
    }

    #[test]
    fn extract_then_inject_is_stable(map in any_headers()) {
        let propagator = Propagator::default();
        let mut once = HeaderMap::new();
        propagator.inject_headers(&propagator.extract_headers(&Context::new(), &map), &mut once);
        let mut twice = HeaderMap::new();
        propagator.inject_headers(&propagator.extract_headers(&Context::new(), &once), &mut twice);
        prop_assert_eq!(twice, once);
    }

    #[test]
    fn inject_then_extract_gives_the_same_span_context(span in span_context()) {
        let sent = inject(&Context::new().with_remote_span_context(span.clone()));
        let received = Propagator::default().extract_headers(&Context::new(), &sent);
        let received = received.span();
        prop_assert_eq!(received.span_context(), &span);
    }

    #[test]
    fn any_local_trace_state_is_valid_or_not_sent(
        state in prop::collection::vec(("[a-z0-9@]{1,4}", ".{0,6}"), 0..40),
        foreign in state_value(),
    ) {
        let mut map = headers(&[("traceparent", PARENT.as_bytes())]);
        if let Ok(value) = HeaderValue::from_bytes(&foreign) {
            map.append("tracestate", value);
        }
        let context = Propagator::default().extract_headers(&Context::new(), &map);
        let own = TraceState::from_key_value(state).unwrap_or_default();
        if let Some(sent) = state_of(&child(&context, own)) {
            prop_assert!(is_valid_state(&sent), "{sent:?}");
        }
    }
}
