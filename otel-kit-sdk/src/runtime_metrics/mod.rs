//! What this process and its Tokio runtimes use, as observable instruments: nothing is read between
//! collections.
//!
//! Names are those of the conventions for [processes](https://opentelemetry.io/docs/specs/semconv/system/process-metrics/)
//! and [containers](https://opentelemetry.io/docs/specs/semconv/system/container-metrics/), and
//! `tokio.runtime.*`, for which there are none. What cannot be read is not reported.
//!
//! Processor time, page faults and context switches are those that `getrusage` counts, on every Unix; the rest
//! of the process comes from Linux's `/proc`.
//!
//! ```
//! use opentelemetry::metrics::MeterProvider;
//! use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
//! use otel_kit_sdk::runtime_metrics::RuntimeMetrics;
//!
//! let exporter = InMemoryMetricExporter::default();
//! let reader = PeriodicReader::builder(exporter.clone()).build();
//! let provider = SdkMeterProvider::builder().with_reader(reader).build();
//! let observed = RuntimeMetrics::builder().register(&provider.meter("shop"));
//!
//! let runtime = tokio::runtime::Runtime::new()?;
//! observed.register_runtime(runtime.handle(), "orders");
//! provider.force_flush()?;
//!
//! let collected = exporter.get_finished_metrics()?;
//! let scopes = collected.iter().flat_map(|resource| resource.scope_metrics());
//! let names: Vec<_> = scopes.flat_map(|scope| scope.metrics()).map(|metric| metric.name()).collect();
//! assert!(names.contains(&"tokio.runtime.worker.count"), "{names:?}");
//! # if cfg!(unix) { assert!(names.contains(&"process.cpu.time"), "{names:?}") }
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```

mod cached;
mod container;
mod files;
mod instruments;
mod process;
mod runtimes;

use std::{fmt, path::PathBuf, sync::Arc};

use opentelemetry::metrics::Meter;
use tokio::runtime::Handle;

use otel_kit_core::Clock;

use self::{files::Files, runtimes::Runtimes};

/// The instruments of a process. They observe as long as their meter's provider does; dropping this changes
/// nothing.
#[derive(Clone)]
pub struct RuntimeMetrics {
    runtimes: Arc<Runtimes>,
}

/// Says what is observed, and how; see [`RuntimeMetrics::builder`].
#[derive(Debug)]
#[must_use]
pub struct RuntimeMetricsBuilder {
    clock: Clock,
    root: PathBuf,
    cpu_utilization: bool,
}

impl RuntimeMetrics {
    /// Everything that the conventions recommend.
    pub fn builder() -> RuntimeMetricsBuilder {
        RuntimeMetricsBuilder { clock: Clock::system(), root: PathBuf::from("/"), cpu_utilization: false }
    }

    /// Observes a Tokio runtime, too, until it is shut down. Its attribute `tokio.runtime.name` is `name`, with
    /// a number where another one has that name already; a runtime that is registered again is renamed.
    ///
    /// The runtime gets one task, which sleeps until the runtime drops it, and is not counted here: that is
    /// how its end is seen. It keeps nobody waiting.
    pub fn register_runtime(&self, runtime: &Handle, name: &str) {
        self.runtimes.add(runtime, name);
    }
}

impl fmt::Debug for RuntimeMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuntimeMetrics").field("runtimes", &self.runtimes.names()).finish()
    }
}

impl RuntimeMetricsBuilder {
    /// The clock for the uptime, for shares of a time, and for what one collection is; the system's by default.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Root of the file system, `/` outside of tests.
    pub fn root(mut self, root: impl Into<PathBuf>) -> Self {
        self.root = root.into();
        self
    }

    /// Whether there is `process.cpu.utilization`, too; off by default.
    pub const fn cpu_utilization(mut self, wanted: bool) -> Self {
        self.cpu_utilization = wanted;
        self
    }

    /// Makes the instruments. Once for each provider: nobody can take them back.
    pub fn register(self, meter: &Meter) -> RuntimeMetrics {
        let Self { clock, root, cpu_utilization } = self;
        let files = Files::new(root);
        process::register(meter, files.path("proc"), &clock, cpu_utilization);
        container::register(meter, &files, &clock);
        let runtimes = Arc::<Runtimes>::default();
        runtimes::register(meter, &runtimes);
        RuntimeMetrics { runtimes }
    }
}
