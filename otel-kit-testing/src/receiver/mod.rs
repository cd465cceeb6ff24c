mod answer;
mod body;
mod builder;
mod codec;
mod connection;
mod desk;
mod fault;
mod faults;
mod grpc;
mod http;
mod paths;
mod port;
mod server;
mod site;

use std::{fmt, io, net::SocketAddr, sync::Arc, time::Duration};

use otel_kit_core::Signal;

pub use self::{builder::OtlpReceiverBuilder, fault::Fault};
use self::{desk::Desk, server::Server};
use crate::received::{
    Received, ReceivedLog, ReceivedMetric, ReceivedRequest, ReceivedSpan, WaitError, plural,
};

/// A receiver of [OTLP](https://opentelemetry.io/docs/specs/otlp/) inside the test process, over gRPC and
/// over HTTP (protobuf and JSON; gzip, zstd or uncompressed).
///
/// It runs on a thread of its own, so a test that blocks its only runtime thread in a flush does not starve
/// it, and that thread is never traced. It listens on free ports of 127.0.0.1. Dropping it closes all
/// connections and ends the thread.
///
/// ```
/// use std::time::Duration;
///
/// use otel_kit_testing::{Fault, OtlpReceiver};
///
/// let receiver = OtlpReceiver::start()?;
/// let send = || {
///     reqwest::blocking::Client::new()
///         .post(format!("{}/v1/traces", receiver.http_endpoint()))
///         .header("content-type", "application/json")
///         .body(r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"work"}]}]}]}"#)
///         .send()
/// };
///
/// receiver.fault(Fault::unavailable().retry_after(Duration::from_secs(1)).times(1));
/// assert_eq!(send()?.status(), 503);
/// assert_eq!(send()?.status(), 200);
///
/// let spans = receiver.wait_for_spans(1, Duration::from_secs(5))?;
/// assert_eq!(spans[0].name, "work");
/// assert_eq!(receiver.requests().len(), 2);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
pub struct OtlpReceiver {
    desk: Arc<Desk>,
    server: Server,
    http: SocketAddr,
    grpc: SocketAddr,
}

impl OtlpReceiver {
    /// Starts a receiver with the defaults of [`OtlpReceiverBuilder`].
    ///
    /// # Errors
    ///
    /// If no port or thread is to be had.
    pub fn start() -> io::Result<Self> {
        Self::builder().start()
    }

    /// A receiver with other ports, paths or bounds.
    pub fn builder() -> OtlpReceiverBuilder {
        OtlpReceiverBuilder::default()
    }

    /// Base URL for OTLP over HTTP, such as `http://127.0.0.1:40001`: what `OTEL_EXPORTER_OTLP_ENDPOINT`
    /// takes. `/v1/traces` and the like are appended by the sender.
    #[must_use]
    pub fn http_endpoint(&self) -> String {
        format!("http://{}", self.http)
    }

    /// URL for OTLP over gRPC, such as `http://127.0.0.1:40002`.
    #[must_use]
    pub fn grpc_endpoint(&self) -> String {
        format!("http://{}", self.grpc)
    }

    /// A copy of everything that came in.
    #[must_use]
    pub fn received(&self) -> Received {
        self.desk.inbox.read(Received::clone)
    }

