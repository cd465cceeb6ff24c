use std::time::Duration;

use opentelemetry::Context;
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{Span, SpanData, SpanProcessor},
};

use crate::outlet::Outlet;

/// Lets sampled spans through as long as the queue behind has room.
#[derive(Debug)]
pub(crate) struct CountingSpanProcessor<P> {
    inner: P,
    outlet: Outlet,
}

impl<P> CountingSpanProcessor<P> {
    pub(crate) fn new(inner: P, outlet: Outlet) -> Self {
        Self { inner, outlet }
    }
}

impl<P: SpanProcessor> SpanProcessor for CountingSpanProcessor<P> {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.inner.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
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
