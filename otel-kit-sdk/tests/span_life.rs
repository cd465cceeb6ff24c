//! When a `tracing` span begins and ends, whose child it may become, and what events make of it.
#![allow(clippy::unwrap_used)] // helpers of tests

use std::{
    fmt,
    time::{Duration, Instant},
};

use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId,
    trace::{SpanContext, Status, TraceContextExt, TraceState, TracerProvider},
};
use otel_kit_sdk::{ErrorStatus, SpanSettings, span_layer};
use otel_kit_testing::{Telemetry, received::ReceivedSpan};
use tracing::{Span, error, field::Empty, info, info_span, subscriber::with_default};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, registry};

fn caller() -> Context {
    let (trace, span) = (TraceId::from(7), SpanId::from(7));
    let span = SpanContext::new(trace, span, TraceFlags::SAMPLED, true, TraceState::NONE);
    Context::new().with_remote_span_context(span)
}

/// The one span that `work` leaves with these settings.
fn span(settings: SpanSettings, work: impl FnOnce(&Telemetry)) -> ReceivedSpan {
    let telemetry = Telemetry::builder().manual_clock().build();
    let all: Targets = "trace".parse().unwrap();
    let layer = span_layer(telemetry.tracer_provider().tracer("test"), all, settings);
    with_default(registry().with(layer), || work(&telemetry));
    let mut spans = telemetry.spans();
    assert_eq!(spans.len(), 1, "{spans:?}");
    spans.remove(0)
}

fn order(events: impl FnOnce()) -> impl FnOnce(&Telemetry) {
    |_| info_span!("order").in_scope(events)
}

type Say = fn(&(dyn std::error::Error + 'static));

#[derive(Debug)]
struct Refused;

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

#[test]
fn a_span_lasts_from_its_making_to_its_close_however_it_is_entered() {
    for entries in 1..3 {
        let made = span(SpanSettings::default(), |telemetry| {
            let span = info_span!("body");
            for _ in 0..entries {
                span.in_scope(|| telemetry.clock().advance(Duration::from_millis(10)));
            }
            telemetry.clock().advance(Duration::from_millis(100));
        });
        assert_eq!(made.duration(), Duration::from_millis(100 + 10 * entries));
    }
}

#[test]
fn a_span_that_is_held_and_not_entered_has_its_length_too() {
    let telemetry = Telemetry::new();
    let held = Duration::from_millis(2);
    with_default(telemetry.subscriber(), || {
        for entries in 0..2 {
            let span = info_span!("body");
            (0..entries).for_each(|_| span.in_scope(|| ()));
            let left = Instant::now();
            while left.elapsed() < held {}
        }
    });
    let spans = telemetry.spans();
    assert!(spans.len() == 2 && spans.iter().all(|span| span.duration() >= held), "{spans:?}");
}

#[test]
fn a_parent_may_be_set_until_the_span_is_entered_and_then_it_is_refused() {
    let made = span(SpanSettings::default(), |_| {
        let span = info_span!("order", id = Empty);
        span.record("id", 7_u64); // looks at the span, but starts nothing
        span.set_parent(caller()).unwrap();
        span.in_scope(|| Span::current().set_parent(Context::new()).unwrap_err());
    });
    assert_eq!(
        (&*made.trace_id, &*made.parent_span_id),
        (&*TraceId::from(7).to_string(), &*SpanId::from(7).to_string())
    );
}

#[test]
fn where_a_span_is_and_on_which_thread_is_told_on_demand_alone() {
    let bare = span(SpanSettings::default(), order(|| ()));
    assert!(bare.attributes.is_empty(), "{bare:?}");

    let settings = SpanSettings::default().source_location(true).threads(true);
    let told = span(settings, order(|| ()));
    assert_eq!(told.attr("code.file.path").as_str(), Some(file!()));
    assert!(told.attr("code.line.number").as_i64().unwrap() > 0);
    assert!(told.attr("thread.id").as_i64().unwrap() > 0);
    assert_eq!(told.attr("thread.name").as_str(), std::thread::current().name());
    assert_eq!(told.attributes.len(), 4, "{told:?}");
}

#[test]
fn only_an_error_makes_its_span_an_error_unless_all_or_none_are_wanted() {
    let error = &Refused as &(dyn std::error::Error + 'static);
    let cases: [(Say, [Option<&'static str>; 3]); 4] = [
        (|_| error!("no stock"), [None, None, Some("no stock")]),
        (|_| error!(error = %Refused), [None, Some("refused"), Some("refused")]),
        (|error| error!(cause = error, "no stock"), [None, Some("refused"), Some("refused")]),
        (|error| info!(error, "no stock"), [None, None, None]),
    ];
    for (number, (event, expected)) in cases.into_iter().enumerate() {
        for (wanted, expected) in
            [ErrorStatus::Off, ErrorStatus::Errors, ErrorStatus::All].into_iter().zip(expected)
        {
            for events in [false, true] {
                let settings = SpanSettings::default().events(events).error_status(wanted);
                let made = span(settings, order(|| event(error)));
                let expected = expected.map_or(Status::Unset, Status::error);
                assert_eq!(made.status, expected, "case {number}, {wanted:?}, {events}");
                assert_eq!(made.events.len(), usize::from(events));
            }
        }
    }
}

#[test]
fn an_error_below_an_adapters_span_changes_neither_span() {
    let telemetry = Telemetry::new();
    with_default(telemetry.subscriber(), || {
        info_span!("order").in_scope(|| {
            let tracer = telemetry.kit().tracer("adapter", "1");
            let client =
                tracer.start(&Context::current(), || opentelemetry::trace::SpanBuilder::from_name("client"));
            let _attached = client.clone().attach();
            error!(error = %Refused);
            client.span().end();
        });
    });
    let spans = telemetry.spans();
    assert_eq!(spans.len(), 2);
    assert!(!spans.iter().any(ReceivedSpan::is_error), "{spans:?}");
}

#[test]
fn an_event_with_an_explicit_parent_belongs_to_it() {
    let telemetry = Telemetry::new();
    with_default(telemetry.subscriber(), || {
        let order = info_span!("order");
        info_span!("other").in_scope(|| error!(parent: &order, error = %Refused));
    });
    let received = telemetry.received();
    assert!(received.span("order").unwrap().is_error());
    assert!(!received.span("other").unwrap().is_error());
}