    /// A copy of all export requests, those answered with a fault included.
    #[must_use]
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.desk.inbox.read(|received| received.requests().to_vec())
    }

    /// A copy of all spans.
    #[must_use]
    pub fn spans(&self) -> Vec<ReceivedSpan> {
        self.desk.inbox.read(|received| received.spans().to_vec())
    }

    /// A copy of all metrics: one for each export of each instrument.
    #[must_use]
    pub fn metrics(&self) -> Vec<ReceivedMetric> {
        self.desk.inbox.read(|received| received.metrics().to_vec())
    }

    /// A copy of all log records.
    #[must_use]
    pub fn log_records(&self) -> Vec<ReceivedLog> {
        self.desk.inbox.read(|received| received.log_records().to_vec())
    }

    /// Waits until `ready` says so, at most for the time given. Call no method of the receiver in `ready`:
    /// it runs under its lock.
    ///
    /// # Errors
    ///
    /// If it never said so; the error tells what came in instead.
    pub fn wait_for(&self, within: Duration, ready: impl Fn(&Received) -> bool) -> Result<(), WaitError> {
        self.desk.inbox.wait_for("a match", within, |received| ready(received).then_some(()))
    }

    /// Waits until at least `count` spans came in and answers all of them.
    ///
    /// # Errors
    ///
    /// If fewer came in time; the error tells which.
    pub fn wait_for_spans(&self, count: usize, within: Duration) -> Result<Vec<ReceivedSpan>, WaitError> {
        self.desk.inbox.wait_for(&plural(count, "span"), within, |received| {
            reached(received, Signal::Traces, count).then(|| received.spans().to_vec())
        })
    }

    /// Waits until spans of at least `count` traces came in and answers the spans of each trace, in the
    /// order of arrival. More spans of those traces may still be on their way.
    ///
    /// # Errors
    ///
    /// If fewer came in time; the error tells which.
    pub fn wait_for_traces(
        &self,
        count: usize,
        within: Duration,
    ) -> Result<Vec<Vec<ReceivedSpan>>, WaitError> {
        self.desk.inbox.wait_for(&plural(count, "trace"), within, |received| {
            let ids = received.trace_ids();
            let trace = |id: &&str| received.trace(id).into_iter().cloned().collect();
            (ids.len() >= count).then(|| ids.iter().map(trace).collect())
        })
    }

    /// Waits until at least `count` log records came in and answers all of them.
    ///
    /// # Errors
    ///
    /// If fewer came in time; the error tells which.
    pub fn wait_for_log_records(
        &self,
        count: usize,
        within: Duration,
    ) -> Result<Vec<ReceivedLog>, WaitError> {
        self.desk.inbox.wait_for(&plural(count, "log record"), within, |received| {
            reached(received, Signal::Logs, count).then(|| received.log_records().to_vec())
        })
    }

    /// Waits until a metric of this name came in and answers its last export.
    ///
    /// # Errors
    ///
    /// If it did not come in time; the error tells which came.
    pub fn wait_for_metric(&self, name: &str, within: Duration) -> Result<ReceivedMetric, WaitError> {
        self.desk.inbox.wait_for(&format!("metric {name}"), within, |received| received.metric(name).cloned())
    }

    /// Forgets everything that came in, counts included. Faults stay.
    pub fn clear(&self) {
        self.desk.inbox.update(Received::clear);
    }

    /// Answers coming requests with a fault. Of several faults, those with [`Fault::times`] come first, in
    /// the order they were set; after them the last one without.
    pub fn fault(&self, fault: Fault) {
        self.desk.faults.add(fault);
    }

    /// Ends all faults; hanging requests are answered now.
    pub fn clear_faults(&self) {
        self.desk.faults.clear();
    }

    /// Closes the ports and all connections, as a collector that went down: connecting is refused. The ports
    /// stay reserved for [`OtlpReceiver::restart`].
    ///
    /// # Errors
    ///
    /// If another process took a port in the same instant.
    pub fn stop_listening(&self) -> io::Result<()> {
        self.server.listen(false)
    }

    /// Listens again on the same ports.
    ///
    /// # Errors
    ///
    /// If a port is taken.
    pub fn restart(&self) -> io::Result<()> {
        self.server.listen(true)
    }
}

impl fmt::Debug for OtlpReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtlpReceiver")
            .field("http", &self.http)
            .field("grpc", &self.grpc)
            .finish_non_exhaustive()
    }
}

/// Counts what is no longer kept, too.
fn reached(received: &Received, signal: Signal, count: usize) -> bool {
    usize::try_from(received.total(signal)).is_ok_and(|total| total >= count)
}
