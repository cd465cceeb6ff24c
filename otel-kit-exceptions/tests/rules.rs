//! Rules of the configuration.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by them")]

mod support;

use std::io;

use opentelemetry::logs::Severity;
use otel_kit_core::settings::{ExceptionMatch, ExceptionRule};
use otel_kit_exceptions::{Exceptions, RecordError as _};

use support::{rig, settings};

mod noisy {
    use otel_kit_exceptions::RecordError as _;

    pub(super) fn fail(rig: &super::support::Rig) {
        std::fmt::Error.record_to(&rig.kit);
    }
}

fn by_type(pattern: &str) -> ExceptionMatch {
    let mut when = ExceptionMatch::default();
    when.exception_type = Some(pattern.to_owned());
    when
}

fn by_message(pattern: &str) -> ExceptionMatch {
    let mut when = ExceptionMatch::default();
    when.message = Some(pattern.to_owned());
    when
}

#[test]
fn what_is_ignored_is_neither_exported_nor_counted() {
    let rig = rig(settings(|settings| {
        settings.ignore.push(by_type("std::io::Error::NotFound"));
        settings.ignore.push(by_message(r"^order \d+ timed out"));
    }));
    for _ in 0..30 {
        io::Error::from(io::ErrorKind::NotFound).record_to(&rig.kit);
        rig.events();
    }
    for text in ["order 7 timed out", "order 8 timed out", "order 9 is gone"] {
        io::Error::new(io::ErrorKind::TimedOut, text).record_to(&rig.kit);
    }
    assert_eq!(*rig.event().attr("exception.message"), "order 9 is gone");
    assert_eq!(rig.groups().len(), 1);
}

#[test]
fn what_is_ignored_by_module_is_ignored_there_alone() {
    let rig = rig(settings(|settings| {
        let mut when = ExceptionMatch::default();
        when.module = Some(format!("{}::noisy", module_path!()));
        settings.ignore.push(when);
    }));
    std::fmt::Error.record_to(&rig.kit);
    assert_eq!(rig.events().len(), 1);
    noisy::fail(&rig);
    assert_eq!(rig.events().len(), 1, "{:#?}", rig.groups());
}

#[test]
fn a_rule_sets_the_level_and_what_the_group_goes_by() {
    let rig = rig(settings(|settings| {
        let mut rule = ExceptionRule::default();
        rule.when = by_type("std::io::*");
        rule.fingerprint = vec!["database".to_owned()];
        rule.level = Some(Severity::Info);
        settings.rules.push(rule);
    }));
    io::Error::from(io::ErrorKind::NotFound).record_to(&rig.kit);
    io::Error::from(io::ErrorKind::TimedOut).record_to(&rig.kit);
    let group = rig.groups().remove(0);
    assert_eq!((rig.groups().len(), group.count), (1, 2));
    assert_eq!(group.grouping.name(), "custom");
    assert!(rig.events().iter().all(|event| event.severity_number == 9));
}

#[test]
fn a_rule_that_cannot_hold_is_named() {
    let mut rule = ExceptionRule::default();
    rule.when = by_message("(");
    let bad = settings(|settings| settings.rules.push(rule));
    let error = Exceptions::builder(bad).build().unwrap_err();
    assert_eq!(error.path(), "rules[0].message");
}
