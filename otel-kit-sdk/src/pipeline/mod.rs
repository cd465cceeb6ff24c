//! From the SDK's providers to the transports, with a beginning and an end.

mod batch;
mod builder;
mod ending;
mod error;
mod parallel;
mod report;

use std::{
    fmt,
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use opentelemetry_sdk::logs::SdkLoggerProvider;
use tokio::sync::oneshot;

use otel_kit_core::{Signal, metrics::SnapshotSource, runtime::Runtime};

use self::{
    ending::Ending,
    parallel::{Job, run_aside, run_until},
};
use crate::{
    health::Health,
    kit_runtime::KitRuntime,
    kit_thread::KitThread,
    metrics::KitMeterProvider,
    outlet::Outlet,
    reader::{Snapshots, Worker},
    stats::Stats,
    time::{after, left},
    tracer::KitTracerProvider,
};

pub use self::{batch::BatchSettings, builder::PipelineBuilder, error::PipelineError, report::Report};

/// The three providers and all that brings their telemetry out of the process. Dropping it shuts it down
/// within 5 s, if no shutdown ran out of time before.
///
/// It works wherever it is used and dropped: without a runtime, on any of Tokio's, after the application's
/// runtime is gone, while unwinding. `std::process::exit` runs no destructors: call
/// [`shutdown`](Self::shutdown) before it.
///
/// See the crate for an example.
#[must_use = "dropping it shuts telemetry down"]
pub struct Pipeline {
    inner: Arc<Inner>,
}

struct Inner {
    tracers: KitTracerProvider,
    meters: KitMeterProvider,
    loggers: SdkLoggerProvider,
    /// There are readers beside the kit's own.
    more_readers: bool,
    worker: Option<Worker>,
    snapshots: Option<Snapshots>,
    outlets: Vec<(Signal, Outlet)>,
    kit: Option<KitThread>,
    ending: Ending,
}

impl Pipeline {
    /// A pipeline that goes nowhere until it is given transports.
    pub fn builder() -> PipelineBuilder {
        PipelineBuilder::default()
    }

    /// Where spans begin.
    #[must_use]
    pub fn tracer_provider(&self) -> &KitTracerProvider {
        &self.inner.tracers
    }

    /// Where measurements begin.
    #[must_use]
    pub fn meter_provider(&self) -> &KitMeterProvider {
        &self.inner.meters
    }

    /// Snapshots of what was measured, if it is aggregated here: there is a transport for it, or the builder
    /// was told to [share](PipelineBuilder::share_snapshots) it.
    #[must_use]
    pub fn snapshots(&self) -> Option<Arc<dyn SnapshotSource>> {
        self.inner.snapshots.clone().map(|snapshots| Arc::new(snapshots) as _)
    }

    /// Time and tasks on the thread of the kit's own, if there is one: there is a transport, or the builder was
    /// told to [start](PipelineBuilder::own_thread) it. What runs there ends with the pipeline.
    #[must_use]
    pub fn runtime(&self) -> Option<Arc<dyn Runtime>> {
        let kit = self.inner.kit.as_ref()?;
        Some(Arc::new(KitRuntime::new(kit.handle().clone())))
    }

    /// Where log records begin.
    #[must_use]
    pub fn logger_provider(&self) -> &SdkLoggerProvider {
        &self.inner.loggers
    }

    /// What has become of all items until now.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.inner.stats()
    }

    /// How well telemetry gets out, by signal.
    pub fn health(&self) -> Health {
        Health::of_outlets(&self.inner.outlets)
    }

    /// Brings out what is there now and waits until it has arrived, at most for `timeout`. Blocks the thread:
    /// in async code use [`flush_async`](Self::flush_async).
    pub fn flush(&self, timeout: Duration) -> Report {
        self.inner.flush(after(timeout))
    }

    /// What [flushes](Self::flush) as long as the pipeline is there: for hooks that outlive it.
    pub fn flusher(&self) -> impl Fn(Duration) + Send + Sync + 'static {
        let inner = Arc::downgrade(&self.inner);
        move |timeout| {
            if let Some(inner) = inner.upgrade() {
                let _report = inner.flush(after(timeout));
            }
        }
    }

    /// [`flush`](Self::flush) that blocks no thread of the caller's. Needs no runtime.
    pub fn flush_async(&self, timeout: Duration) -> impl Future<Output = Report> + Send + 'static {
        self.aside(move |inner| inner.flush(after(timeout)))
    }

    /// Brings out what is there, at most for `timeout`, and ends everything. A second call returns the
    /// report of the first. Blocks the thread: in async code use [`shutdown_async`](Self::shutdown_async).
    ///
    /// A receiver that was down before is tried once more, for a fifth of the time if it did not even answer;
    /// one that has never answered is tried once. One that goes away only now is waited for.
    ///
    /// On a thread of the kit's own it does not wait, and the report says so.
    pub fn shutdown(&self, timeout: Duration) -> Report {
        self.inner.shutdown(after(timeout))
    }

    /// [`shutdown`](Self::shutdown) that blocks no thread of the caller's. Needs no runtime.
    pub fn shutdown_async(&self, timeout: Duration) -> impl Future<Output = Report> + Send + 'static {
        self.aside(move |inner| inner.shutdown(after(timeout)))
    }

    fn aside(
        &self,
        work: impl FnOnce(&Arc<Inner>) -> Report + Send + 'static,
    ) -> impl Future<Output = Report> + Send + 'static {
        let inner = Arc::clone(&self.inner);
        async move {
            let theirs = Arc::clone(&inner);
            let (done, report) = oneshot::channel();
            run_aside(Box::new(move || done.send(work(&theirs)).is_ok()));
            report.await.unwrap_or_else(|_| inner.unfinished())
        }
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        // Whose shutdown ran out of time is not kept here for the same once more.
        let timeout = if self.inner.ending.was_waited_for() { Duration::ZERO } else { DROP_TIMEOUT };
        let _ = self.inner.shutdown(after(timeout));
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline").field("stats", &self.stats()).finish_non_exhaustive()
    }
}

