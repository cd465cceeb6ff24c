use std::{fmt, sync::Arc, time::Duration};

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use otel_kit_core::{Clock, Kit};
use otel_kit_sdk::{
    KitTracerProvider, SpanSettings,
    metrics::{KitMeterProvider, metrics_request},
    span_layer,
};
use tracing::{Subscriber, level_filters::LevelFilter};
use tracing_subscriber::{Layer, filter::Targets, layer::SubscriberExt, registry, registry::LookupSpan};

use super::{
    TelemetryBuilder,
    exceptions::Exceptions,
    reader::{Collected, SharedReader},
};
use crate::received::{
    Inbox, Payload, Received, ReceivedException, ReceivedLog, ReceivedMetric, ReceivedSpan, WaitError,
};

/// Telemetry in memory: a [`Kit`] to hand to adapters, and everything that they emit.
///
/// Ids count from 1, everything is sampled, nothing global is touched. What is received went through the
/// protobuf messages, as on its way to a collector.
///
/// ```
/// use opentelemetry::{Context, trace::{SpanBuilder, TraceContextExt}};
/// use otel_kit_testing::Telemetry;
///
/// let telemetry = Telemetry::new();
/// let tracer = telemetry.kit().tracer("my-adapter", "1.0.0");
/// tracer.start(&Context::new(), || SpanBuilder::from_name("work")).span().end();
///
/// let [span] = &telemetry.spans()[..] else { panic!("{telemetry:?}") };
/// assert_eq!(span.name, "work");
/// assert_eq!(span.trace_id, "00000000000000000000000000000001");
/// ```
pub struct Telemetry {
    pub(super) clock: Clock,
    pub(super) kit: Kit,
    pub(super) tracers: KitTracerProvider,
    pub(super) meters: KitMeterProvider,
    pub(super) loggers: SdkLoggerProvider,
    pub(super) reader: SharedReader,
    pub(super) inbox: Arc<Inbox>,
    pub(super) exceptions: Arc<Exceptions>,
}

impl Telemetry {
    /// Everything sampled, ids that count from 1, default settings.
    #[must_use]
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Telemetry that differs from the default.
    pub fn builder() -> TelemetryBuilder {
        TelemetryBuilder::new()
    }

    /// The kit to hand to adapters.
    #[must_use]
    pub const fn kit(&self) -> &Kit {
        &self.kit
    }

    /// The clock; with [`TelemetryBuilder::manual_clock`] it moves only here.
    ///
    /// ```
    /// use std::time::Duration;
    /// use opentelemetry::trace::{Tracer, TracerProvider};
    /// use otel_kit_testing::Telemetry;
    ///
    /// let telemetry = Telemetry::builder().manual_clock().build();
    /// telemetry.tracer_provider().tracer("app").in_span("work", |_| {
    ///     telemetry.clock().advance(Duration::from_millis(250));
    /// });
    /// assert_eq!(telemetry.spans()[0].duration(), Duration::from_millis(250));
    /// ```
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The tracer provider.
    #[must_use]
    pub const fn tracer_provider(&self) -> &KitTracerProvider {
        &self.tracers
    }

    /// The meter provider.
    #[must_use]
    pub const fn meter_provider(&self) -> &KitMeterProvider {
        &self.meters
    }

    /// The logger provider.
    #[must_use]
    pub const fn logger_provider(&self) -> &SdkLoggerProvider {
        &self.loggers
    }

    /// The layer that makes spans of `tracing` spans, of all levels, as the kit's `init` installs it.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let all = Targets::new().with_default(LevelFilter::TRACE);
        span_layer(self.tracers.tracer("tracing"), all, SpanSettings::default())
    }

    /// A subscriber with [`layer`](Self::layer) alone, for `tracing::subscriber::set_default`.
    pub fn subscriber(&self) -> impl Subscriber + Send + Sync + use<> {
        registry().with(self.layer())
    }

    /// Everything up to now; metrics are collected first.
    #[must_use]
    pub fn received(&self) -> Received {
        if let Ok(snapshot) = Collected::new(self.reader.clone(), self.meters.clone()).take() {
            self.inbox.update(|received| received.add(Payload::Metrics(metrics_request(&snapshot))));
        }
        self.inbox.read(Received::clone)
    }

    /// The spans that ended, in the order of their ends.
    #[must_use]
    pub fn spans(&self) -> Vec<ReceivedSpan> {
        self.inbox.read(|received| received.spans().to_vec())
    }

    /// The metrics as they are now.
    #[must_use]
    pub fn metrics(&self) -> Vec<ReceivedMetric> {
        self.inbox.update(Received::clear_metrics);
        self.received().metrics().to_vec()
    }

    /// A metric as it is now.
    #[must_use]
    pub fn metric(&self, name: &str) -> Option<ReceivedMetric> {
        self.metrics().into_iter().find(|metric| metric.name == name)
    }

    /// The log records.
    #[must_use]
    pub fn log_records(&self) -> Vec<ReceivedLog> {
        self.inbox.read(|received| received.log_records().to_vec())
    }

    /// The exceptions that adapters told of.
    #[must_use]
    pub fn exceptions(&self) -> Vec<ReceivedException> {
        self.exceptions.all()
    }

    /// Waits until `count` spans have ended: for code that ends them after it answered.
    ///
    /// # Errors
    /// After `limit`; the error shows what is there.
    pub fn wait_for_spans(&self, count: usize, limit: Duration) -> Result<Vec<ReceivedSpan>, WaitError> {
        let expected = format!("{count} spans");
        self.inbox.wait_for(&expected, limit, |received| {
            (received.spans().len() >= count).then(|| received.spans().to_vec())
        })
    }

    /// Forgets spans, log records and exceptions; metrics go on counting.
    pub fn clear(&self) {
        self.exceptions.clear();
        self.inbox.update(Received::clear);
    }
}

impl Default for Telemetry {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.received().fmt(f)
    }
}
