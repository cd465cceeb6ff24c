use std::{
    any::Any,
    fmt,
    sync::{Arc, OnceLock},
};

use opentelemetry::{
    InstrumentationScope, global,
    metrics::{Meter, MeterProvider},
    trace::TracerProvider,
};

use crate::{
    Clock, Tracer,
    alert::AlertSource,
    exception::{Exception, ExceptionSink, GroupSource, Sinks},
    log_event::{LogEvent, LogEventSink},
    metrics::SnapshotSource,
    parts::Parts,
    propagation::Propagator,
    semconv::SCHEMA_URL,
    settings::Settings,
};

static GLOBAL: OnceLock<Kit> = OnceLock::new();

/// What adapters need to work: tracer, meter, propagator and settings in one handle, cheap to clone.
///
/// `otel_kit::init!()` installs the global one; adapters built with `new()` find it at their first use.
/// An own one goes in with the adapter's `with(&kit)`.
///
/// ```
/// use otel_kit_core::Kit;
///
/// // A kit over any OpenTelemetry SDK, here over the (still empty) global providers.
/// let kit = Kit::builder().build();
/// let meter = kit.meter("my-adapter", "1.0.0");
/// meter.u64_counter("my.counter").build().add(1, &[]);
/// ```
#[derive(Clone)]
pub struct Kit {
    inner: Arc<Inner>,
}

struct Inner {
    tracers: Box<dyn Fn(InstrumentationScope) -> Tracer + Send + Sync>,
    meters: Box<dyn MeterProvider + Send + Sync>,
    propagator: Propagator,
    settings: Settings,
    clock: Clock,
    sinks: Sinks,
    snapshots: Option<Arc<dyn SnapshotSource>>,
    log_events: Option<Arc<dyn LogEventSink>>,
    groups: Option<Arc<dyn GroupSource>>,
    alerts: OnceLock<Arc<dyn AlertSource>>,
    parts: Parts,
}

impl Kit {
    /// Starts a kit of one's own.
    pub fn builder() -> KitBuilder {
        KitBuilder::default()
    }

    /// The installed kit, if there is one.
    #[must_use]
    pub fn global() -> Option<Self> {
        GLOBAL.get().cloned()
    }

    /// Makes this kit the global one of the process.
    ///
    /// # Errors
    /// Gives the kit back if another one is installed already.
    pub fn install(self) -> Result<(), Self> {
        GLOBAL.set(self)
    }

    /// Tracer of the instrumentation scope `name`, with the kit's schema URL.
    #[must_use]
    pub fn tracer(&self, name: &'static str, version: &'static str) -> Tracer {
        (self.inner.tracers)(scope(name, version)).with_clock(self.inner.clock.clone())
    }

    /// Meter of the instrumentation scope `name`, with the kit's schema URL.
    #[must_use]
    pub fn meter(&self, name: &'static str, version: &'static str) -> Meter {
        self.inner.meters.meter_with_scope(scope(name, version))
    }

    /// How the trace context goes in and out.
    #[must_use]
    pub fn propagator(&self) -> &Propagator {
        &self.inner.propagator
    }

    /// What an adapter has one of for each kit, such as observable instruments, which nobody can take back:
    /// the `T` that `make` made at the first call. `make` must not come back here.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use otel_kit_core::Kit;
    ///
    /// struct Clients(u32);
    ///
    /// let kit = Kit::builder().build();
    /// let clients = kit.part(|| Clients(1));
    /// assert!(Arc::ptr_eq(&clients, &kit.clone().part(|| Clients(2))));
    /// assert_eq!(Kit::builder().build().part(|| Clients(3)).0, 3);
    /// ```
    pub fn part<T: Any + Send + Sync>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        self.inner.parts.get_or_make(make)
    }

    /// What the configuration says to adapters.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// Where the metrics' snapshots come from, if metrics are aggregated here.
    #[must_use]
    pub fn snapshots(&self) -> Option<&Arc<dyn SnapshotSource>> {
        self.inner.snapshots.as_ref()
    }

    /// Sends one of the kit's own events to where log records go, if they go anywhere.
    pub fn emit(&self, event: LogEvent) {
        if let Some(sink) = &self.inner.log_events {
            sink.emit(event);
        }
    }

    /// Where the groups of exceptions come from, if somebody keeps them.
    #[must_use]
    pub fn exception_groups(&self) -> Option<&Arc<dyn GroupSource>> {
        self.inner.groups.as_ref()
    }

    /// Where the alerts come from, if rules are evaluated.
    #[must_use]
    pub fn alerts(&self) -> Option<&Arc<dyn AlertSource>> {
        self.inner.alerts.get()
    }

    /// Says where the alerts come from: the rules need the kit, so they come after it.
    ///
    /// # Errors
    /// Gives the source back if there is one already.
    pub fn set_alerts(&self, source: Arc<dyn AlertSource>) -> Result<(), Arc<dyn AlertSource>> {
        self.inner.alerts.set(source)
    }

    /// Tells all exception sinks, if there are any; the operation's context has to be current.
    pub fn record_exception(&self, exception: &Exception<'_>) {
        self.inner.sinks.record(exception);
    }
}

impl fmt::Debug for Kit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kit").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

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

/// What an adapter makes of the kit, made at its first use: so a layer may be built before `init`.
///
/// Until a kit is there, the adapter passes everything through untouched and asks again next time.
#[derive(Debug)]
pub struct Lazy<T> {
    own: Option<Kit>,
    made: OnceLock<T>,
}

impl<T> Lazy<T> {
    /// Waits for the global kit.
    #[must_use]
    pub const fn global() -> Self {
        Self { own: None, made: OnceLock::new() }
    }

    /// Uses this kit.
    #[must_use]
    pub const fn with(kit: Kit) -> Self {
        Self { own: Some(kit), made: OnceLock::new() }
    }

    /// What `make` made of the kit; `None` as long as no kit is installed.
    ///
    /// ```
    /// use otel_kit_core::{Kit, Lazy};
    ///
    /// let lazy = Lazy::with(Kit::builder().build());
    /// assert_eq!(lazy.get(|_kit| 1), Some(&1));
    /// assert_eq!(lazy.get(|_kit| 2), Some(&1)); // made once
    /// ```
    pub fn get(&self, make: impl FnOnce(&Kit) -> T) -> Option<&T> {
        if let Some(made) = self.made.get() {
            return Some(made);
        }
        let kit = self.own.as_ref().or_else(|| GLOBAL.get())?;
        Some(self.made.get_or_init(|| make(kit)))
    }
}

struct GlobalMeters;

impl MeterProvider for GlobalMeters {
    fn meter_with_scope(&self, scope: InstrumentationScope) -> Meter {
        global::meter_with_scope(scope)
    }
}

fn scope(name: &'static str, version: &'static str) -> InstrumentationScope {
    InstrumentationScope::builder(name).with_version(version).with_schema_url(SCHEMA_URL).build()
}
