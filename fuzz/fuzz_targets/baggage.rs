//! W3C Baggage: within its limits, always legal, and the values of the application come back.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use opentelemetry::{Context, KeyValue, baggage::BaggageExt};
use otel_kit_core::propagation::{Format, Propagator};
use otel_kit_fuzz::{assert_stable, extract, header_lines, inject, lines_of};

fuzz_target!(|input: &[u8]| {
    let propagator = Propagator::new(&[Format::Baggage]);
    let context = extract(&propagator, &header_lines(input));
    let sent = inject(&propagator, &context);
    assert_stable(&propagator, &sent);
    match sent.get("baggage") {
        Some(list) => assert_list(list.to_str().expect("plain text")),
        None => assert!(context.baggage().is_empty()),
    }
    // What was received, set anew by the application, is the same for the next service.
    let own = Context::new().with_baggage(context.baggage().iter().map(|(key, (value, properties))| {
        opentelemetry::baggage::KeyValueMetadata::new(key.clone(), value.clone(), properties.clone())
    }));
    assert_eq!(values(&extract(&propagator, &lines_of(&inject(&propagator, &own)))), values(&context));

    assert_own_values_come_back(&propagator, input);
});

/// Texts of an application, whatever is in them: `key=value` in each line.
fn assert_own_values_come_back(propagator: &Propagator, input: &[u8]) {
    let text = String::from_utf8_lossy(input);
    let members = text.split('\n').take(40).filter_map(|line| line.split_once('='));
    let members = members.filter(|(_, value)| value.len() < 100);
    let own = Context::new()
        .with_baggage(members.map(|(key, value)| KeyValue::new(key.to_owned(), value.to_owned())));
    let sent = inject(propagator, &own);
    if let Some(list) = sent.get("baggage") {
        assert_list(list.to_str().expect("plain text"));
        let is_whole =
            list.as_bytes().iter().filter(|byte| **byte == b',').count() + 1 == own.baggage().len();
        let received = values(&extract(propagator, &lines_of(&sent)));
        let set = values(&own);
        assert!(received.iter().all(|(key, value)| set.get(key) == Some(value)), "{received:?} {set:?}");
        assert!(!is_whole || received.len() == set.len());
    } else {
        assert!(own.baggage().is_empty());
    }
}

fn values(context: &Context) -> BTreeMap<String, String> {
    let baggage = context.baggage().iter();
    baggage.map(|(key, (value, _))| (key.as_str().to_owned(), value.as_str().to_owned())).collect()
}

/// The list as the grammar of the recommendation has it.
fn assert_list(list: &str) {
    assert!(list.len() <= 8192);
    assert!((1..=64).contains(&list.split(',').count()));
    for member in list.split(',') {
        let (key, rest) = member.split_once('=').expect("key=value");
        let value = rest.split(';').next().unwrap_or_default();
        assert!(!key.is_empty() && key.chars().all(is_token), "{member}");
        assert!(value.chars().all(|c| c.is_ascii_graphic() && !"\",;\\".contains(c)), "{member}");
        for property in rest.split(';').skip(1) {
            let key = property.split('=').next().unwrap_or_default();
            assert!(!key.is_empty() && key.chars().all(is_token), "{member}");
        }
    }
}

fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)
}
