//! However many exceptions there are, memory and export stay within their bounds, and the counts are right.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by them")]

mod support;

use std::{io, time::Duration};

use opentelemetry::Context;
use otel_kit_core::{
    exception::{Exception, Mechanism},
    settings::ExceptionSettings,
};
use otel_kit_exceptions::RecordError as _;

use support::{Rig, rig, settings};

fn refuse(rig: &Rig, times: usize) {
    for _ in 0..times {
        io::Error::from(io::ErrorKind::ConnectionRefused).record_to(&rig.kit);
    }
}

fn measured(rig: &Rig) -> i64 {
    rig.events();
    let metric = rig.telemetry.metric("otel_kit.exceptions").unwrap();
    metric.points.iter().map(|point| point.value.as_i64().unwrap()).sum()
}

#[test]
fn of_a_hundred_thousand_errors_of_a_group_a_burst_is_exported_and_all_are_counted() {
    let rig = rig(ExceptionSettings::default());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| refuse(&rig, 25_000));
        }
    });
    assert!(rig.events().len() <= 20, "{}", rig.events().len());
    let group = rig.groups().remove(0);
    let exported = u64::try_from(rig.events().len()).unwrap();
    assert_eq!((group.count, group.suppressed), (100_000, 100_000 - exported));
    assert_eq!(measured(&rig), 100_000);
    let metric = rig.telemetry.metric("otel_kit.exceptions").unwrap();
    assert_eq!(*metric.points[0].attr("exception.fingerprint"), group.fingerprint.as_str());
    assert_eq!(*metric.points[0].attr("exception.type"), "std::io::Error::ConnectionRefused");
    assert!(rig.exceptions.lost().iter().all(|(_, count)| *count == 0), "{:?}", rig.exceptions.lost());
}

#[test]
fn the_next_one_after_a_pause_says_how_many_were_held_back() {
    let rig = rig(ExceptionSettings::default());
    refuse(&rig, 20);
    assert_eq!(rig.events().len(), 20);
    refuse(&rig, 5);
    assert_eq!(rig.events().len(), 20);
    rig.advance(Duration::from_secs(6));
    refuse(&rig, 1);
    let events = rig.events();
    assert_eq!(events.len(), 21);
    assert_eq!(*events[20].attr("exception.suppressed"), 5);
    assert_eq!(*events[20].attr("exception.count"), 26);
    refuse(&rig, 1);
    assert_eq!(rig.events().len(), 21);
}

#[test]
fn within_a_minute_it_is_said_how_many_were_held_back_even_if_none_follows() {
    let rig = rig(ExceptionSettings::default());
    refuse(&rig, 20);
    rig.events();
    refuse(&rig, 5);
    rig.advance(Duration::from_secs(59));
    let events = rig.events();
    let group = rig.groups().remove(0);
    assert_eq!(events.len(), 21);
    let summary = &events[20];
    assert_eq!(summary.event_name, "otel_kit.exceptions.suppressed");
    assert_eq!(summary.severity_number, 17);
    assert_eq!(*summary.attr("exception.suppressed"), 5);
    assert_eq!(*summary.attr("exception.fingerprint"), group.fingerprint.as_str());
    assert_eq!(*summary.attr("exception.count"), 25);
    rig.advance(Duration::from_secs(600));
    assert_eq!(rig.events().len(), 21, "said once");
}

#[test]
fn the_shutdown_leaves_nothing_unsaid() {
    let rig = rig(ExceptionSettings::default());
    refuse(&rig, 20);
    rig.events();
    refuse(&rig, 5);
    assert!(rig.exceptions.shutdown(Duration::from_secs(20)));
    let events = rig.telemetry.log_records();
    assert_eq!(*events.last().unwrap().attr("exception.suppressed"), 5);
    assert_eq!(rig.telemetry.metric("otel_kit.exceptions").unwrap().points[0].value, 25);
}

fn fail(rig: &Rig, route: &'static str) {
    let context = rig.request(route);
    let error = io::Error::from(io::ErrorKind::TimedOut);
    let exception = Exception::new("http.server.request.exception", Mechanism::Handler, &context);
    rig.kit.record_exception(&exception.with_error(&error));
}

#[test]
fn the_operations_of_those_that_are_not_exported_are_listed_too() {
    let rig = rig(settings(|settings| (settings.burst, settings.per_group_per_minute) = (1, 1)));
    let record = |route| {
        let _attached = rig.request(route).attach();
        refuse(&rig, 1);
    };
    for _ in 0..3 {
        ["/a", "/b", "/c"].into_iter().for_each(record);
        assert_eq!(rig.events().len(), 1);
    }
    let group = rig.groups().remove(0);
    assert_eq!((group.count, group.operations), (9, ["/a", "/b", "/c"].map(str::to_owned).to_vec()));
}

#[test]
fn the_group_seen_least_lately_makes_room_and_may_come_back() {
    let rig = rig(settings(|settings| settings.max_groups = 2));
    for route in ["/a", "/b", "/c", "/a"] {
        rig.advance(Duration::from_secs(1));
        fail(&rig, route);
        rig.events();
    }
    let routes: Vec<_> = rig.groups().into_iter().flat_map(|group| group.operations).collect();
    assert_eq!(routes, ["/a", "/c"]);
    assert_eq!(measured(&rig), 4);
}

#[test]
fn of_more_groups_than_are_measured_the_rest_is_one() {
    let rig = rig(settings(|settings| (settings.burst, settings.per_group_per_minute) = (1, 1)));
    for n in 0..230_usize {
        fail(&rig, Box::leak(format!("/{n}").into()));
        if n % 100 == 0 {
            rig.events();
        }
    }
    assert_eq!(measured(&rig), 230);
    let metric = rig.telemetry.metric("otel_kit.exceptions").unwrap();
    assert_eq!(metric.points.len(), 201);
    let other = metric.points.iter().find(|point| *point.attr("exception.fingerprint") == "other").unwrap();
    assert_eq!(other.value, 30);
}

#[test]
fn one_that_is_not_connected_to_a_kit_yet_counts_and_is_lost() {
    let exceptions = otel_kit_exceptions::Exceptions::builder(ExceptionSettings::default()).build().unwrap();
    let context = Context::new();
    let exception = Exception::new("a.exception", Mechanism::Manual, &context).with_error(&std::fmt::Error);
    otel_kit_core::exception::ExceptionSink::record(&exceptions, &exception);
    assert!(exceptions.flush(Duration::from_secs(20)));
    assert!(exceptions.lost().contains(&("not_connected", 1)));
    assert_eq!(otel_kit_core::exception::GroupSource::groups(&exceptions)[0].count, 1);
}
