//! B3 and Jaeger's own format, alone and beside those of W3C.

#![no_main]

use libfuzzer_sys::fuzz_target;
use opentelemetry::{baggage::BaggageExt, trace::TraceContextExt};
use otel_kit_core::propagation::{Format, Propagator};
use otel_kit_fuzz::{assert_stable, extract, header_lines, inject, lines_of};

const FORMATS: [Format; 5] =
    [Format::TraceContext, Format::Baggage, Format::B3, Format::B3Multi, Format::Jaeger];

// The first byte chooses the formats, one bit each, and two bits in which order.
fuzz_target!(|input: &[u8]| {
    let Some((choice, input)) = input.split_first() else { return };
    let mut formats: Vec<_> =
        FORMATS.iter().enumerate().filter(|(at, _)| choice >> at & 1 == 1).map(|(_, f)| *f).collect();
    let turn = usize::from(choice >> 5) % formats.len().max(1);
    formats.rotate_left(turn);
    let propagator = Propagator::new(&formats);

    let context = extract(&propagator, &header_lines(input));
    // Two formats of baggage become one when they are read: what goes out is stable from the second time on.
    let sent = inject(&propagator, &extract(&propagator, &lines_of(&inject(&propagator, &context))));
    assert_stable(&propagator, &sent);

    let span = context.span();
    let span = span.span_context();
    assert_eq!(span.is_valid(), span.is_remote());
    let carries_spans = formats.iter().any(|format| *format != Format::Baggage);
    assert!(carries_spans || !span.is_valid());
    // Each of the formats alone tells the next service of the same parent and of the same baggage.
    for format in &formats {
        let alone = Propagator::new(&[*format]);
        let received = extract(&alone, &lines_of(&inject(&alone, &context)));
        if *format != Format::Baggage {
            let received = received.span();
            let received = received.span_context();
            assert_eq!((received.trace_id(), received.span_id()), (span.trace_id(), span.span_id()));
            assert_eq!(received.is_sampled(), span.is_sampled());
        }
        // Names of headers are lower case.
        let has_capitals =
            context.baggage().iter().any(|(key, _)| key.as_str() != key.as_str().to_lowercase());
        if *format == Format::Baggage || *format == Format::Jaeger && !has_capitals {
            for (key, (value, _)) in context.baggage() {
                let received = received.baggage().get(key.as_str()).map(ToString::to_string);
                assert_eq!(received.as_deref(), Some(value.as_str()), "{format:?} {key}");
            }
        }
    }
});
