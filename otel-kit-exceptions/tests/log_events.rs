//! Events of `tracing` with errors, and the last log lines of a trace.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by them")]

mod support;

use std::{error::Error, io};

use opentelemetry::Context;
use otel_kit_core::settings::ExceptionSettings;
use otel_kit_exceptions::RecordError as _;
use tracing::{Subscriber, level_filters::LevelFilter, subscriber::with_default};
use tracing_subscriber::{Layer as _, layer::SubscriberExt as _, registry};

use support::{Rig, rig, settings};

fn refused() -> io::Error {
    io::Error::from(io::ErrorKind::ConnectionRefused)
}

fn subscriber(rig: &Rig) -> impl Subscriber + Send + Sync + use<> {
    registry().with(rig.exceptions.layer()).with(rig.exceptions.log_lines().with_filter(LevelFilter::INFO))
}

fn default() -> Rig {
    rig(ExceptionSettings::default())
}

#[test]
fn an_event_with_an_error_is_an_exception_of_its_place() {
    let rig = default();
    let request = rig.request("/orders");
    with_default(subscriber(&rig), || {
        let _attached = request.attach();
        let span = tracing::info_span!("outer").entered();
        let _inner = tracing::info_span!(parent: &span, "inner").entered();
        let error = refused();
        tracing::error!(cause = &error as &dyn Error, "no order");
    });
    let event = rig.event();
    assert_eq!(event.event_name, "http.server.request.exception");
    assert_eq!(event.severity_number, 17);
    assert_eq!(*event.attr("exception.type"), "std::io::Error::ConnectionRefused");
    assert_eq!(*event.attr("exception.mechanism"), "log");
    assert_eq!(*event.attr("exception.span_path"), ["outer", "inner"]);
    assert_eq!(*event.attr("http.route"), "/orders");
}

#[test]
fn a_warning_with_an_error_is_one_and_a_text_is_one_at_the_level_of_errors() {
    let rig = default();
    with_default(subscriber(&rig), || {
        let error = refused();
        tracing::warn!(error = &error as &dyn Error);
        tracing::warn!(error = %error);
        tracing::info!(error = &error as &dyn Error);
        tracing::error!(user = %"text elsewhere");
        tracing::error!("no field");
        tracing::error!(target: "otel_kit", error = %error, "the kit's own");
    });
    assert_eq!(rig.event().severity_number, 13);
    with_default(subscriber(&rig), || {
        tracing::error!(error = %"user 1 is gone");
        tracing::error!(err = ?"user 1 is gone");
        tracing::error!(exception.message = "user 1 is gone");
    });
    let events = rig.events();
    assert_eq!(events.len(), 4);
    assert_eq!(*events[1].attr("exception.message"), "user 1 is gone");
}

#[test]
fn an_error_that_was_recorded_is_not_an_exception_again_when_it_is_logged() {
    let rig = default();
    with_default(subscriber(&rig), || {
        for route in ["/a", "/b", "/c"] {
            let _attached = rig.request(route).attach();
            let error = refused();
            error.record_to(&rig.kit);
            tracing::error!(error = &error as &dyn Error, "typed");
            tracing::error!(%error, "as a text");
        }
    });
    assert_eq!(rig.events().len(), 3);
    with_default(subscriber(&rig), || {
        let _attached = rig.request("/d").attach();
        let error = refused();
        tracing::error!(%error, "as a text first");
        error.record_to(&rig.kit);
    });
    assert_eq!(rig.events().len(), 4);
}

#[test]
fn the_last_lines_of_the_trace_go_with_an_exception() {
    let rig = rig(settings(|settings| settings.log_lines = 3));
    let [one, other] = ["/a", "/b"].map(|route| rig.request(route));
    with_default(subscriber(&rig), || {
        for n in 0..5 {
            let _attached = one.clone().attach();
            tracing::info!(n, flag = true, "order {n}");
            tracing::debug!("too fine");
            let _attached = other.clone().attach();
            tracing::info!("of another");
        }
        let _attached = one.clone().attach();
        tracing::warn!(error = &refused() as &dyn Error, "one more");
        rig.events();
        let _elsewhere = Context::new().attach();
        tracing::info!("of none");
        let _attached = one.attach();
        std::fmt::Error.record_to(&rig.kit);
        tracing::info!("later");
    });
    let order = |n| format!("INFO log_events: order {n} n={n} flag=true");
    let events = rig.events();
    let (warned, recorded) = (events[0].attr("exception.log_lines"), events[1].attr("exception.log_lines"));
    assert_eq!(*warned, [2, 3, 4].map(order).each_ref().map(String::as_str));
    let warning = "WARN log_events: one more error=connection refused".to_owned();
    assert_eq!(*recorded, [order(3), order(4), warning].each_ref().map(String::as_str));
}

#[test]
fn an_event_belongs_where_it_says() {
    let rig = default();
    with_default(subscriber(&rig), || {
        let _attached = rig.request("/a").attach();
        let error = refused();
        tracing::error!(parent: None, error = &error as &dyn Error);
    });
    assert_eq!(rig.event().trace_id, "");
}

#[test]
fn an_error_whose_display_panics_harms_nobody() {
    #[derive(Debug)]
    struct Bad;
    impl std::fmt::Display for Bad {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            std::panic::resume_unwind(Box::new("bad"))
        }
    }
    let rig = default();
    let layer = registry().with(rig.exceptions.layer());
    with_default(layer, || tracing::error!(error = %Bad));
    assert!(rig.events().is_empty());
    assert_eq!(rig.lost("unreadable"), 1);
}

#[test]
fn what_is_quiet_stays_quiet() {
    let rig = default();
    with_default(subscriber(&rig), || {
        let _quiet = Context::enter_telemetry_suppressed_scope();
        tracing::error!(error = &refused() as &dyn Error);
    });
    assert!(rig.events().is_empty());
}
