use std::{
    fmt, mem, thread,
    time::{Duration, Instant},
};

use otel_kit_core::{Kit, alert::Alert, exception::Group};
use otel_kit_logging::{LogFilterError, LogLosses};
use otel_kit_sdk::{Health, KitTracerProvider, Pipeline, Report, Stats};
use tokio::{runtime::Handle, sync::oneshot};
use tracing::Subscriber;
use tracing_subscriber::{Layer, registry::LookupSpan};

use crate::{
    assemble::{Assembled, Lines},
    config::Config,
};

/// Telemetry, as long as it lives: dropping it flushes what is not exported yet and ends it, within 5 s.
///
/// Keep it in `main` until the end, in a variable with a name: `let _ = otel_kit::init!()?` drops it at once.
/// `std::process::exit` drops nothing; call [`shutdown`](Self::shutdown) before. Dropping it blocks its thread,
/// wherever that is; in async code [`shutdown_async`](Self::shutdown_async) does not.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use otel_kit::opentelemetry::trace::{Tracer, TracerProvider};
/// use otel_kit::{sdk::transport::Memory, transport::Signal};
///
/// let memory = Arc::new(Memory::new());
/// let telemetry = otel_kit::builder().transport(Signal::Traces, memory.clone()).build()?;
/// telemetry.tracer_provider().tracer("shop").in_span("order", |_| ());
///
/// let report = telemetry.shutdown(Duration::from_secs(5));
/// assert!(report.is_complete(), "{report}");
/// assert_eq!(report.stats().exported(Signal::Traces), 1);
/// assert_eq!(memory.requests().len(), 1);
/// # Ok::<_, otel_kit::InitError>(())
/// ```
#[must_use = "dropping it ends the telemetry; keep it in a variable until the end of main"]
pub struct Guard {
    assembled: Assembled,
}

impl Guard {
    pub(crate) const fn new(assembled: Assembled) -> Self {
        Self { assembled }
    }

    /// The kit to hand to adapters: `OtelLayer::new().with(guard.kit())`. The global ones need none.
    #[must_use]
    pub const fn kit(&self) -> &Kit {
        &self.assembled.kit
    }

    /// The tracer provider, for spans by the OpenTelemetry API.
    #[must_use]
    pub fn tracer_provider(&self) -> &KitTracerProvider {
        self.pipeline().tracer_provider()
    }

    /// The providers and the way out behind them.
    pub const fn pipeline(&self) -> &Pipeline {
        &self.assembled.pipeline
    }

