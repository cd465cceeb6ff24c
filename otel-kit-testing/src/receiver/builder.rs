use std::{io, sync::Arc};

use otel_kit_core::Signal;

use super::{OtlpReceiver, desk::Desk, paths::Paths, server::Server};

/// Options of an [`OtlpReceiver`].
///
/// ```
/// use otel_kit_testing::{OtlpReceiver, Signal};
///
/// let receiver = OtlpReceiver::builder().keep(1000).path(Signal::Traces, "/api/spans").start()?;
/// let response = reqwest::blocking::Client::new()
///     .post(format!("{}/api/spans", receiver.http_endpoint()))
///     .header("content-type", "application/json")
///     .body("{}")
///     .send()?;
/// assert_eq!(response.status(), 200);
/// assert_eq!(receiver.requests()[0].signal, Signal::Traces);
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct OtlpReceiverBuilder {
    http_port: u16,
    grpc_port: u16,
    keep: usize,
    paths: Paths,
}

impl OtlpReceiverBuilder {
    /// Port for OTLP over HTTP. Default: 0, any free one. The usual one is 4318.
    pub fn http_port(mut self, port: u16) -> Self {
        self.http_port = port;
        self
    }

    /// Port for OTLP over gRPC. Default: 0, any free one. The usual one is 4317.
    pub fn grpc_port(mut self, port: u16) -> Self {
        self.grpc_port = port;
        self
    }

    /// Keeps at most the last `count` requests, spans, metrics and log records each; all are still counted.
    /// Default: 100,000.
    pub fn keep(mut self, count: usize) -> Self {
        self.keep = count;
        self
    }

    /// Takes one signal at one more HTTP path, as a sender with an endpoint of its own for that signal
    /// uses. Every path that ends in `/v1/traces`, `/v1/metrics` or `/v1/logs` is taken anyway.
    pub fn path(mut self, signal: Signal, path: impl Into<String>) -> Self {
        self.paths.add(signal, path.into());
        self
    }

    /// Starts the receiver; it is reachable when this returns.
    ///
    /// # Errors
    ///
    /// If a port is taken or no thread can be started.
    pub fn start(self) -> io::Result<OtlpReceiver> {
        let desk = Arc::new(Desk::new(self.keep, self.paths));
        let (server, http, grpc) = Server::start(&desk, self.http_port, self.grpc_port)?;
        Ok(OtlpReceiver { desk, server, http, grpc })
    }
}

impl Default for OtlpReceiverBuilder {
    fn default() -> Self {
        Self { http_port: 0, grpc_port: 0, keep: 100_000, paths: Paths::default() }
    }
}
