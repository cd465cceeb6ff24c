use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use opentelemetry::{KeyValue, logs::LoggerProvider};
use opentelemetry_sdk::{
    Resource,
    logs::SdkLoggerProvider,
    trace::{RandomIdGenerator, Sampler, SdkTracerProvider},
};
use otel_kit_core::{Clock, Kit, log_event::EventLogger, propagation::Propagator, settings::Settings};
use otel_kit_sdk::{KitTracerProvider, metrics::KitMeterProvider};

use super::{
    Telemetry,
    exceptions::Exceptions,
    exporter::ToInbox,
    ids::CountingIds,
    reader::{Collected, SharedReader},
};
use crate::received::Inbox;

/// Builds a [`Telemetry`] that differs from the default.
///
/// ```
/// use otel_kit_testing::Telemetry;
///
/// let nothing_sampled = Telemetry::builder().sample_ratio(0.0).build();
/// assert!(nothing_sampled.spans().is_empty());
/// ```
#[derive(Debug)]
#[must_use]
pub struct TelemetryBuilder {
    ratio: f64,
    random_ids: bool,
    manual_clock: bool,
    settings: Settings,
    propagator: Propagator,
    resource: Vec<KeyValue>,
}

impl TelemetryBuilder {
    pub(super) fn new() -> Self {
        Self {
            ratio: 1.0,
            random_ids: false,
            manual_clock: false,
            settings: Settings::default(),
            propagator: Propagator::default(),
            resource: Vec::new(),
        }
    }

    /// Share of new traces that is sampled, 0 to 1; the parent decides for all others. Default 1.
    pub const fn sample_ratio(mut self, ratio: f64) -> Self {
        self.ratio = ratio;
        self
    }

    /// Random ids instead of those that count from 1: for tests of several processes or kits.
    pub const fn random_ids(mut self) -> Self {
        self.random_ids = true;
        self
    }

    /// A clock that stands until [`Telemetry::clock`] is advanced, beginning on 2026-01-01: all times of spans
    /// and all durations of adapters are the clock's.
    pub const fn manual_clock(mut self) -> Self {
        self.manual_clock = true;
        self
    }

    /// What the adapters are told.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Propagation formats; W3C Trace Context and Baggage by default.
    pub fn propagator(mut self, propagator: Propagator) -> Self {
        self.propagator = propagator;
        self
    }

    /// One more attribute of the resource, such as the service's name.
    pub fn resource_attribute(mut self, attribute: KeyValue) -> Self {
        self.resource.push(attribute);
        self
    }

    /// The telemetry, with providers of its own and no global touched.
    #[must_use]
    pub fn build(self) -> Telemetry {
        let inbox = Arc::new(Inbox::new(usize::MAX));
        let reader = SharedReader::default();
        let resource = Resource::builder_empty().with_attributes(self.resource).build();
        let tracers = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(self.ratio))))
            .with_resource(resource.clone())
            .with_simple_exporter(ToInbox::new(Arc::clone(&inbox)));
        let tracers = if self.random_ids {
            tracers.with_id_generator(RandomIdGenerator::default())
        } else {
            tracers.with_id_generator(CountingIds::default())
        };
        let clock = if self.manual_clock { Clock::manual(start()) } else { Clock::system() };
        let tracers = KitTracerProvider::new(tracers.build()).with_clock(clock.clone());
        let meters = KitMeterProvider::with_reader(resource.clone(), reader.clone());
        let loggers = SdkLoggerProvider::builder()
            .with_resource(resource)
            .with_simple_exporter(ToInbox::new(Arc::clone(&inbox)))
            .build();
        let exceptions = Arc::new(Exceptions::default());
        let kit = Kit::builder()
            .tracer_provider(tracers.clone())
            .meter_provider(meters.clone())
            .propagator(self.propagator)
            .settings(self.settings)
            .clock(clock.clone())
            .exception_sink(Arc::clone(&exceptions) as _)
            .log_events(Arc::new(EventLogger::new(loggers.logger(EVENTS))))
            .snapshots(Arc::new(Collected::new(reader.clone(), meters.clone())))
            .build();
        Telemetry { clock, kit, tracers, meters, loggers, reader, inbox, exceptions }
    }
}

/// Name of the scope of the kit's own events.
const EVENTS: &str = "otel-kit";

/// 2026-01-01T00:00:00Z.
fn start() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600)
}
