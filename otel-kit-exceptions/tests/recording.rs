//! What becomes of errors that are recorded.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by them")]

mod support;

use std::{error::Error, fmt, io, sync::Arc, time::Duration};

use opentelemetry::{Context, trace::TraceContextExt};
use otel_kit_core::{
    Kit,
    exception::{Exception, ExceptionSink, Mechanism},
    settings::ExceptionSettings,
};
use otel_kit_exceptions::{Exceptions, RecordError as _, RecordResult as _};

use support::{Rig, built, rig, settings, unsampled};

#[derive(Debug, thiserror::Error)]
enum Order {
    #[error("cannot take order {0}")]
    Take(u32, #[source] io::Error),
    #[error("nothing left")]
    OutOfStock,
}

fn take(id: u32) -> Order {
    Order::Take(id, io::Error::new(io::ErrorKind::ConnectionRefused, format!("db {id} is down")))
}

fn default() -> Rig {
    rig(ExceptionSettings::default())
}

#[test]
fn a_recorded_error_is_an_event_of_its_group_its_trace_and_its_route() {
    let rig = default();
    let request = rig.request("/orders/{id}");
    {
        let _attached = request.clone().attach();
        take(7).record_to(&rig.kit);
    }
    let event = rig.event();
    let group = rig.groups().remove(0);
    assert_eq!(event.event_name, "http.server.request.exception");
    assert_eq!((event.severity_number, event.severity_text.as_str()), (17, "ERROR"));
    assert_eq!(event.body, "cannot take order 7: db 7 is down");
    assert_eq!(event.trace_id, request.span().span_context().trace_id().to_string());
    assert_eq!(event.span_id, request.span().span_context().span_id().to_string());
    assert_eq!(*event.attr("http.route"), "/orders/{id}");
    assert_eq!(*event.attr("exception.type"), "recording::Order::Take");
    assert_eq!(*event.attr("exception.message"), "cannot take order 7");
    assert_eq!(
        *event.attr("exception.chain"),
        ["recording::Order::Take", "std::io::Error::ConnectionRefused"]
    );
    let stack = event.attr("exception.stacktrace").as_str().unwrap();
    assert!(stack.contains("a_recorded_error_is_an_event_of_its_group"), "{stack}");
    assert_eq!(*event.attr("exception.mechanism"), "manual");
    assert_eq!(*event.attr("exception.fingerprint"), group.fingerprint.as_str());
    assert_eq!(*event.attr("exception.fingerprint.secondary"), group.secondary_fingerprint.as_str());
    assert_eq!(*event.attr("exception.group.title"), group.title.as_str());
    assert_eq!(*event.attr("exception.grouping.level"), group.grouping.name());
    assert_eq!(*event.attr("exception.count"), 1);
    assert_eq!(*event.attr("exception.first_seen"), "2026-01-01T00:00:00.000Z");
    assert!(event.attr("exception.suppressed").is_absent());
    assert_eq!((group.count, group.suppressed), (1, 0));
    assert_eq!(group.operations, ["/orders/{id}"]);
    assert_eq!(group.sample.message, "cannot take order 7");
    assert_eq!(group.sample.trace_id, request.span().span_context().trace_id());
    assert_eq!(group.exception_type, "recording::Order::Take");
    assert!(rig.exceptions.explain(&group.fingerprint).unwrap().contains("Order::Take"));
    assert_eq!(rig.exceptions.explain("0123456789abcdef"), None);
}

#[test]
fn the_span_of_a_recorded_error_has_failed() {
    let rig = default();
    let request = rig.request("/orders");
    {
        let _attached = request.clone().attach();
        Order::OutOfStock.record_to(&rig.kit);
    }
    request.span().end();
    let span = rig.telemetry.spans().remove(0);
    assert!(span.is_error());
    assert_eq!(*span.attr("error.type"), "recording::Order");
    assert!(span.event("exception").is_none());
}

#[test]
fn an_exception_is_on_its_span_too_where_that_is_asked_for() {
    let rig = rig(settings(|settings| settings.span_events = true));
    let request = rig.request("/orders");
    {
        let _attached = request.clone().attach();
        Order::OutOfStock.record_to(&rig.kit);
    }
    request.span().end();
    let span = rig.telemetry.spans().remove(0);
    let event = span.event("exception").unwrap();
    assert_eq!(*event.attr("exception.type"), "recording::Order::OutOfStock");
    assert_eq!(*event.attr("exception.message"), "nothing left");
    assert_eq!(rig.events().len(), 1);
}

fn handler_error(rig: &Rig, context: &Context, error: &(dyn Error + 'static)) {
    let exception = Exception::new("http.server.request.exception", Mechanism::Handler, context);
    rig.kit.record_exception(&exception.with_error(error));
}

#[test]
fn an_error_is_recorded_once_in_its_operation_however_it_is_wrapped() {
    let rig = default();
    let outer = rig.request("/orders");
    let attached = outer.clone().attach();
    io::Error::new(io::ErrorKind::ConnectionRefused, "db 7 is down").record_to(&rig.kit);
    take(7).record_to(&rig.kit);
    drop(attached);
    handler_error(&rig, &outer, &take(7));
    handler_error(
        &rig,
        &Context::new().with_remote_span_context(outer.span().span_context().clone()),
        &take(7),
    );
    assert_eq!(rig.events().len(), 1);

    handler_error(&rig, &outer, &take(8));
    assert_eq!(rig.events().len(), 2, "another cause");
    handler_error(&rig, &rig.request("/orders"), &take(7));
    assert_eq!(rig.events().len(), 3, "another trace");
    handler_error(&rig, &Context::new(), &take(7));
    handler_error(&rig, &Context::new(), &take(7));
    assert_eq!(rig.events().len(), 5, "no trace");
}

#[test]
fn types_tell_groups_apart_and_messages_do_not() {
    let rig = default();
    for id in 0..3 {
        take(id).record_to(&rig.kit);
    }
    Order::OutOfStock.record_to(&rig.kit);
    Order::Take(3, io::ErrorKind::TimedOut.into()).record_to(&rig.kit);
    let mut counts: Vec<_> = rig.groups().iter().map(|group| group.count).collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 1, 3]);
}

