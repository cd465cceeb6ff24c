use std::{collections::HashSet, fmt, io};

use otel_kit_core::Signal;

use super::{
    Payload, ReceivedLog, ReceivedMetric, ReceivedRequest, ReceivedSpan, kept::Kept, summary::summary,
    tree::tree,
};

/// Everything that came in, in the order of arrival.
///
/// ```
/// # let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shop.jsonl"));
/// use otel_kit_testing::received::Received;
///
/// let received = Received::from_json_lines(shop)?;
/// assert_eq!(received.spans().len(), 3);
/// let trace_ids = received.trace_ids();
/// let tree = received.tree(trace_ids.first().ok_or("no trace")?);
/// assert!(tree.contains("├─ gateway  GET  client  40ms  ERROR timed out\n"), "{tree}");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Received {
    pub(super) requests: Kept<ReceivedRequest>,
    pub(super) rejections: Kept<String>,
    pub(super) spans: Kept<ReceivedSpan>,
    pub(super) metrics: Kept<ReceivedMetric>,
    pub(super) log_records: Kept<ReceivedLog>,
}

impl Received {
    /// Reads one OTLP/JSON message a line, of any signal, as the Collector's
    /// [file exporter](https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/fileexporter)
    /// writes them. Empty lines are skipped; nothing is forgotten.
    ///
    /// # Errors
    ///
    /// If a line is no OTLP/JSON; the message has its number.
    pub fn from_json_lines(text: &str) -> io::Result<Self> {
        let mut received = Self::keeping(usize::MAX);
        for (line, number) in text.lines().zip(1_u64..).filter(|(line, _)| !line.trim().is_empty()) {
            received.add(
                Payload::from_json_line(line)
                    .map_err(|error| io::Error::new(error.kind(), format!("line {number}: {error}")))?,
            );
        }
        Ok(received)
    }

    /// All export requests, those answered with a fault included.
    #[must_use]
    pub fn requests(&self) -> &[ReceivedRequest] {
        self.requests.as_slice()
    }

    /// What came in and was no export request, in words: an unknown path or encoding, a broken body.
    #[must_use]
    pub fn rejections(&self) -> &[String] {
        self.rejections.as_slice()
    }

    /// All spans.
    #[must_use]
    pub fn spans(&self) -> &[ReceivedSpan] {
        self.spans.as_slice()
    }

    /// All metrics: one for each export of each instrument.
    #[must_use]
    pub fn metrics(&self) -> &[ReceivedMetric] {
        self.metrics.as_slice()
    }

    /// All log records.
    #[must_use]
    pub fn log_records(&self) -> &[ReceivedLog] {
        self.log_records.as_slice()
    }

    /// How many spans, metrics or log records came in, those included that are no longer kept.
    #[must_use]
    pub fn total(&self, signal: Signal) -> u64 {
        match signal {
            Signal::Traces => self.spans.total(),
            Signal::Metrics => self.metrics.total(),
            Signal::Logs => self.log_records.total(),
        }
    }

    /// How many requests came in, those included that are no longer kept.
    #[must_use]
    pub fn total_requests(&self) -> u64 {
        self.requests.total()
    }

    /// The first span of a name.
    #[must_use]
    pub fn span(&self, name: &str) -> Option<&ReceivedSpan> {
        self.spans().iter().find(|span| span.name == name)
    }

    /// The last export of a metric.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<&ReceivedMetric> {
        self.metrics().iter().rev().find(|metric| metric.name == name)
    }

    /// Ids of all traces, in the order of their first spans.
    #[must_use]
    pub fn trace_ids(&self) -> Vec<&str> {
        let mut seen = HashSet::new();
        self.spans().iter().map(|span| span.trace_id.as_str()).filter(|id| seen.insert(*id)).collect()
    }

    /// The spans of a trace.
    #[must_use]
    pub fn trace(&self, trace_id: &str) -> Vec<&ReceivedSpan> {
        self.spans().iter().filter(|span| span.trace_id == trace_id).collect()
    }

    /// A trace for people: each span below its parent with service, kind and duration, errors marked, and
    /// its log records below it. Ends with a line feed.
    #[must_use]
    pub fn tree(&self, trace_id: &str) -> String {
        let log_records = self.log_records().iter().filter(|record| record.trace_id == trace_id);
        tree(trace_id, &self.trace(trace_id), &log_records.collect::<Vec<_>>())
    }

    /// Keeps at most the last `limit` items of each sort.
    pub(crate) fn keeping(limit: usize) -> Self {
        Self {
            requests: Kept::new(limit),
            rejections: Kept::new(limit),
            spans: Kept::new(limit),
            metrics: Kept::new(limit),
            log_records: Kept::new(limit),
        }
    }

    pub(crate) fn clear_metrics(&mut self) {
        self.metrics.clear();
    }

    pub(crate) fn clear(&mut self) {
        self.requests.clear();
        self.rejections.clear();
        self.spans.clear();
        self.metrics.clear();
        self.log_records.clear();
    }
}

/// Counts, and the last items of each sort in one line each: what a failed assertion should show.
impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&summary(self))
    }
}
