//! A panic of the main thread waits for its export, within the deadline. Without a harness, which has threads of its
//! own: so this is the main thread.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by them")]

mod support;

use std::{
    panic::catch_unwind,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use otel_kit_core::{
    Kit,
    log_event::{LogEvent, LogEventSink},
    settings::ExceptionSettings,
};
use otel_kit_exceptions::{Exceptions, PanicHook};

fn main() {
    std::panic::set_hook(Box::new(|_| ()));
    a_panic_of_the_main_thread_is_exported_before_it_unwinds();
    an_exporter_that_hangs_is_waited_for_until_the_deadline();
}

fn a_panic_of_the_main_thread_is_exported_before_it_unwinds() {
    static FLUSHED: AtomicBool = AtomicBool::new(false);
    let rig = support::rig(ExceptionSettings::default());
    let hook = PanicHook::new().deadline(Duration::from_secs(20)).flush(|left| {
        assert!(left <= Duration::from_secs(20) && thread::current().name() == Some("otel-kit-except"));
        FLUSHED.store(true, Ordering::Relaxed);
    });
    rig.exceptions.install_panic_hook(hook);
    assert!(catch_unwind(|| panic!("the end")).is_err());
    let events = rig.telemetry.log_records(); // no flush
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].event_name.as_str(), events[0].severity_number), ("exception", 21));
    assert_eq!(*events[0].attr("exception.message"), "the end");
    assert!(FLUSHED.swap(false, Ordering::Relaxed));

    // It was not the end: the next one is not waited for, nor is that of another thread.
    assert!(catch_unwind(|| panic!("once more")).is_err());
    assert!(thread::spawn(|| panic!("elsewhere")).join().is_err());
    assert_eq!(rig.events().len(), 3);
    assert!(!FLUSHED.load(Ordering::Relaxed));
    assert!(rig.events().iter().skip(1).all(|event| event.severity_number == 17));
    assert!(rig.exceptions.shutdown(Duration::from_secs(20)));
}

/// Takes an event and does not come back until the other end is gone.
#[derive(Debug)]
struct Hangs(Mutex<mpsc::Receiver<()>>);

impl LogEventSink for Hangs {
    fn emit(&self, _: LogEvent) {
        let _gone = self.0.lock().unwrap().recv();
    }
}

fn an_exporter_that_hangs_is_waited_for_until_the_deadline() {
    let (release, hangs) = mpsc::channel();
    let exceptions = Exceptions::builder(ExceptionSettings::default()).build().unwrap();
    let sink = Arc::new(Hangs(Mutex::new(hangs)));
    let kit = Kit::builder().exception_sink(Arc::new(exceptions.clone())).log_events(sink).build();
    exceptions.connect(&kit);
    exceptions.install_panic_hook(PanicHook::new());
    let start = Instant::now();
    assert!(catch_unwind(|| panic!("the end")).is_err());
    let waited = start.elapsed();
    assert!(waited >= Duration::from_millis(500) && waited < Duration::from_secs(10), "{waited:?}");
    drop(release);
}
