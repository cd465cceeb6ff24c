//! The handle that adapters work with.

mod builder;
mod lazy;

use std::{
    any::Any,
    fmt,
    sync::{Arc, OnceLock},
};

use opentelemetry::{
    InstrumentationScope,
    metrics::{Meter, MeterProvider},
};

use crate::{
    Clock, Tracer,
    alert::AlertSource,
    exception::{Exception, GroupSource, Sinks},
    log_event::{LogEvent, LogEventSink},
    metrics::SnapshotSource,
    parts::Parts,
    propagation::Propagator,
    semconv::SCHEMA_URL,
    settings::Settings,
};

pub use self::{builder::KitBuilder, lazy::Lazy};

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

fn scope(name: &'static str, version: &'static str) -> InstrumentationScope {
    InstrumentationScope::builder(name).with_version(version).with_schema_url(SCHEMA_URL).build()
}