    /// The configuration as it was resolved; prints with secrets masked.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.assembled.config
    }

    /// The layer for a `tracing` subscriber of your own: spans, log lines and log records. Add it directly on
    /// the registry, and to one subscriber only.
    #[must_use]
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        self.assembled.layer()
    }

    /// Changes the log level now: levels for targets, as in `logs.level`. Traces are not touched.
    ///
    /// ```
    /// let telemetry = otel_kit::builder().build()?;
    /// telemetry.set_log_level("debug,sqlx=warn")?;
    /// assert!(telemetry.set_log_level("louder").is_err());
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If a directive cannot be read; then nothing changes.
    pub fn set_log_level(&self, directives: &str) -> Result<(), LogFilterError> {
        self.assembled.logs.filter.set(directives)
    }

    /// Measures one more Tokio runtime, until it is shut down; that of `init` is measured already. Its metrics
    /// have `name` as `tokio.runtime.name`. Nothing happens where `metrics.runtime` is off.
    ///
    /// ```
    /// let telemetry = otel_kit::builder().build()?;
    /// let background = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build()?;
    /// telemetry.register_runtime(background.handle(), "background");
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn register_runtime(&self, runtime: &Handle, name: &str) {
        if let Some(metrics) = &self.assembled.runtime_metrics {
            metrics.register_runtime(runtime, name);
        }
    }

    /// Where Prometheus finds the metrics: the address of `metrics.prometheus.listen`, if it names one.
    ///
    /// ```
    /// let config = "metrics: {prometheus: {listen: 'localhost:0'}}"; // a port that is free
    /// let telemetry = otel_kit::builder().config_text("otel-kit.yaml", config).build()?;
    /// assert!(telemetry.prometheus_addr().is_some());
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    #[cfg(feature = "prometheus")]
    #[must_use]
    pub fn prometheus_addr(&self) -> Option<std::net::SocketAddr> {
        self.assembled.prometheus_addr()
    }

    /// What was exported, waits and was lost, by signal and reason.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.pipeline().stats()
    }

    /// How well telemetry gets out, by signal: for a status page, or for a log line of one's own.
    ///
    /// ```
    /// let telemetry = otel_kit::builder().build()?;
    /// assert!(telemetry.health().is_delivering());
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    pub fn health(&self) -> Health {
        self.pipeline().health()
    }

    /// The groups of exceptions that this process has had, those with the last exceptions first; none without feature
    /// `exceptions`.
    ///
    /// ```
    /// let telemetry = otel_kit::builder().build()?;
    /// assert!(telemetry.exceptions().is_empty());
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    #[must_use]
    pub fn exceptions(&self) -> Vec<Group> {
        self.kit().exception_groups().map(|source| source.groups()).unwrap_or_default()
    }

    /// Which component of a group's fingerprint says what, a line each; `None` if there is no such group.
    #[cfg(feature = "exceptions")]
    #[must_use]
    pub fn explain_exception(&self, fingerprint: &str) -> Option<String> {
        self.assembled.watchers.exceptions.as_ref()?.explain(fingerprint)
    }

    /// The alerts of this process that are not forgotten yet; none without feature `alerts`.
    ///
    /// ```
    /// let telemetry = otel_kit::builder().build()?;
    /// assert!(telemetry.alerts().is_empty());
    /// # Ok::<_, otel_kit::InitError>(())
    /// ```
    #[must_use]
    pub fn alerts(&self) -> Vec<Alert> {
        self.kit().alerts().map(|source| source.alerts()).unwrap_or_default()
    }

    /// Log lines that were lost, by reason.
    #[must_use]
    pub fn lost_lines(&self) -> LogLosses {
        self.lines().losses()
    }

    /// Hands over everything recorded so far, log lines included, and waits until it has arrived, at most for
    /// `timeout`. Blocks.
    ///
    /// The report says what still waits and what is lost.
    pub fn flush(&self, timeout: Duration) -> Report {
        let start = Instant::now();
        self.assembled.watchers.flush(timeout);
        let report = self.pipeline().flush(left(timeout, start));
        self.lines().flush(left(timeout, start));
        report
    }

    /// As [`flush`](Self::flush), without blocking; needs no runtime of any kind.
    pub async fn flush_async(&self, timeout: Duration) -> Report {
        let start = Instant::now();
        let watchers = self.assembled.watchers.clone();
        aside(watchers.is_empty(), move || watchers.flush(timeout)).await;
        let report = self.pipeline().flush_async(left(timeout, start)).await;
        self.flush_lines(left(timeout, start)).await;
        report
    }

    /// Flushes and ends the telemetry, within `timeout`. Blocks. Every further call gives the same report.
    ///
    /// What is recorded later is lost and counted; log lines are still written.
    pub fn shutdown(&self, timeout: Duration) -> Report {
        let start = Instant::now();
        self.assembled.watchers.end(timeout);
        let report = self.pipeline().shutdown(left(timeout, start).saturating_sub(last_words(timeout)));
        // A reader of our output that stands still must not keep the process: the time that is left, no more.
        self.lines().flush(left(timeout, start));
        report
    }

    /// As [`shutdown`](Self::shutdown), without blocking; needs no runtime of any kind.
    pub async fn shutdown_async(&self, timeout: Duration) -> Report {
        let start = Instant::now();
        let watchers = self.assembled.watchers.clone();
        aside(watchers.is_empty(), move || watchers.end(timeout)).await;
        let time = left(timeout, start).saturating_sub(last_words(timeout));
        let report = self.pipeline().shutdown_async(time).await;
        self.flush_lines(left(timeout, start)).await;
        report
    }

    async fn flush_lines(&self, timeout: Duration) {
        let lines = self.lines().clone();
        aside(lines.flush(Duration::ZERO), move || {
            lines.flush(timeout);
        })
        .await;
    }

    const fn lines(&self) -> &Lines {
        &self.assembled.logs.lines
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // What is lost has been said.
        let _ = self.shutdown(DROP);
        if !self.lines().flush(Duration::ZERO) {
            // The output is stuck, and the last writer to be dropped would wait for it once more.
            mem::forget(self.lines().clone());
        }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("config", self.config()).finish_non_exhaustive()
    }
}

/// The end of a shutdown, kept free for the line that says what was lost.
fn last_words(timeout: Duration) -> Duration {
    (timeout / 10).min(LAST_WORDS)
}

fn left(timeout: Duration, start: Instant) -> Duration {
    timeout.saturating_sub(start.elapsed())
}

/// Waits for what blocks on a thread of its own, unless it is done already.
async fn aside(is_done: bool, work: impl FnOnce() + Send + 'static) {
    if is_done {
        return;
    }
    let (done, finished) = oneshot::channel();
    let run = move || {
        work();
        done.send(())
    };
    if thread::Builder::new().name(FLUSH.to_owned()).spawn(run).is_ok() {
        let _ = finished.await;
    }
}

/// It may lie in a static, or in the state of handlers.
const _: () = {
    const fn is_shared<T: Send + Sync>() {}
    is_shared::<Guard>();
};

/// How long dropping the guard may take.
const DROP: Duration = Duration::from_secs(5);
const LAST_WORDS: Duration = Duration::from_millis(250);
/// Name of a thread that lives while something is flushed.
const FLUSH: &str = "otel-kit-flush";
