//! What becomes of exceptions that the exporter is too slow for.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by them")]

mod support;

use std::{
    sync::{Arc, Mutex, mpsc},
    time::{Duration, Instant},
};

use otel_kit_core::{
    Kit,
    exception::{Exception, ExceptionSink as _, GroupSource as _, Mechanism},
    log_event::{LogEvent, LogEventSink},
};
use otel_kit_exceptions::Exceptions;

use support::settings;

/// Hands events over only as long as the other end is gone, and counts them.
#[derive(Debug)]
struct Slow {
    gate: Mutex<mpsc::Receiver<()>>,
    count: Mutex<usize>,
}

impl LogEventSink for Slow {
    fn emit(&self, _: LogEvent) {
        let _gone = self.gate.lock().unwrap().recv();
        *self.count.lock().unwrap() += 1;
    }
}

fn record(exceptions: &Exceptions, message: &str) {
    let context = opentelemetry::Context::new();
    let exception = Exception::new("a.exception", Mechanism::Manual, &context);
    exceptions.record(&exception.with_message(message));
}

#[test]
fn they_are_lost_and_counted_without_waiting_and_later_ones_are_exported_again() {
    let (open, gate) = mpsc::channel();
    let settings = settings(|settings| (settings.burst, settings.per_group_per_minute) = (1, 1));
    let exceptions = Exceptions::builder(settings).build().unwrap();
    let sink = Arc::new(Slow { gate: Mutex::new(gate), count: Mutex::new(0) });
    let kit = Kit::builder().log_events(sink.clone()).build();
    exceptions.connect(&kit);

    let words: Vec<_> = (0..700).map(word).collect();
    let start = Instant::now();
    words.iter().for_each(|word| record(&exceptions, word));
    assert!(start.elapsed() < Duration::from_secs(10), "somebody waited");
    let lost = exceptions.lost().into_iter().find(|(reason, _)| *reason == "queue_full").unwrap().1;
    assert!((100..700).contains(&lost), "{lost}");

    drop(open);
    assert!(exceptions.flush(Duration::from_secs(60)));
    words.iter().for_each(|word| record(&exceptions, word));
    assert!(exceptions.flush(Duration::from_secs(60)));
    assert_eq!(*sink.count.lock().unwrap(), 700);
    assert_eq!(exceptions.groups().len(), 700);
}

/// A text that stays as it is where messages get their placeholders.
fn word(n: usize) -> String {
    let letters = [n / 676, n / 26, n].map(|n| char::from(b'a' + u8::try_from(n % 26).unwrap()));
    letters.iter().flat_map(|letter| [*letter, 'x']).collect()
}
