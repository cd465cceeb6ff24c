//! One event: a line, a log record, and by choice an event of its span.

mod support;

use otel_kit::{LogContext, opentelemetry::Context};
use otel_kit_testing::OtlpReceiver;
use tracing::dispatcher::with_default;

use support::{Lines, PLENTY, builder, subscriber};

fn order() {
    let fields = LogContext::new().with("http.route", "/orders/{id}").in_context(&Context::current());
    let _below = fields.attach();
    tracing::info_span!("order", order.id = 7_u64).in_scope(|| {
        tracing::warn!(attempt = 2_u8, ratio = 0.5, retry = true, user = "ada", "no stock");
    });
}

#[test]
fn line_and_log_record_say_the_same_and_neither_is_an_event_of_the_span() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let telemetry = builder(&lines).endpoint(receiver.http_endpoint()).build().unwrap();
    with_default(&subscriber(&telemetry), order);
    assert!(telemetry.flush(PLENTY).is_complete());

    let span = receiver.spans().remove(0);
    assert!(span.events.is_empty(), "{span:?}");
    let (line, record) = (lines.line("no stock"), receiver.log_records().remove(0));
    assert_eq!((&record.trace_id, &record.span_id), (&span.trace_id, &span.span_id));
    assert_eq!(line["trace_id"], *record.trace_id);
    assert_eq!(line["span_id"], *record.span_id);
    assert_eq!(line["trace_flags"], "03");
    assert_eq!((&line["level"], &*record.severity_text), (&"WARN".into(), "WARN"));
    assert_eq!((&line["target"], &*record.scope.name), (&"log_records".into(), "log_records"));
    assert_eq!((&line["attempt"], record.attr("attempt").as_i64()), (&2.into(), Some(2)));
    assert_eq!((&line["ratio"], record.attr("ratio").as_f64()), (&0.5.into(), Some(0.5)));
    assert_eq!((&line["retry"], record.attr("retry").to_string()), (&true.into(), "true".to_owned()));
    for (key, value) in [("user", "ada"), ("http.route", "/orders/{id}")] {
        assert_eq!((&line[key], record.attr(key).as_str()), (&value.into(), Some(value)));
    }
    assert_eq!((&line["order.id"], record.attr("order.id").as_i64()), (&7.into(), Some(7)));
}

#[test]
fn events_are_events_of_their_span_too_by_choice() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let settings = builder(&lines).endpoint(receiver.http_endpoint());
    let telemetry = settings.config_text("events.yaml", "traces: {events: true}").build().unwrap();
    with_default(&subscriber(&telemetry), order);
    assert!(telemetry.flush(PLENTY).is_complete());
    let span = receiver.spans().remove(0);
    let event = span.event("no stock").unwrap();
    assert_eq!((event.attr("user").as_str(), event.attr("ratio").as_f64()), (Some("ada"), Some(0.5)));
    assert_eq!((receiver.log_records().len(), lines.json().len()), (1, 1));
    assert!(!span.is_error());
}

#[test]
fn a_field_has_one_type_in_span_log_record_and_line() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let telemetry = builder(&lines).endpoint(receiver.http_endpoint()).build().unwrap();
    with_default(&subscriber(&telemetry), || {
        let (items, big) = (3_usize, i128::from(i64::MAX));
        let span = tracing::info_span!("order", items, big, id = u128::MAX, late = tracing::field::Empty);
        span.in_scope(|| {
            span.record("late", 4_u64);
            tracing::info!("placed");
        });
    });
    assert!(telemetry.flush(PLENTY).is_complete());
    let (span, record) = (receiver.spans().remove(0), receiver.log_records().remove(0));
    let line = lines.line("placed");
    for (key, value) in [("items", 3), ("big", i64::MAX), ("late", 4)] {
        let seen = (span.attr(key).as_i64(), record.attr(key).as_i64(), line[key].as_i64());
        assert_eq!(seen, (Some(value), Some(value), Some(value)), "{key}");
    }
    let digits = u128::MAX.to_string();
    let seen = (span.attr("id").as_str(), record.attr("id").as_str(), line["id"].as_str());
    assert_eq!(seen, (Some(&*digits), Some(&*digits), Some(&*digits)));
}

#[test]
fn a_line_that_names_its_span_has_the_ids_of_that_span() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let telemetry = builder(&lines).endpoint(receiver.http_endpoint()).build().unwrap();
    with_default(&subscriber(&telemetry), || {
        let order = tracing::info_span!("order");
        tracing::info_span!("other").in_scope(|| tracing::info!(parent: &order, "placed"));
    });
    assert!(telemetry.flush(PLENTY).is_complete());
    let order = receiver.spans().into_iter().find(|span| span.name == "order").unwrap();
    assert_eq!(lines.line("placed")["span_id"], *order.span_id);
}

#[test]
fn lines_are_written_whether_or_not_records_are_exported() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let settings = builder(&lines).endpoint(receiver.http_endpoint());
    let text = "logs: {otlp: false, keys: {message: msg, trace_id: trace.id}}";
    let telemetry = settings.config_text("lines.yaml", text).build().unwrap();
    with_default(&subscriber(&telemetry), order);
    assert!(telemetry.flush(PLENTY).is_complete());
    let (span, line) = (receiver.spans().remove(0), lines.json().remove(0));
    assert_eq!((&line["msg"], &line["trace.id"]), (&"no stock".into(), &span.trace_id.into()));
    assert!(receiver.log_records().is_empty());
}

#[test]
fn a_line_is_written_at_once_where_lines_may_block() {
    let lines = Lines::default();
    let telemetry = builder(&lines).config_text("lines.yaml", "logs: {blocking: true}").build().unwrap();
    with_default(&subscriber(&telemetry), order);
    assert_eq!(lines.messages(), ["no stock"]);
}
