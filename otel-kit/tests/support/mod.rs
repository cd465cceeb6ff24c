//! What the tests of the facade share.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, dead_code, unreachable_pub)] // each test file uses a part

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use otel_kit::opentelemetry::{
    global,
    metrics::MeterProvider,
    trace::{Tracer, TracerProvider},
};
use otel_kit::{Builder, Guard};
use otel_kit_testing::{
    OtlpReceiver,
    received::{ReceivedLog, ReceivedMetric, ReceivedSpan},
};
use serde_json::Value;
use tracing::Dispatch;
use tracing_subscriber::{layer::SubscriberExt, registry};

/// A limit that is not reached where all is well.
pub const PLENTY: Duration = Duration::from_secs(20);

/// Telemetry that reads no file and no environment, writes its lines to `lines` and measures only what it is told.
pub fn builder(lines: &Lines) -> Builder {
    otel_kit::builder()
        .config_text("none", "metrics: {runtime: false}")
        .environment(|_| None)
        .log_output(lines.clone())
        .pipeline(|pipeline| pipeline.self_metrics(false))
}

/// As if these variables were set, and no others.
pub fn environment(variables: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> + use<> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let variables: Vec<(String, String)> = variables.iter().map(own).collect();
    move |asked| variables.iter().find(|(name, _)| name == asked).map(|(_, value)| value.clone())
}

/// A fresh folder for one test.
pub fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A receiver, and a working directory whose `otel-kit.yaml` sends everything there.
pub fn receiver_in_the_usual_file(name: &str) -> OtlpReceiver {
    let receiver = OtlpReceiver::start().unwrap();
    let folder = folder(name);
    let config = format!("export: {{endpoint: \"{}\"}}\n", receiver.http_endpoint());
    fs::write(folder.join("otel-kit.yaml"), config).unwrap();
    std::env::set_current_dir(folder).unwrap();
    receiver
}

/// A span, a measurement and a log record, by the globals.
pub fn work() {
    tracing::info_span!("work").in_scope(|| {
        tracing::info!("working");
        global::meter("test").u64_counter("jobs").build().add(1, &[]);
    });
}

/// A span, a measurement and a log record, by this telemetry alone.
pub fn work_with(guard: &Guard) {
    guard.tracer_provider().tracer("test").in_span("work", |_| ());
    guard.pipeline().meter_provider().meter("test").u64_counter("jobs").build().add(1, &[]);
    tracing::dispatcher::with_default(&subscriber(guard), || tracing::info!("working"));
}

/// A subscriber with the layer of this telemetry.
pub fn subscriber(guard: &Guard) -> Dispatch {
    Dispatch::new(registry().with(guard.layer()))
}

/// What `work_with` made has arrived.
pub fn assert_work_arrived_apart(receiver: &OtlpReceiver) {
    let received = receiver.received();
    assert!(received.span("work").is_some());
    assert_eq!(received.metric("jobs").unwrap().points[0].value, 1);
    assert_eq!(received.log_records()[0].body, "working");
}

/// What `work` made has arrived, and belongs together.
pub fn assert_work_arrived(receiver: &OtlpReceiver) -> (ReceivedSpan, ReceivedMetric, ReceivedLog) {
    let received = receiver.received();
    let span = received.span("work").unwrap().clone();
    let metric = received.metric("jobs").unwrap().clone();
    let log = received.log_records().iter().find(|log| log.body == "working").unwrap().clone();
    assert_eq!((&log.trace_id, &log.span_id), (&span.trace_id, &span.span_id));
    assert_eq!(metric.points[0].value, 1);
    (span, metric, log)
}

/// What `work` made through `init!()` has arrived from this package.
pub fn assert_work_of_this_crate_arrived(receiver: &OtlpReceiver) {
    let (span, metric, log) = assert_work_arrived(receiver);
    for resource in [span.resource, metric.resource, log.resource] {
        assert_eq!(resource.service(), env!("CARGO_PKG_NAME"));
        assert_eq!(resource.attr("service.version"), env!("CARGO_PKG_VERSION"));
    }
}

/// An output that keeps what is written.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// All JSON lines but the one that tells how exceptions are grouped: it comes when it is ready.
    pub fn json(&self) -> Vec<Value> {
        let text = self.text();
        let lines = text.lines().filter(|line| !line.contains("exceptions are grouped by"));
        lines.map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The messages of all JSON lines.
    pub fn messages(&self) -> Vec<String> {
        self.json().iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect()
    }

    /// The JSON line with this message.
    pub fn line(&self, message: &str) -> Value {
        let lines = self.json();
        lines.iter().find(|line| line["message"] == message).cloned().unwrap_or_else(|| panic!("{lines:?}"))
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + PLENTY;
    while !done() {
        assert!(Instant::now() < deadline, "{what}: not within {PLENTY:?}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