impl Inner {
    fn stats(&self) -> Stats {
        let mut stats = Stats::default();
        for (signal, outlet) in &self.outlets {
            stats.set(*signal, outlet.ledger().stats());
        }
        stats
    }

    fn flush(&self, deadline: Instant) -> Report {
        let before = self.stats();
        if self.is_kit_thread() || self.ending.is_over() {
            return Report::new(self.ending.is_over(), &before, before);
        }
        let in_time = run_until(deadline, self.flush_jobs(deadline));
        let in_time = self.wait_settled(deadline) && in_time;
        Report::new(in_time, &before, self.stats())
    }

    /// Everything before the outlets. The providers' own results say nothing: the outlets count.
    fn flush_jobs(&self, deadline: Instant) -> Vec<Job> {
        let (tracers, loggers) = (self.tracers.clone(), self.loggers.clone());
        // On the worker itself, in a callback, a push is going on already.
        let worker = self.worker.clone().filter(|worker| !worker.is_current());
        let meters = self.more_readers.then(|| self.meters.clone());
        vec![
            Box::new(move || {
                let _ = tracers.get_ref().force_flush();
                true
            }),
            Box::new(move || {
                let _ = loggers.force_flush();
                true
            }),
            Box::new(move || {
                let pushed = worker.is_none_or(|worker| worker.push(left(deadline)));
                pushed && meters.is_none_or(|meters| meters.get_ref().force_flush().is_ok())
            }),
        ]
    }

    fn wait_settled(&self, deadline: Instant) -> bool {
        self.outlets.iter().fold(true, |all, (_, outlet)| outlet.ledger().wait_settled(deadline) && all)
    }

    fn is_kit_thread(&self) -> bool {
        self.kit.as_ref().is_some_and(KitThread::is_current)
    }

    /// The report of something that was not waited for.
    fn unfinished(&self) -> Report {
        let stats = self.stats();
        Report::new(false, &stats, stats)
    }
}

const DROP_TIMEOUT: Duration = Duration::from_secs(5);