#[test]
fn what_a_layer_reports_is_grouped_by_the_operation() {
    let rig = default();
    for (route, id) in [("/a", 1), ("/a", 2), ("/b", 3)] {
        handler_error(&rig, &rig.request(route), &take(id));
    }
    let mut groups: Vec<_> = rig.groups().into_iter().map(|group| (group.operations, group.count)).collect();
    groups.sort();
    assert_eq!(groups, [(vec!["/a".to_owned()], 2), (vec!["/b".to_owned()], 1)]);
}

#[test]
fn opaque_errors_are_grouped_by_what_they_say_without_what_varies() {
    let rig = default();
    for text in ["user 1 is gone", "user 22 is gone", "the disk is full"] {
        Box::<dyn Error + Send + Sync>::from(text).record_to(&rig.kit);
    }
    let mut counts: Vec<_> = rig.groups().iter().map(|group| group.count).collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 2]);
}

#[test]
fn one_in_an_unsampled_trace_is_recorded_all_the_same() {
    let rig = default();
    handler_error(&rig, &unsampled(42), &take(7));
    let event = rig.event();
    assert_eq!((event.trace_id.as_str(), event.flags), ("0000000000000000000000000000002a", 0));
}

#[test]
fn results_and_boxes_go_through_untouched() {
    let rig = default();
    let good: Result<u8, io::Error> = Ok(7);
    assert_eq!(good.record_err_to(&rig.kit).unwrap(), 7);
    let bad: Result<u8, Box<dyn Error>> = Err("gone".into());
    assert_eq!(bad.record_err_to(&rig.kit).unwrap_err().to_string(), "gone");
    let event = rig.event();
    assert_eq!(*event.attr("exception.type"), "Error");
    assert_eq!(*event.attr("exception.message"), "gone");
}

#[test]
fn how_bad_it_is_follows_from_who_has_to_deal_with_it() {
    let rig = rig(settings(|settings| settings.client_calls = true));
    let context = Context::new();
    let tell = |mechanism, is_handled, is_fatal| {
        let exception = Exception::new("a.exception", mechanism, &context).with_error(&fmt::Error);
        rig.kit.record_exception(&exception.with_handled(is_handled).with_fatal(is_fatal));
        rig.events().last().unwrap().severity_number
    };
    assert_eq!(tell(Mechanism::Handler, false, false), 17);
    assert_eq!(tell(Mechanism::Handler, true, false), 13);
    assert_eq!(tell(Mechanism::Client, false, false), 13);
    assert_eq!(tell(Mechanism::Panic, false, true), 21);
}

#[test]
fn failed_calls_are_left_to_the_caller_unless_they_are_asked_for() {
    let rig = default();
    let context = Context::new();
    let exception = Exception::new("a.exception", Mechanism::Client, &context).with_error(&fmt::Error);
    rig.kit.record_exception(&exception);
    assert!(rig.events().is_empty());
}

#[test]
fn an_error_whose_display_panics_is_lost_and_counted() {
    #[derive(Debug)]
    struct Bad;
    impl fmt::Display for Bad {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            std::panic::resume_unwind(Box::new("bad"))
        }
    }
    impl Error for Bad {}
    let rig = default();
    Bad.record_to(&rig.kit);
    assert!(rig.events().is_empty());
    assert_eq!(rig.lost("unreadable"), 1);
    Order::OutOfStock.record_to(&rig.kit);
    assert_eq!(rig.events().len(), 1);
}

