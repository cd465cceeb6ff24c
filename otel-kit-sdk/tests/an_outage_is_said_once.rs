//! The kit's own words, seen by a global subscriber: hence alone in this file.
#![allow(clippy::unwrap_used)] // helpers of tests

mod support;

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::Duration,
};

use support::{Behaviour, PLENTY, Stub, make_one_of_each, pipeline, wait_until};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "otel_kit"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0 = format!("{} {}={value:?}", self.0, field.name());
    }
}

impl Lines {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

#[test]
fn an_outage_is_one_warning_and_one_line_at_its_end_and_losses_are_said() {
    let lines = Lines::default();
    tracing::subscriber::set_global_default(lines.clone()).unwrap();

    let stub = Stub::new(Behaviour::Retry(None));
    let pipeline = pipeline(&stub);
    make_one_of_each(&pipeline);
    let _ = pipeline.flush(Duration::from_millis(300));
    wait_until("second tries", || stub.tries() >= 6);
    let begins = lines.take();
    assert_eq!(begins.len(), 1, "{begins:?}");
    let begin = "WARN message=telemetry cannot be delivered; it is kept and sent again destination=\"stub/";
    assert!(begins[0].starts_with(begin), "{begins:?}");
    assert!(begins[0].ends_with("reason=\"the stub says so\""), "{begins:?}");

    stub.now(Behaviour::Accept);
    assert!(pipeline.flush(PLENTY).is_complete());
    let ends = lines.take();
    assert_eq!(ends.len(), 1, "{ends:?}");
    assert!(ends[0].starts_with("INFO message=telemetry is delivered again"), "{ends:?}");
    assert!(ends[0].contains(" seconds=") && ends[0].contains(" delayed=") && ends[0].contains(" lost=0"));

    // What the receiver refuses is said once a minute.
    stub.now(Behaviour::Reject);
    for _ in 0..3 {
        support::make_spans(&pipeline, 1);
        let _ = pipeline.flush(PLENTY);
    }
    let refused: Vec<_> = lines.take().into_iter().filter(|line| line.contains("\"traces\"")).collect();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].contains("the receiver rejects telemetry"), "{refused:?}");

    stub.now(Behaviour::Hang);
    support::make_logs(&pipeline, 2);
    let _ = pipeline.shutdown(Duration::from_millis(300));
    let lost = lines.take();
    assert_eq!(lost.len(), 1, "{lost:?}");
    assert!(lost[0].starts_with("WARN message=telemetry was lost at shutdown"), "{lost:?}");
    assert!(lost[0].contains("logs: 2 shutdown"), "{lost:?}");
}
