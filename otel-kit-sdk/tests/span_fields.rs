//! What the fields of a `tracing` span become: attributes with their types, name, kind and status.

#![allow(clippy::unwrap_used)] // helpers of tests

mod support;

use std::{error::Error, fmt};

use opentelemetry::trace::{SpanKind as ApiKind, Status, TracerProvider};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use otel_kit_sdk::{SpanSettings, span_layer};
use otel_kit_testing::{
    Telemetry,
    received::{ReceivedSpan, Value},
};
use support::{Behaviour, PLENTY, Stub, pipeline};
use tracing::{Span, field::Empty, info_span, subscriber::with_default};
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, registry};

/// The span that `make` made.
fn span(make: impl FnOnce() -> Span) -> ReceivedSpan {
    let telemetry = Telemetry::new();
    with_default(telemetry.subscriber(), || drop(make()));
    telemetry.spans().remove(0)
}

#[derive(Debug)]
struct Refused(Option<Box<Refused>>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "not stored" } else { "refused" })
    }
}

impl Error for Refused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.as_deref().map(|source| source as _)
    }
}

struct Explosive;

impl fmt::Debug for Explosive {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Err(fmt::Error)
    }
}

#[test]
fn every_integer_that_otlp_can_hold_is_an_integer_and_the_others_are_their_digits() {
    let made = span(|| {
        info_span!(
            "order",
            a = 1_u8,
            b = 2_u16,
            c = 3_u32,
            d = 4_u64,
            e = 5_usize,
            f = 6_u128,
            g = -7_i128,
            h = u64::MAX,
            i = i128::MIN,
            j = i64::MIN
        )
    });
    let numbers = ["a", "b", "c", "d", "e", "f", "g", "j"].map(|key| made.attr(key).as_i64());
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, -7, i64::MIN].map(Some));
    assert_eq!(made.attr("h").as_str(), Some("18446744073709551615"));
    assert_eq!(made.attr("i").as_str(), Some("-170141183460469231731687303715884105728"));
}

#[test]
fn a_value_recorded_before_during_or_after_the_first_entry_has_the_type_that_it_has_at_the_start() {
    let made = span(|| {
        let span = info_span!("order", before = Empty, during = Empty, after = Empty, text = Empty);
        span.record("before", 1_u64);
        span.in_scope(|| {
            Span::current().record("during", 2_u128);
        });
        span.record("after", 3_usize);
        span.record("text", "here");
        span
    });
    assert_eq!(["before", "during", "after"].map(|key| made.attr(key).as_i64()), [1, 2, 3].map(Some));
    assert_eq!(made.attr("text").as_str(), Some("here"));
    assert_eq!(made.attributes.len(), 4, "{made:?}");
}

#[test]
fn other_values_keep_their_types_and_no_formatting_reaches_the_caller() {
    let made = span(|| {
        let order = vec![1, 2];
        info_span!("order", ratio = 0.5, big = 0.25_f32, gift = true, who = "ada", ?order, r#type = "x", bad = ?Explosive)
    });
    assert_eq!([made.attr("ratio").as_f64(), made.attr("big").as_f64()], [Some(0.5), Some(0.25)]);
    assert_eq!(made.attr("gift"), &Value::Bool(true));
    let texts = ["who", "order", "type", "bad"].map(|key| made.attr(key).as_str());
    assert_eq!(texts, ["ada", "[1, 2]", "x", "<unprintable>"].map(Some));
}

#[test]
fn an_error_is_its_message_and_those_behind_it_and_no_exception_of_the_span() {
    let error = Refused(Some(Box::new(Refused(None))));
    let error: &(dyn Error + 'static) = &error;
    let made = span(|| info_span!("order", error));
    assert_eq!(made.attr("error").as_str(), Some("not stored"));
    assert_eq!(made.attr("error.chain"), &Value::Array(vec![Value::String("refused".to_owned())]));
    assert_eq!(made.attributes.keys().collect::<Vec<_>>(), ["error", "error.chain"]);
}

#[test]
fn name_kind_and_status_come_from_fields() {
    let made = span(|| {
        info_span!("order", otel.name = "order 7", otel.kind = "Client", otel.status_description = "late")
    });
    let expected = ("order 7", ApiKind::Client, Status::error("late"));
    assert_eq!((&*made.name, made.kind.clone(), made.status.clone()), expected);
    assert!(made.attributes.is_empty(), "{made:?}");
}

#[test]
fn name_kind_and_status_may_come_late() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = pipeline(&stub);
    let all: Targets = "trace".parse().unwrap();
    let layer = span_layer(pipeline.tracer_provider().tracer("test"), all, SpanSettings::default());
    with_default(registry().with(layer), || {
        for number in 0..2 {
            let span =
                info_span!("order", number, otel.name = Empty, otel.kind = Empty, otel.status_code = Empty);
            if number == 1 {
                span.in_scope(|| ());
            }
            span.record("otel.name", format!("order {number}").as_str());
            span.record("otel.kind", "producer");
            span.record("otel.status_code", "ERROR");
        }
    });
    assert!(pipeline.flush(PLENTY).is_complete());
    for (number, span) in stub.spans().iter().enumerate() {
        assert_eq!((&span.name, span.kind()), (&format!("order {number}"), SpanKind::Producer));
        assert_eq!(span.status.as_ref().unwrap().code, 2);
        assert_eq!(span.attributes.len(), 1, "{span:?}");
    }
    assert_eq!(stub.spans().len(), 2);
}