#[test]
fn an_error_that_records_another_while_it_is_formatted_is_recorded_alone() {
    #[derive(Debug)]
    struct Chatty(Kit);
    impl fmt::Display for Chatty {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            fmt::Error.record_to(&self.0);
            f.write_str("chatty")
        }
    }
    impl Error for Chatty {}
    let rig = default();
    Chatty(rig.kit.clone()).record_to(&rig.kit);
    assert_eq!(*rig.event().attr("exception.message"), "chatty");
    assert!(rig.lost("nested") > 0);
}

#[test]
fn what_the_kit_does_for_itself_is_no_exception() {
    let rig = default();
    let _quiet = Context::enter_telemetry_suppressed_scope();
    take(7).record_to(&rig.kit);
    assert!(rig.events().is_empty() && rig.groups().is_empty());
}

#[test]
fn two_kits_record_each_their_own() {
    let rigs = [default(), default()];
    take(7).record_to(&rigs[0].kit);
    assert_eq!(rigs.each_ref().map(|rig| rig.events().len()), [1, 0]);
    take(7).record_to(&rigs[1].kit);
    assert_eq!(rigs.each_ref().map(|rig| rig.groups().len()), [1, 1]);
}

#[test]
fn after_the_shutdown_nothing_is_recorded_and_the_kit_is_free() {
    #[derive(Debug)]
    struct Sink;
    impl ExceptionSink for Sink {
        fn record(&self, _: &Exception<'_>) {}
    }
    let exceptions = Exceptions::builder(ExceptionSettings::default()).build().unwrap();
    let sink = Arc::new(Sink);
    let kit =
        Kit::builder().exception_sink(Arc::new(exceptions.clone())).exception_sink(sink.clone()).build();
    exceptions.connect(&kit);
    take(7).record_to(&kit);
    assert!(exceptions.shutdown(Duration::from_secs(20)));
    take(8).record_to(&kit);
    assert_eq!(exceptions.lost().into_iter().find(|(reason, _)| *reason == "ended"), Some(("ended", 1)));
    drop(kit);
    assert_eq!(Arc::strong_count(&sink), 1);
}

#[test]
fn the_last_of_all_handles_ends_the_worker() {
    let exceptions = Exceptions::builder(ExceptionSettings::default()).build().unwrap();
    let witness = Arc::new(());
    let held = Arc::clone(&witness);
    drop(exceptions);
    let builder = Exceptions::builder(ExceptionSettings::default());
    let exceptions = builder.before_send(move |_| Arc::strong_count(&held) > 0).build().unwrap();
    let context = Context::new();
    let exception = Exception::new("a.exception", Mechanism::Manual, &context).with_error(&fmt::Error);
    ExceptionSink::record(&exceptions, &exception);
    assert!(exceptions.flush(Duration::from_secs(20)));
    drop(exceptions);
    for _ in 0..2000 {
        if Arc::strong_count(&witness) == 1 {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("the worker goes on");
}

#[test]
fn before_send_has_the_last_word() {
    let rig = built(ExceptionSettings::default(), |builder| {
        builder.before_send(|record| {
            if record.message.as_deref() == Some("nothing left") {
                std::panic::resume_unwind(Box::new("bad"));
            }
            record.message = record.message.take().map(|message| message.replace('7', "x"));
            record.causes.clear();
            record.attributes.push(("shop.team", "orders".into()));
            !record.exception_type().ends_with("fmt::Error")
        })
    });
    Order::OutOfStock.record_to(&rig.kit);
    fmt::Error.record_to(&rig.kit);
    assert!(rig.events().is_empty());
    assert_eq!(rig.lost("before_send"), 2);
    take(7).record_to(&rig.kit);
    let event = rig.event();
    assert_eq!(event.body, "cannot take order x");
    assert_eq!(*event.attr("shop.team"), "orders");
    assert_eq!(rig.groups().len(), 3);
    let sample =
        rig.groups().into_iter().find(|group| group.exception_type.ends_with("Take")).unwrap().sample;
    assert_eq!(sample.message, "cannot take order x");
}

#[cfg(feature = "anyhow")]
#[test]
fn a_report_is_known_by_the_error_below_its_context() {
    use anyhow::Context as _;

    let rig = default();
    let report = Err::<(), _>(take(7)).context("while serving").unwrap_err();
    let request = rig.request("/orders");
    let attached = request.clone().attach();
    report.record_to(&rig.kit);
    drop(attached);
    handler_error(&rig, &request, report.as_ref());
    let event = rig.event();
    assert_eq!(*event.attr("exception.message"), "while serving");
    assert_eq!(*event.attr("exception.chain"), ["Take", "std::io::Error::ConnectionRefused"]);
    assert_eq!(event.body, "while serving: cannot take order 7: db 7 is down");
}

#[cfg(feature = "eyre")]
#[test]
fn a_report_of_eyre_is_an_error_like_others() {
    let rig = default();
    let bad: Result<(), eyre::Report> = Err(eyre::eyre!("user 7 is gone"));
    assert!(bad.record_err_to(&rig.kit).is_err());
    assert_eq!(*rig.event().attr("exception.message"), "user 7 is gone");
}
