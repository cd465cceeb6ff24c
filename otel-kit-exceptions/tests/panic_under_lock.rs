//! A panic while the groups are being looked at. Alone in its process, since the hook is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

mod support;

use std::{
    fmt, panic,
    sync::{Arc, Mutex},
    thread,
};

use opentelemetry::Context;
use otel_kit_core::{
    Kit,
    exception::{Exception, GroupSource as _, Mechanism},
    log_event::{LogEvent, LogEventSink},
    settings::ExceptionSettings,
};
use otel_kit_exceptions::{Exceptions, PanicHook};

/// Panics while it holds a lock that the next event needs too.
#[derive(Debug, Default)]
struct Locked {
    count: Mutex<u32>,
}

impl LogEventSink for Locked {
    fn emit(&self, _: LogEvent) {
        let mut count = self.count.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *count += 1;
        assert!(*count != 1, "while the lock is held");
    }
}

#[test]
fn a_panic_with_a_lock_held_blocks_neither_the_hook_nor_the_worker() {
    panic::set_hook(Box::new(|_| ()));
    let exceptions = Exceptions::builder(ExceptionSettings::default()).build().unwrap();
    let sink = Arc::new(Locked::default());
    let kit = Kit::builder().exception_sink(Arc::new(exceptions.clone())).log_events(sink.clone()).build();
    exceptions.connect(&kit);
    exceptions.install_panic_hook(PanicHook::new());

    let context = Context::new();
    let error = Exception::new("a.exception", Mechanism::Handler, &context).with_error(&fmt::Error);
    kit.record_exception(&error);
    assert!(exceptions.flush(std::time::Duration::from_secs(20)));
    assert!(exceptions.lost().contains(&("failed", 1)), "{:?}", exceptions.lost());

    let shared = Arc::new(Mutex::new(()));
    let held = Arc::clone(&shared);
    let panicking = thread::spawn(move || {
        let _lock = held.lock().unwrap();
        panic!("with a lock of the host's");
    });
    assert!(panicking.join().is_err() && shared.is_poisoned());
    assert!(exceptions.flush(std::time::Duration::from_secs(20)));
    assert_eq!(*sink.count.lock().unwrap_or_else(std::sync::PoisonError::into_inner), 2);
    assert_eq!(exceptions.groups().len(), 2);
}
