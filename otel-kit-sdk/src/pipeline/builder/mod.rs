//! Puts a pipeline together.

mod logs;
mod metrics;
mod traces;

use std::{
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use opentelemetry::{InstrumentationScope, metrics::MeterProvider};
use opentelemetry_sdk::Resource;

use otel_kit_core::{Signal, Transport};

use self::{logs::Logs, metrics::Metrics, traces::Traces};
use super::{Ending, Inner, Pipeline, PipelineError};
use crate::{
    kit_thread::KitThread,
    metrics::Deltas,
    outlet::{Limits, Outages, Outlet},
    reader::{Collector, KitReader, Push, Snapshots, Worker},
    self_metrics::{self, Collections, SpanCounts},
    tracer::KitTracerProvider,
};

/// Says where a [`Pipeline`]'s telemetry goes and how much of it.
///
/// Nothing is read from the environment: what is not set has the specification's default.
#[derive(Default)]
#[must_use]
pub struct PipelineBuilder {
    resource: Option<Resource>,
    ways: Vec<Way>,
    has_thread: bool,
    queue: Queue,
    traces: Traces,
    metrics: Metrics,
    logs: Logs,
}

struct Way {
    signal: Signal,
    transport: Arc<dyn Transport>,
    timeout: Option<Duration>,
}

#[derive(Clone, Copy)]
struct Queue {
    items: usize,
    bytes: usize,
    in_flight: usize,
}

impl PipelineBuilder {
    /// What produces the telemetry; the SDK's default resource if not set.
    pub fn resource(mut self, resource: Resource) -> Self {
        self.resource = Some(resource);
        self
    }

    /// Where a signal goes, and how long one try may take (`None` is no limit). A signal without transport
    /// goes nowhere. Signals that share a transport have their outages reported together.
    pub fn transport(
        mut self,
        signal: Signal,
        transport: Arc<dyn Transport>,
        timeout: Option<Duration>,
    ) -> Self {
        self.ways.retain(|way| way.signal != signal);
        self.ways.push(Way { signal, transport, timeout });
        self
    }

    /// Most that is kept of each signal while it cannot be delivered: 65,536 items or 32 MiB by default,
    /// whichever comes first. What comes on top is lost, and counted.
    pub fn queue(mut self, items: usize, bytes: usize) -> Self {
        self.queue = Queue { items, bytes, ..self.queue };
        self
    }

    /// Most requests of spans, and of log records, that are sent at the same time; 4 by default, at least
    /// 1. Metrics go one after the other: there are receivers that refuse what comes out of order.
    pub fn requests_in_flight(mut self, requests: usize) -> Self {
        self.queue.in_flight = requests.max(1);
        self
    }

    /// Whether the thread of the kit's own runs even without any transport, for what else
    /// [runs](Pipeline::runtime) on it; `false` by default.
    pub fn own_thread(mut self, has_thread: bool) -> Self {
        self.has_thread = has_thread;
        self
    }

    /// Starts the threads.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn build(self) -> Result<Pipeline, PipelineError> {
        let resource = self.resource.clone().unwrap_or_else(|| Resource::builder().build());
        let kit = (self.has_thread || !self.ways.is_empty()).then(KitThread::start).transpose();
        let kit = kit.map_err(|error| PipelineError::thread("thread otel-kit", error))?;
        let outlets = kit.as_ref().map_or_else(Vec::new, |kit| self.outlets(kit));
        let of =
            |signal| outlets.iter().find(|(other, _)| *other == signal).map(|(_, outlet)| outlet.clone());

        let Self { traces, metrics, logs, .. } = self;
        let (worker, inbox) = Worker::new();
        let metric_outlet = of(Signal::Metrics);
        let catalogue = metrics.catalogue();
        let is_collected = metric_outlet.is_some() || metrics.is_shared();
        let reader = is_collected.then(|| KitReader::new(worker.clone()));
        let push = metric_outlet.map(|outlet| {
            let deltas = Deltas::new(metrics.temporality(), Arc::clone(&catalogue));
            Push { outlet, deltas, interval: metrics.interval() }
        });
        let more_readers = metrics.has_readers();
        let about_itself = metrics.is_about_itself();
        let meters = guarded(|| metrics.provider(resource.clone(), reader.clone(), &catalogue))?;
        let counts = Arc::new(SpanCounts::default());
        let tracers = guarded(|| traces.provider(resource.clone(), of(Signal::Traces), &counts))?;
        let loggers = guarded(|| logs.provider(resource, of(Signal::Logs)))?;
        let mut collector = reader.map(|reader| Collector::new(reader, catalogue));
        if let Some(collector) = collector.as_mut().filter(|_| about_itself) {
            let meter = meters.meter_with_scope(about_the_kit());
            self_metrics::register(&meter, &outlets);
            counts.register(&meter);
            collector.measure(Collections::new(&meter));
        }
        let snapshots = collector.as_ref().map(|collector| Snapshots::new(worker.clone(), collector));
        let worker = match collector {
            None => None,
            Some(collector) => {
                let started = inbox.start(collector, push);
                started.map_err(|error| PipelineError::thread("thread otel-kit-work", error))?;
                Some(worker)
            }
        };
        let tracers = KitTracerProvider::new(tracers).with_counts(counts);
        let ending = Ending::default();
        let inner = Inner { tracers, meters, loggers, more_readers, worker, snapshots, outlets, kit, ending };
        Ok(Pipeline { inner: Arc::new(inner) })
    }

    fn outlets(&self, kit: &KitThread) -> Vec<(Signal, Outlet)> {
        let mut shared: Vec<(&Arc<dyn Transport>, Arc<Outages>)> = Vec::new();
        let open = |way: &Way, outages| {
            Outlet::open(kit, way.signal, Arc::clone(&way.transport), outages, self.limits(way))
        };
        let mut outlets = Vec::new();
        for way in &self.ways {
            let known = shared.iter().find(|(transport, _)| Arc::ptr_eq(transport, &way.transport));
            let outages = known.map_or_else(Arc::default, |(_, outages)| Arc::clone(outages));
            shared.push((&way.transport, Arc::clone(&outages)));
            outlets.push((way.signal, open(way, outages)));
        }
        outlets
    }

    fn limits(&self, way: &Way) -> Limits {
        let (waiting, batch) = match way.signal {
            Signal::Traces => self.traces.queue(),
            Signal::Logs => self.logs.queue(),
            Signal::Metrics => (0, self.metrics.timeout()),
        };
        let Queue { items, bytes, in_flight } = self.queue;
        let in_flight = if way.signal == Signal::Metrics { 1 } else { in_flight };
        let request = [way.timeout, batch].into_iter().flatten().min();
        Limits { items, bytes, in_flight, waiting, request }
    }
}

impl fmt::Debug for PipelineBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ways = self.ways.iter().map(|way| (way.signal.name(), way.transport.destination(way.signal)));
        f.debug_struct("PipelineBuilder").field("ways", &ways.collect::<Vec<_>>()).finish_non_exhaustive()
    }
}

impl Default for Queue {
    fn default() -> Self {
        Self { items: 65_536, bytes: 32 << 20, in_flight: 4 }
    }
}

fn about_the_kit() -> InstrumentationScope {
    InstrumentationScope::builder(env!("CARGO_PKG_NAME")).with_version(env!("CARGO_PKG_VERSION")).build()
}

/// The SDK panics where it gets no thread.
fn guarded<T>(build: impl FnOnce() -> T) -> Result<T, PipelineError> {
    catch_unwind(AssertUnwindSafe(build)).map_err(|_| {
        PipelineError::thread("the SDK's threads", io::Error::other("the SDK panicked as it was built"))
    })
}
