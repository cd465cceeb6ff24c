//! A report that captured a backtrace brings it along. Whether it does is decided by the environment, so the test
//! runs itself with another one.

#![cfg(feature = "anyhow")]
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod support;

use std::{env, process::Command};

use otel_kit_core::settings::ExceptionSettings;
use otel_kit_exceptions::RecordError as _;

use support::{rig, settings};

const CAPTURES: &str = "RUST_LIB_BACKTRACE";

#[test]
fn the_stack_of_a_report_is_that_of_its_origin() {
    if env::var(CAPTURES).is_err() {
        let mut again = Command::new(env::current_exe().unwrap());
        assert!(again.env(CAPTURES, "1").status().unwrap().success());
        return;
    }
    let rig = rig(ExceptionSettings::default());
    let report = origin();
    report.record_to(&rig.kit);
    for _ in 0..40 {
        report.record_to(&rig.kit);
    }
    let events = rig.events();
    assert!(events.len() <= 20, "{}", events.len());
    let mut stacks = events.iter().map(|event| event.attr("exception.stacktrace").as_str().unwrap());
    assert!(stacks.all(|stack| stack.contains("report_backtrace::origin")), "{events:?}");
    assert_eq!(rig.groups().iter().map(|group| group.count).sum::<u64>(), 41);

    let without = support::rig(settings(|settings| settings.stacktrace = false));
    report.record_to(&without.kit);
    assert!(without.event().attr("exception.stacktrace").is_absent());
}

#[inline(never)]
fn origin() -> anyhow::Error {
    anyhow::anyhow!("from the origin")
}
