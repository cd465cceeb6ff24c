//! Joins `tracing` spans to the OpenTelemetry context that adapters attach.
//!
//! `Bridge` wraps the layer of `tracing-opentelemetry`, which holds the spans, and corrects it:
//!
//! - Entering a span that is current already would attach the context it was created with, and so hide
//!   what an adapter attached in between. The bridge skips such re-entry.
//! - A span below an unsampled one costs as much as a sampled one, and spans that are merely filtered out
//!   lose the context: work spawned in them would start new, sampled traces. The bridge builds nothing and
//!   keeps the context with the span instead.
//! - Unsigned integers would become strings, and a name or kind that is recorded late would get lost. The
//!   bridge reads the fields itself.
//! - A span would end when it is left for the last time. The bridge lets it end when it is closed.

mod entries;
mod event;
mod fields;
mod layer;
mod one_by_one;
mod settings;
mod source;
mod tracer;

use opentelemetry::trace::Tracer;
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    registry::LookupSpan,
};

use self::{layer::Bridge, settings::SpanFilter, tracer::BridgeTracer};

pub(crate) use self::fields::take_kind;
pub use self::settings::{ErrorStatus, SpanSettings};

/// The layer that turns `tracing` spans into OpenTelemetry spans of `tracer`, for spans that `filter`
/// allows.
///
/// Fields become attributes with the types that they have in log records. `otel.name`, `otel.kind`,
/// `otel.status_code` and `otel.status_description` are the span's name, kind and status, whenever they are
/// recorded. A span ends when the last handle to it is dropped.
///
/// ```
/// use opentelemetry::trace::noop::NoopTracer;
/// use otel_kit_sdk::{SpanSettings, span_layer};
/// use tracing_subscriber::{filter::Targets, layer::SubscriberExt, registry};
///
/// let filter = "info".parse::<Targets>().unwrap();
/// let spans = span_layer(NoopTracer::new(), filter, SpanSettings::default());
/// let subscriber = registry().with(spans);
/// # drop(subscriber);
/// ```
pub fn span_layer<S, T>(tracer: T, filter: Targets, settings: SpanSettings) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    T: Tracer + Clone + Send + Sync + 'static,
    T::Span: Send + Sync,
{
    let tracer = BridgeTracer(tracer);
    let bridge = Bridge::new(lean(tracer.clone()), settings);
    let bridge = bridge.with_filter(SpanFilter { targets: filter, settings });
    // `OpenTelemetrySpanExt` finds its layer by type, which the bridge hides; this one is found instead
    // and, switched off, does nothing else. It must be the inner one: directly above the registry,
    // a pair of layers takes its level hint from the outer one alone.
    lean(tracer).with_filter(LevelFilter::OFF).and_then(bridge)
}

fn lean<S, T>(tracer: T) -> OpenTelemetryLayer<S, T>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    T: Tracer + 'static,
    T::Span: Send + Sync,
{
    OpenTelemetryLayer::new(tracer)
        .with_location(false)
        .with_target(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_error_events_to_status(false)
        .with_error_events_to_exceptions(false)
        .with_error_fields_to_exceptions(false)
        .with_error_records_to_exceptions(false)
}
