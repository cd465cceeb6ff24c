//! A panic inside of what the exceptions call themselves blocks nothing. Alone in its process, since the hook is.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by them")]

mod support;

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use otel_kit_core::settings::ExceptionSettings;
use otel_kit_exceptions::{PanicHook, RecordError as _};

use support::built;

#[test]
fn a_panic_on_the_exceptions_own_thread_is_not_waited_for_and_the_thread_goes_on() {
    static BEFORE: AtomicUsize = AtomicUsize::new(0);
    std::panic::set_hook(Box::new(|_| _ = BEFORE.fetch_add(1, Ordering::Relaxed)));
    let rig = built(ExceptionSettings::default(), |builder| {
        builder.before_send(|record| {
            assert_eq!(thread::current().name(), Some("otel-kit-except"));
            if record.message.as_deref() == Some("gone") {
                panic!("on the own thread");
            }
            true
        })
    });
    rig.exceptions.install_panic_hook(PanicHook::new().deadline(Duration::from_secs(60)));
    let start = Instant::now();
    Box::<dyn std::error::Error>::from("gone").record_to(&rig.kit);
    assert!(rig.events().is_empty());
    std::fmt::Error.record_to(&rig.kit);
    assert_eq!(rig.events().len(), 1);
    assert!(start.elapsed() < Duration::from_secs(20), "somebody waited");
    assert_eq!((BEFORE.load(Ordering::Relaxed), rig.lost("before_send")), (1, 1));

    // A thread of the kit's that panics is reported.
    let own = thread::Builder::new().name("otel-kit-other".to_owned()).spawn(|| panic!("on another one"));
    assert!(own.unwrap().join().is_err());
    assert_eq!(rig.events().len(), 2);
}
