use std::{sync::Arc, time::Duration};

use opentelemetry::{Context, trace::Span as _};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{Span, SpanData, SpanProcessor},
};

use crate::{outlet::Outlet, self_metrics::SpanCounts};

/// Counts spans, and lets sampled ones through as long as the queue behind has room.
#[derive(Debug)]
pub(crate) struct CountingSpanProcessor<P> {
    inner: P,
    outlet: Outlet,
    counts: Arc<SpanCounts>,
}

impl<P> CountingSpanProcessor<P> {
    pub(crate) fn new(inner: P, outlet: Outlet, counts: Arc<SpanCounts>) -> Self {
        Self { inner, outlet, counts }
    }
}

impl<P: SpanProcessor> SpanProcessor for CountingSpanProcessor<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.counts.start(span.span_context(), context);
        self.inner.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        self.counts.end(&span.span_context);
        // The SDK's batch processor exports spans that are only recorded too.
        if span.span_context.is_sampled() && self.outlet.intake().enter() {
            self.inner.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.inner.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.inner.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.inner.set_resource(resource);
    }
}
