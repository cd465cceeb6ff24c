//! The rules of W3C Baggage through the public API, over all roads.

#![expect(clippy::unwrap_used, reason = "a helper that cannot build its input fails the test")]

mod roads;

use http::{HeaderMap, HeaderValue};
use opentelemetry::{
    Context, KeyValue, StringValue,
    baggage::{Baggage, BaggageExt, BaggageMetadata, KeyValueMetadata},
    propagation::{Injector, TextMapPropagator},
    trace::TraceContextExt,
};
use otel_kit_core::propagation::{FieldExtractor, HeaderInjector, Propagator};
use proptest::prelude::*;
use roads::entries;

fn headers(lines: &[&[u8]]) -> HeaderMap {
    roads::headers(lines.iter().map(|line| ("baggage", *line)))
}

fn extract(lines: &[&str]) -> Context {
    let lines: Vec<_> = lines.iter().map(|line| ("Baggage", line.as_bytes())).collect();
    roads::extract(&Propagator::default(), &lines)
}

/// The header that goes out.
fn sent(context: &Context) -> Option<String> {
    let map = roads::inject(&Propagator::default(), context);
    assert!(map.get_all("baggage").iter().count() <= 1);
    map.get("baggage").map(|value| value.to_str().unwrap().to_owned())
}

fn passed_on(lines: &[&str]) -> Option<String> {
    sent(&extract(lines))
}

fn value(lines: &[&str], key: &str) -> Option<String> {
    extract(lines).baggage().get(key).map(StringValue::to_string)
}

fn with(entries: &[(&str, &str, &str)]) -> Context {
    let baggage = entries.iter().map(|(key, value, metadata)| {
        KeyValueMetadata::new((*key).to_owned(), (*value).to_owned(), *metadata)
    });
    Context::new().with_baggage(baggage)
}

#[test]
fn several_headers_are_one_list() {
    let context = extract(&["a=1", "b=2,c=3", "", "d=4"]);
    assert_eq!(context.baggage().len(), 4);
    assert_eq!(sent(&context).unwrap(), "a=1,b=2,c=3,d=4");
}

#[test]
fn equals_signs_belong_to_the_value() {
    assert_eq!(value(&["a=b=c"], "a").unwrap(), "b=c");
    assert_eq!(value(&["a==="], "a").unwrap(), "==");
    assert_eq!(passed_on(&["a=b=c"]).unwrap(), "a=b=c");
    assert_eq!(sent(&with(&[("a", "b=c", "")])).unwrap(), "a=b=c");
}

#[test]
fn a_value_may_be_empty() {
    assert_eq!(value(&["a="], "a").unwrap(), "");
    assert_eq!(passed_on(&["a=,b = "]).unwrap(), "a=,b=");
}

#[test]
fn values_are_percent_decoded_and_encoded_again() {
    let line = "k=%09%20%22%27%3B%3Dasdf%21%40%23%24%25%5E%26%2A%28%29";
    assert_eq!(value(&[line], "k").unwrap(), "\t \"';=asdf!@#$%^&*()");
    assert_eq!(passed_on(&[line]).unwrap(), "k=%09%20%22'%3B=asdf!@#$%25^&*()");
    assert_eq!(value(&["k=DF%2028+29"], "k").unwrap(), "DF 28+29", "a plus sign is no space");
    assert_eq!(value(&["k=%e4%bd%a0%E5%A5%BD"], "k").unwrap(), "你好");
}

#[test]
fn what_a_value_cannot_hold_is_encoded() {
    for (value, encoded) in [
        ("50%41", "50%2541"),
        ("a\\b", "a%5Cb"),
        ("\"", "%22"),
        (",", "%2C"),
        (";", "%3B"),
        (" ", "%20"),
        ("\t\r\n\0\x7f", "%09%0D%0A%00%7F"),
        ("ä€😀", "%C3%A4%E2%82%AC%F0%9F%98%80"),
        ("!#$&'()*+-./:<=>?@[]^_`{|}~", "!#$&'()*+-./:<=>?@[]^_`{|}~"),
    ] {
        assert_eq!(sent(&with(&[("k", value, "")])).unwrap(), format!("k={encoded}"));
        assert_eq!(self::value(&[&format!("k={encoded}")], "k").unwrap(), value);
    }
}

#[test]
fn undecodable_bytes_become_replacement_characters() {
    assert_eq!(value(&["k=%FFa%C3"], "k").unwrap(), "\u{fffd}a\u{fffd}");
    assert_eq!(passed_on(&["k=%FF"]).unwrap(), "k=%EF%BF%BD");
}

