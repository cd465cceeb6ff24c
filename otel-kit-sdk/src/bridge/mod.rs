//! Joins `tracing` spans to the OpenTelemetry context that adapters attach.
//!
//! [`Bridge`] wraps the layer of `tracing-opentelemetry` and corrects it in two places:
//!
//! - Entering a span that is current already would attach the context it was created with, and so hide
//!   what an adapter attached in between. The bridge skips such re-entry.
//! - A span below an unsampled one costs as much as a sampled one, and spans that are merely filtered out
//!   lose the context: work spawned in them would start new, sampled traces. The bridge builds nothing and
//!   keeps the context with the span instead.

mod entries;
mod layer;

use opentelemetry::trace::Tracer;
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    registry::LookupSpan,
};

pub use self::layer::Bridge;

/// The layer that turns `tracing` spans into OpenTelemetry spans of `tracer`, for spans that `filter`
/// allows.
///
/// With `events`, `tracing` events become span events too; by default they are log records only. Fields
/// for source location, threads and busy time are left out.
///
/// ```
/// use opentelemetry::trace::noop::NoopTracer;
/// use tracing_subscriber::{filter::Targets, layer::SubscriberExt, registry};
///
/// let spans = otel_kit_sdk::span_layer(NoopTracer::new(), "info".parse::<Targets>().unwrap(), false);
/// let subscriber = registry().with(spans);
/// # drop(subscriber);
/// ```
pub fn span_layer<S, T>(tracer: T, filter: Targets, events: bool) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    T: Tracer + Clone + Send + Sync + 'static,
    T::Span: Send + Sync,
{
    let bridge = Bridge::new(lean(tracer.clone()), events).with_filter(filter);
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
}
