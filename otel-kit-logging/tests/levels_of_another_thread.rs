//! A subscriber that is current on one thread only, and a level that is set on another one. `tracing` treats the only
//! subscriber of a process differently, so this one is alone.

mod common;

use std::{sync::mpsc, thread};

use common::Captured;
use otel_kit_logging::{Format, LogFilter, LogLayer};
use tracing::{debug, info, subscriber::with_default};
use tracing_subscriber::{Layer, layer::SubscriberExt, registry};

#[test]
fn a_level_reaches_a_subscriber_that_is_current_on_another_thread_only() {
    let (captured, filter) = (Captured::default(), "info".parse::<LogFilter>().unwrap());
    let handle = filter.handle();
    let writer = captured.writer();
    let (logged, first_lines) = mpsc::channel();
    let (changed, level_changed) = mpsc::channel();
    let thread = thread::spawn(move || {
        let layer = LogLayer::builder().output(Format::Json, writer).build().with_filter(filter);
        with_default(registry().with(layer), || {
            for round in 1..=3 {
                info!(round, "info");
                debug!(round, "debug");
                logged.send(()).unwrap();
                level_changed.recv().unwrap();
            }
        });
    });
    for level in ["debug", "info", "off"] {
        first_lines.recv().unwrap();
        handle.set(level).unwrap();
        changed.send(()).unwrap();
    }
    thread.join().unwrap();

    let lines = captured.lines();
    let lines: Vec<_> = lines
        .iter()
        .map(|line| (line.get("round").as_u64().unwrap(), line.get("message").as_str().unwrap()))
        .collect();
    assert_eq!(lines, [(1, "info"), (2, "info"), (2, "debug"), (3, "info")]);
}
