//! Log lines, each with the span that it belongs to.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use opentelemetry::{Context, trace::TraceContextExt};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer};

#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<Line>>>);

#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    pub(crate) target: String,
    pub(crate) span_id: String,
    pub(crate) text: String,
}

impl Lines {
    pub(crate) fn all(&self) -> Vec<Line> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn of(&self, target: &str) -> Vec<Line> {
        self.all().into_iter().filter(|line| line.target == target).collect()
    }

    /// The first line of this target.
    pub(crate) fn wait_for(&self, target: &str) -> Line {
        let started = Instant::now();
        loop {
            if let Some(line) = self.of(target).into_iter().next() {
                return line;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "no line of {target}: {:?}", self.all());
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: layer::Context<'_, S>) {
        let span_id = Context::current().span().span_context().span_id().to_string();
        let mut line = Line { target: event.metadata().target().to_owned(), span_id, text: String::new() };
        event.record(&mut line);
        self.0.lock().unwrap().push(line);
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.text += &format!("{field}={value:?};");
    }
}