#[test]
fn a_percent_sign_that_encodes_nothing_is_itself() {
    for line in ["k=50%", "k=50%2", "k=50%zz"] {
        let decoded = line.strip_prefix("k=").unwrap();
        assert_eq!(value(&[line], "k").unwrap(), decoded);
        assert_eq!(passed_on(&[line]).unwrap(), line.replace('%', "%25"));
    }
}

#[test]
fn keys_are_tokens_and_are_not_percent_coded() {
    let token = "!#$%&'*+-.^_`|~09azAZ";
    assert_eq!(value(&[&format!("{token}=1")], token).unwrap(), "1");
    assert_eq!(passed_on(&[&format!("{token}=1")]).unwrap(), format!("{token}=1"));
    assert_eq!(value(&["a%20b=1"], "a%20b").unwrap(), "1");
    assert_eq!(sent(&with(&[("a%20b", "1", "")])).unwrap(), "a%20b=1");
    for key in ["", "a b", "a\"b", "a(b", "a/b", "a:b", "a<b", "a?b", "a@b", "a[b", "a\\b", "a{b", "ä"] {
        assert_eq!(passed_on(&[&format!("{key}=1,ok=2")]).unwrap(), "ok=2", "{key:?}");
    }
}

#[test]
fn names_are_case_sensitive() {
    let context = extract(&["key=1,KEY=2"]);
    assert_eq!(context.baggage().get("key").unwrap().as_str(), "1");
    assert_eq!(context.baggage().get("KEY").unwrap().as_str(), "2");
}

#[test]
fn optional_white_space_is_trimmed_everywhere() {
    let line = "a \t = \t 1 \t ; \t p \t ;\tq \t = \t 2 \t , \t b \t = \t 2 \t ";
    assert_eq!(passed_on(&[line]).unwrap(), "a=1;p;q=2,b=2");
}

#[test]
fn properties_are_kept() {
    let context = extract(&["a=1;p1;p2=v;p3==%2C, b=2 ; q = 2"]);
    let (value, metadata) = context.baggage().get_with_metadata("a").unwrap();
    assert_eq!((value.as_str(), metadata.as_str()), ("1", "p1;p2=v;p3==%2C"));
    assert_eq!(context.baggage().get_with_metadata("b").unwrap().1, BaggageMetadata::from("q=2"));
    assert_eq!(sent(&context).unwrap(), "a=1;p1;p2=v;p3==%2C,b=2;q=2");
}

#[test]
fn metadata_set_here_is_sent_as_legal_properties() {
    for (metadata, written) in [
        ("", ""),
        ("p;q=1", ";p;q=1"),
        (" p ; q = 1 ;; ", ";p;q=1"),
        ("note=hello, world", ";note=hello%2C%20world"),
        ("p=%41;q=50%", ";p=%41;q=50%25"),
        ("bad key=1;p=ä", ";p=%C3%A4"),
        ("p=a\r\nx-injected: 1", ";p=a%0D%0Ax-injected:%201"),
    ] {
        assert_eq!(sent(&with(&[("k", "v", metadata)])).unwrap(), format!("k=v{written}"));
    }
}

#[test]
fn malformed_members_are_left_out_and_the_others_kept() {
    for bad in ["novalue", "=1", "a b=1", "k=a b", "k=\"x\"", "k=a\\b", "k=ä", ";p=1", "%"] {
        assert_eq!(passed_on(&[&format!("ok=1,{bad},fine=2")]).unwrap(), "ok=1,fine=2", "{bad:?}");
    }
    assert_eq!(passed_on(&["ok=1;a b;=;;p"]).unwrap(), "ok=1;p", "malformed properties cost only themselves");
    let map = headers(&[b"bad=\xff,ok=1"]);
    assert_eq!(sent(&Propagator::default().extract_headers(&Context::new(), &map)).unwrap(), "ok=1");
}

#[test]
fn nothing_legal_is_no_baggage() {
    for lines in [&[][..], &[""], &[" ,\t,"], &["novalue"], &["", "a b=1"]] {
        let context = extract(lines);
        assert!(context.baggage().is_empty());
        assert_eq!(sent(&context), None);
    }
}

#[test]
fn sixty_four_members_are_passed_on_and_further_ones_are_left_out() {
    let list = |count| (1..=count).map(|number| format!("k{number}={number}")).collect::<Vec<_>>().join(",");
    assert_eq!(passed_on(&[&list(64)]).unwrap(), list(64));
    assert_eq!(passed_on(&[&list(65)]).unwrap(), list(64));
    assert_eq!(passed_on(&[&list(60), "a=1,b=2,c=3,d=4,e=5"]).unwrap(), list(60) + ",a=1,b=2,c=3,d=4");
}

