use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use opentelemetry::{
    InstrumentationScope, global,
    metrics::{Meter, MeterProvider},
    trace::TracerProvider,
};

use super::{Inner, Kit};
use crate::{
    Clock, Tracer,
    exception::{ExceptionSink, GroupSource, Sinks},
    log_event::LogEventSink,
    metrics::SnapshotSource,
    parts::Parts,
    propagation::Propagator,
    settings::Settings,
};

/// Builds a [`Kit`]. What is not given comes from OpenTelemetry's global providers, as they are when the
/// kit is built.
#[derive(Default)]
#[must_use]
pub struct KitBuilder {
    tracers: Option<Box<dyn Fn(InstrumentationScope) -> Tracer + Send + Sync>>,
    meters: Option<Box<dyn MeterProvider + Send + Sync>>,
    propagator: Propagator,
    settings: Settings,
    clock: Clock,
    sinks: Sinks,
    snapshots: Option<Arc<dyn SnapshotSource>>,
    log_events: Option<Arc<dyn LogEventSink>>,
    groups: Option<Arc<dyn GroupSource>>,
}

impl KitBuilder {
    /// Spans go to this provider.
    pub fn tracer_provider<P>(mut self, provider: P) -> Self
    where
        P: TracerProvider + Send + Sync + 'static,
        P::Tracer: Send + Sync + 'static,
        <P::Tracer as opentelemetry::trace::Tracer>::Span: Send + Sync + 'static,
    {
        self.tracers = Some(Box::new(move |scope| Tracer::new(provider.tracer_with_scope(scope))));
        self
    }

    /// Measurements go to this provider.
    pub fn meter_provider(mut self, provider: impl MeterProvider + Send + Sync + 'static) -> Self {
        self.meters = Some(Box::new(provider));
        self
    }

    /// Propagation formats; W3C Trace Context and Baggage by default.
    pub fn propagator(mut self, propagator: Propagator) -> Self {
        self.propagator = propagator;
        self
    }

    /// What adapters are told.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// What times the adapters' operations; the system's clock by default.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Where the metrics' snapshots come from; from nowhere by default.
    pub fn snapshots(mut self, source: Arc<dyn SnapshotSource>) -> Self {
        self.snapshots = Some(source);
        self
    }

    /// Where the kit's own events go; nowhere by default.
    pub fn log_events(mut self, sink: Arc<dyn LogEventSink>) -> Self {
        self.log_events = Some(sink);
        self
    }

    /// Where the groups of exceptions come from; from nowhere by default.
    pub fn exception_groups(mut self, source: Arc<dyn GroupSource>) -> Self {
        self.groups = Some(source);
        self
    }

    /// Adds one that is told of the exceptions that adapters come across; by default nobody is.
    pub fn exception_sink(mut self, sink: Arc<dyn ExceptionSink>) -> Self {
        self.sinks.add(sink);
        self
    }

    /// The kit.
    #[must_use]
    pub fn build(self) -> Kit {
        let Self { tracers, meters, propagator, settings, clock, sinks, snapshots, log_events, groups } =
            self;
        let tracers = tracers.unwrap_or_else(|| {
            let provider = global::tracer_provider();
            Box::new(move |scope| Tracer::new(provider.tracer_with_scope(scope)))
        });
        let meters = meters.unwrap_or_else(|| Box::new(GlobalMeters));
        Kit {
            inner: Arc::new(Inner {
                tracers,
                meters,
                propagator,
                settings,
                clock,
                sinks,
                snapshots,
                log_events,
                groups,
                alerts: OnceLock::new(),
                parts: Parts::default(),
            }),
        }
    }
}

impl fmt::Debug for KitBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KitBuilder").field("settings", &self.settings).finish_non_exhaustive()
    }
}

struct GlobalMeters;

impl MeterProvider for GlobalMeters {
    fn meter_with_scope(&self, scope: InstrumentationScope) -> Meter {
        global::meter_with_scope(scope)
    }
}
