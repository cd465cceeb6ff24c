//! Panics of an initialised process.
#![cfg(feature = "exceptions")]
#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{
    panic,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use otel_kit_testing::OtlpReceiver;
use support::{Lines, PLENTY, builder};

static BEFORE: AtomicUsize = AtomicUsize::new(0);

fn runs_out_of_stock() {
    panic!("no stock of article 17");
}

#[test]
fn a_panic_is_an_exception_with_its_stack_and_the_hook_before_is_called_too() {
    panic::set_hook(Box::new(|_| {
        BEFORE.fetch_add(1, Ordering::Relaxed);
    }));
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let telemetry = builder(&lines).endpoint(receiver.http_endpoint()).init().unwrap();
    assert!(thread::spawn(runs_out_of_stock).join().is_err());
    assert!(telemetry.flush(PLENTY).is_complete());

    assert_eq!(BEFORE.load(Ordering::Relaxed), 1);
    let records = receiver.log_records();
    let panics: Vec<_> = records.iter().filter(|record| *record.attr("exception.type") == "panic").collect();
    let [record] = &panics[..] else { panic!("{records:?}") };
    assert_eq!((record.event_name.as_str(), record.severity_number), ("exception", 17));
    assert_eq!(*record.attr("exception.message"), "no stock of article 17");
    let stack = record.attr("exception.stacktrace").to_string();
    assert!(stack.contains("runs_out_of_stock"), "{stack}");
    assert_eq!(telemetry.exceptions()[0].sample.message, "no stock of article 17");
}
