mod line;
mod span;
mod text;
mod traces;

use std::{
    fmt,
    io::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    trace::v1::Span,
};
use otel_kit_core::{Delivery, OtlpRequest, Sending, Signal, Transport};
use prost::{DecodeError, Message};

use self::{text::Paint, traces::Traces};

/// Telemetry for people to read.
///
/// - A trace is printed as a tree when its last local span, the root, has ended: durations, kinds,
///   errors marked. Spans that end later follow as a tree of their own. At most 1,000 traces with 10,000
///   spans wait for their root; then the oldest is printed as it is.
/// - A log record is one line.
/// - A data point is one line, if asked for: [`metrics`](Self::metrics).
///
/// Writing happens on a blocking thread of the runtime; a writer that is stuck or closed harms nobody.
///
/// ```
/// use otel_kit_core::{Signal, Transport};
/// use otel_kit_sdk::transport::Console;
///
/// let console = Console::stdout().coloured(true).metrics(true);
/// assert_eq!(console.destination(Signal::Traces), "console");
/// ```
#[derive(Clone)]
#[must_use]
pub struct Console {
    options: Options,
    state: Arc<Mutex<State>>,
    /// Lets one request at a time take a blocking thread.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Console {
    /// Prints to the standard output, without colour and without metrics.
    pub fn stdout() -> Self {
        Self::writer(io::stdout())
    }

    /// Prints to `writer`, without colour and without metrics.
    pub fn writer(writer: impl Write + Send + 'static) -> Self {
        let state = State { out: Box::new(writer), traces: Traces::default(), options: Options::default() };
        Self { options: Options::default(), state: Arc::new(Mutex::new(state)), turn: Arc::default() }
    }

    /// Whether ANSI colours are used; false by default.
    pub fn coloured(mut self, coloured: bool) -> Self {
        self.options.coloured = coloured;
        self
    }

    /// Whether data points are printed; false by default.
    pub fn metrics(mut self, metrics: bool) -> Self {
        self.options.metrics = metrics;
        self
    }

    /// Prints the traces that still wait for their root. Dropping the last clone does the same.
    ///
    /// # Errors
    /// What the writer says. What could not be written is gone.
    pub fn flush(&self) -> io::Result<()> {
        lock(&self.state).flush()
    }
}

impl Transport for Console {
    fn send(&self, request: OtlpRequest) -> Sending {
        let Self { options, state, turn } = self.clone();
        Box::pin(async move {
            let turn = turn.lock_owned().await;
            let printing = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                lock(&state).print(&request, options)
            });
            let printed = printing.await.unwrap_or_else(|_| Err("printing was stopped".to_owned()));
            printed.map_or_else(|reason| Delivery::Rejected { reason }, |()| Delivery::ACCEPTED)
        })
    }

    fn destination(&self, _: Signal) -> String {
        "console".to_owned()
    }

    fn protocol(&self) -> &'static str {
        "console"
    }
}

impl fmt::Debug for Console {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Console").field("options", &self.options).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Options {
    coloured: bool,
    metrics: bool,
}

struct State {
    out: Box<dyn Write + Send>,
    traces: Traces,
    /// Of the last request: for what is left at the end.
    options: Options,
}

impl State {
    fn print(&mut self, request: &OtlpRequest, options: Options) -> Result<(), String> {
        self.options = options;
        let text = self.render(request).map_err(|error| format!("the batch is no protobuf: {error}"))?;
        self.write(&text).map_err(|error| format!("the console cannot be written: {error}"))
    }

    fn render(&mut self, request: &OtlpRequest) -> Result<String, DecodeError> {
        let (body, paint) = (request.body.clone(), Paint(self.options.coloured));
        Ok(match request.signal {
            Signal::Traces => {
                let trees = self.traces.add(spans(ExportTraceServiceRequest::decode(body)?));
                trees.iter().map(|tree| span::tree(tree, paint)).collect()
            }
            Signal::Logs => line::logs(&ExportLogsServiceRequest::decode(body)?, paint),
            Signal::Metrics if self.options.metrics => {
                line::metrics(&ExportMetricsServiceRequest::decode(body)?, paint)
            }
            Signal::Metrics => String::new(),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        let paint = Paint(self.options.coloured);
        let text: String = self.traces.take_all().iter().map(|tree| span::tree(tree, paint)).collect();
        self.write(&text)
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}

impl Drop for State {
    fn drop(&mut self) {
        drop(self.flush());
    }
}

fn spans(request: ExportTraceServiceRequest) -> impl Iterator<Item = Span> {
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans)
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
