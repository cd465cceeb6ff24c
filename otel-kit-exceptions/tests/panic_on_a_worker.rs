//! The hook reports a panic of a thread that the process outlives. Alone in its process, since the hook is.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by them")]

mod support;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use opentelemetry::{Context, trace::TraceContextExt};
use otel_kit_core::{
    exception::{Exception, Mechanism},
    settings::ExceptionSettings,
};
use otel_kit_exceptions::PanicHook;

use support::{Rig, rig, settings};

/// What a layer reports that sees a panic unwind: it does not know what it said.
fn report_unwinding(rig: &Rig, context: &Context, message: Option<&str>) {
    let exception = Exception::new("http.server.request.exception", Mechanism::Panic, context);
    let exception = exception.with_type_name("panic");
    rig.kit.record_exception(&message.map_or(exception, |message| exception.with_message(message)));
}

#[test]
fn a_panic_is_reported_once_by_the_hook_and_the_hook_before_is_called() {
    static BEFORE: AtomicUsize = AtomicUsize::new(0);
    std::panic::set_hook(Box::new(|_| _ = BEFORE.fetch_add(1, Ordering::Relaxed)));
    let rig = Arc::new(rig(ExceptionSettings::default()));
    rig.exceptions.install_panic_hook(PanicHook::new());
    rig.exceptions.install_panic_hook(PanicHook::new()); // nothing happens
    let other = support::rig(settings(|settings| settings.panic_hook = false));
    other.exceptions.install_panic_hook(PanicHook::new()); // nor here

    let request = rig.request("/orders");
    let panicking = {
        let (rig, request) = (Arc::clone(&rig), request.clone());
        thread::spawn(move || {
            let _attached = request.clone().attach();
            assert!(catch_unwind(AssertUnwindSafe(|| panic!("order {} is gone", 7))).is_err());
            report_unwinding(&rig, &request, None);
            report_unwinding(&rig, &request, Some("order 7 is gone"));
        })
    };
    panicking.join().unwrap();
    let event = rig.event();
    assert_eq!(BEFORE.load(Ordering::Relaxed), 1);
    assert_eq!((event.event_name.as_str(), event.severity_number), ("http.server.request.exception", 17));
    assert_eq!(*event.attr("exception.type"), "panic");
    assert_eq!(*event.attr("exception.message"), "order 7 is gone");
    assert_eq!(*event.attr("exception.mechanism"), "panic");
    assert_eq!(event.trace_id, request.span().span_context().trace_id().to_string());
    assert!(event.attr("exception.stacktrace").as_str().unwrap().contains("a_panic_is_reported_once"));
    assert!(other.events().is_empty());

    // Outside of any trace the thread tells that it is the same.
    let nowhere = Context::new();
    assert!(catch_unwind(|| panic!("alone")).is_err());
    report_unwinding(&rig, &nowhere, Some("alone"));
    assert!(catch_unwind(|| panic!("alone")).is_err());
    report_unwinding(&rig, &nowhere, None);
    assert_eq!(rig.events().len(), 3);
    // Nobody has reported this one yet.
    report_unwinding(&rig, &nowhere, None);
    assert_eq!(rig.events().len(), 4);

    // While an error is formatted for the kit, a panic is none of the host's.
    otel_kit_exceptions::RecordError::record_to(&Bad, &rig.kit);
    assert_eq!((rig.events().len(), BEFORE.load(Ordering::Relaxed), rig.lost("unreadable")), (4, 3, 1));

    assert!(rig.exceptions.shutdown(Duration::from_secs(20)));
    assert!(catch_unwind(|| panic!("late")).is_err());
    assert_eq!((rig.telemetry.log_records().len(), BEFORE.load(Ordering::Relaxed)), (4, 4));
}

#[derive(Debug)]
struct Bad;

impl std::fmt::Display for Bad {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("bad")
    }
}

impl std::error::Error for Bad {}