#[test]
fn a_list_of_8192_bytes_is_passed_on_and_a_longer_one_loses_whole_members() {
    let member = |key: &str, length: usize| format!("{key}={}", "v".repeat(length - key.len() - 1));
    let exact = [member("a", 4000), member("b", 4000), member("c", 190)].join(",");
    assert_eq!(exact.len(), 8192);
    assert_eq!(passed_on(&[&exact]).unwrap(), exact);
    let single = member("a", 8192);
    assert_eq!(passed_on(&[&single]).unwrap(), single);

    let over = [member("a", 4000), member("b", 4000), member("c", 191), member("d", 100)].join(",");
    let kept = [member("a", 4000), member("b", 4000), member("d", 100)].join(",");
    assert_eq!(passed_on(&[&over]).unwrap(), kept);
    assert_eq!(passed_on(&[&member("a", 8193)]), None);
    assert_eq!(passed_on(&[&member("a", 8193), "b=2"]).unwrap(), "b=2");
}

#[test]
fn white_space_and_left_out_members_do_not_count() {
    let spaces = " ".repeat(5000);
    let value = "v".repeat(8000);
    assert_eq!(passed_on(&[&format!("a={spaces}1{spaces},b={value}")]).unwrap(), format!("a=1,b={value}"));
}

#[test]
fn baggage_that_grows_in_encoding_loses_whole_members() {
    let long = "ä".repeat(1000);
    let context = with(&[("a", &long, ""), ("b", &long, ""), ("c", "1", "")]);
    assert_eq!(sent(&context).unwrap(), format!("a={},c=1", "%C3%A4".repeat(1000)));
}

#[test]
fn duplicates_keep_their_order_and_the_last_one_is_read() {
    let context = extract(&["a=1,b=2,a=3"]);
    assert_eq!(context.baggage().get("a").unwrap().as_str(), "3");
    assert_eq!(sent(&context).unwrap(), "a=1,b=2,a=3");
}

#[test]
fn order_is_kept_while_unchanged_and_sorted_when_changed() {
    let context = extract(&["z=1,a=2,m=3"]);
    assert_eq!(sent(&context).unwrap(), "z=1,a=2,m=3");
    let unrelated = context.with_value(1_u8);
    assert_eq!(sent(&unrelated).unwrap(), "z=1,a=2,m=3");
    let mut changed: Vec<_> = context
        .baggage()
        .iter()
        .map(|(key, (value, metadata))| KeyValueMetadata::new(key.clone(), value.clone(), metadata.clone()))
        .collect();
    changed.push(KeyValueMetadata::new("b", "4", "p"));
    assert_eq!(sent(&context.with_baggage(changed)).unwrap(), "a=2,b=4;p,m=3,z=1");
    assert_eq!(sent(&context.with_cleared_baggage()), None);
}

#[test]
fn baggage_needs_no_trace_and_survives_an_invalid_one() {
    let mut map = headers(&[b"a=1"]);
    map.insert("traceparent", HeaderValue::from_static("nonsense"));
    let context = Propagator::default().extract_headers(&Context::new(), &map);
    assert!(!context.has_active_span());
    assert_eq!(sent(&context).unwrap(), "a=1");
}

#[test]
fn baggage_that_comes_in_replaces_that_of_the_base_and_none_leaves_it() {
    let propagator = Propagator::default();
    let base = extract(&["a=1,b=2"]);
    assert_eq!(sent(&propagator.extract_headers(&base, &headers(&[b"c=3"]))).unwrap(), "c=3");
    assert_eq!(sent(&propagator.extract_headers(&base, &headers(&[b"nonsense"]))).unwrap(), "a=1,b=2");
    assert_eq!(sent(&propagator.extract_headers(&base, &HeaderMap::new())).unwrap(), "a=1,b=2");
}

#[test]
fn a_header_that_is_there_is_replaced_or_left() {
    let mut map = headers(&[b"old=1", b"older=2"]);
    Propagator::default().inject_headers(&Context::new(), &mut map);
    assert_eq!(map, headers(&[b"old=1", b"older=2"]));
    Propagator::default().inject_headers(&with(&[("new", "1", "")]), &mut map);
    assert_eq!(map, headers(&[b"new=1"]));
}

#[test]
fn without_baggage_nothing_is_read_or_sent() {
    let propagator = Propagator::default().without_baggage();
    assert!(propagator.extract_headers(&Context::new(), &headers(&[b"a=1"])).baggage().is_empty());
    let mut map = HeaderMap::new();
    propagator.inject_headers(&with(&[("a", "1", "")]), &mut map);
    propagator.inject_context(&with(&[("a", "1", "")]), &mut HeaderInjector(&mut map));
    assert!(map.is_empty());
}

