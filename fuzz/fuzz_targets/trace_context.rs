//! W3C Trace Context: what is found is valid, and what goes out is what came in, normalised.

#![no_main]

use libfuzzer_sys::fuzz_target;
use opentelemetry::trace::TraceContextExt;
use otel_kit_core::propagation::{Format, Propagator};
use otel_kit_fuzz::{assert_stable, extract, header_lines, inject};

fuzz_target!(|input: &[u8]| {
    let propagator = Propagator::new(&[Format::TraceContext]);
    let lines = header_lines(input);
    let context = extract(&propagator, &lines);
    let sent = inject(&propagator, &context);
    assert_stable(&propagator, &sent);

    let parents: Vec<_> = lines.iter().filter(|(name, _)| name == "traceparent").collect();
    let Some(parent) = sent.get("traceparent") else {
        assert!(sent.is_empty() && !context.has_active_span());
        return;
    };
    let span = context.span();
    let span = span.span_context();
    assert!(span.is_valid() && span.is_remote());
    assert_eq!(parents.len(), 1, "several parents are none");
    let [received, parent] = [parents[0].1.as_bytes().trim_ascii(), parent.as_bytes()];
    assert_eq!((parent.len(), &parent[..3]), (55, &b"00-"[..]));
    assert_eq!(parent[3..52], received[3..52], "the ids are those that came in");

    if let Some(state) = sent.get("tracestate") {
        let state = state.to_str().expect("plain text");
        assert_tracestate(state);
    }
});

/// The list as the grammar of the recommendation has it.
fn assert_tracestate(list: &str) {
    let members: Vec<_> = list.split(',').collect();
    assert!((1..=32).contains(&members.len()), "{list}");
    for member in members {
        let (key, value) = member.split_once('=').expect("key=value");
        assert!((1..=256).contains(&key.len()) && (1..=256).contains(&value.len()), "{member}");
        let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-*/@".contains(c);
        assert!(key.chars().all(is_key) && key.starts_with(|c: char| c.is_ascii_alphanumeric()), "{member}");
        assert!(
            value.chars().all(|c| (' '..='~').contains(&c) && c != '=') && !value.ends_with(' '),
            "{member}"
        );
    }
}