#[test]
fn a_message_injected_twice_carries_one_header() {
    let mut map = HeaderMap::new();
    HeaderInjector(&mut map).set("baggage", "x=1".to_owned());
    Propagator::default().inject_context(&with(&[("a", "1", "")]), &mut HeaderInjector(&mut map));
    assert_eq!(map, headers(&[b"a=1"]));
}

// Properties

fn is_valid(list: &str) -> bool {
    let token = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"(),/:;<=>?@[\\]{}\"".contains(&byte))
    };
    let value = |text: &str| {
        let mut rest = text.split('%');
        let plain =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte));
        rest.next().is_some_and(plain)
            && rest.all(|part| {
                plain(part) && part.len() >= 2 && part.bytes().take(2).all(|byte| byte.is_ascii_hexdigit())
            })
    };
    let pair = |text: &str| text.split_once('=').is_some_and(|(key, text)| token(key) && value(text));
    let member = |text: &str| {
        let mut parts = text.split(';');
        parts.next().is_some_and(pair) && parts.all(|property| token(property) || pair(property))
    };
    list.len() <= 8192 && list.split(',').count() <= 64 && list.split(',').all(member)
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        any::<Vec<u8>>(),
        "([ \t]?[a-c]{1,2}[ \t]?=[ \t]?[!-~%]{0,6}(;[ -~]{0,6}){0,2},?){0,9}".prop_map(String::into_bytes),
        "([a-c]=(%[0-9a-fA-F]{2}|[a-z%]){0,5}(;[pq](=[%a-c0-9]{0,4})?){0,2},){1,70}"
            .prop_map(String::into_bytes),
    ]
}

fn any_headers() -> impl Strategy<Value = HeaderMap> {
    prop::collection::vec(line(), 0..4).prop_map(|lines| {
        let mut map = HeaderMap::new();
        for value in lines.iter().filter_map(|line| HeaderValue::from_bytes(line).ok()) {
            map.append("baggage", value);
        }
        map
    })
}

proptest! {
    #[test]
    fn any_bytes_in_are_a_valid_list_or_none_out(map in any_headers()) {
        let context = Propagator::default().extract_headers(&Context::new(), &map);
        if let Some(list) = sent(&context) {
            prop_assert!(is_valid(&list), "{list:?}");
        }
        prop_assert_eq!(sent(&context).is_some(), !context.baggage().is_empty());
    }

    #[test]
    fn all_roads_read_the_same_text_alike(lines in prop::collection::vec(line(), 0..4)) {
        let lines: Vec<_> = lines.iter().filter(|line| HeaderValue::from_bytes(line).is_ok() && std::str::from_utf8(line).is_ok()).collect();
        let map = headers(&lines.iter().map(|line| line.as_slice()).collect::<Vec<_>>());
        let fields = FieldExtractor::new(lines.iter().map(|line| ("baggage", line.as_slice())));
        let by_headers = Propagator::default().extract_headers(&Context::new(), &map);
        let by_fields = Propagator::default().extract_with_context(&Context::new(), &fields);
        prop_assert_eq!(entries(&by_fields), entries(&by_headers));
        prop_assert_eq!(sent(&by_fields), sent(&by_headers));
    }

    #[test]
    fn fields_of_any_bytes_are_read_alike(lines in prop::collection::vec(line(), 0..4)) {
        let lines: Vec<_> = lines.iter().map(|line| ("baggage", line.as_slice())).collect();
        let fields = FieldExtractor::new(lines.iter().copied());
        let by_extractor = Propagator::default().extract_with_context(&Context::new(), &fields);
        let directly = Propagator::default().extract_fields(&Context::new(), lines);
        prop_assert_eq!(entries(&directly), entries(&by_extractor));
        prop_assert_eq!(sent(&directly), sent(&by_extractor));
    }

    #[test]
    fn extract_then_inject_is_stable(map in any_headers()) {
        let propagator = Propagator::default();
        let once = propagator.extract_headers(&Context::new(), &map);
        let mut first = HeaderMap::new();
        propagator.inject_headers(&once, &mut first);
        let twice = propagator.extract_headers(&Context::new(), &first);
        prop_assert_eq!(entries(&twice), entries(&once));
        prop_assert_eq!(sent(&twice), sent(&once));
    }

    #[test]
    fn any_value_set_here_arrives_unchanged(
        set in prop::collection::hash_map("[a-zA-Z0-9!#$&'*+.^_`|~-]{1,8}", ".{0,20}", 0..20),
    ) {
        let baggage: Baggage = set.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
        let context = Context::new().with_baggage(baggage);
        let list = sent(&context);
        let lines: Vec<_> = list.iter().map(|list| list.as_bytes()).collect();
        let arrived = Propagator::default().extract_headers(&Context::new(), &headers(&lines));
        prop_assert_eq!(entries(&arrived), entries(&context));
    }
}
