//! The SDK's providers as its documentation sets them up, with exporters that take everything at once.

use std::time::Duration;

use opentelemetry::global;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    metrics::{SdkMeterProvider, Temporality, data::ResourceMetrics, exporter::PushMetricExporter},
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider, SpanData, SpanExporter},
};

/// Providers and W3C Trace Context, global ones too; dropping them ends them.
#[derive(Debug)]
pub struct Providers {
    /// With the batch processor.
    pub tracers: SdkTracerProvider,
    /// With the periodic reader.
    pub meters: SdkMeterProvider,
}

/// Makes them the global ones.
#[must_use]
pub fn install() -> Providers {
    let sampler = Sampler::ParentBased(Box::new(Sampler::AlwaysOn));
    let tracers = SdkTracerProvider::builder().with_sampler(sampler).with_batch_exporter(Nowhere).build();
    let meters = SdkMeterProvider::builder().with_periodic_exporter(Nowhere).build();
    global::set_tracer_provider(tracers.clone());
    global::set_meter_provider(meters.clone());
    global::set_text_map_propagator(TraceContextPropagator::new());
    Providers { tracers, meters }
}

/// A meter provider with as many periodic readers, which is not the global one.
#[must_use]
pub fn meters(readers: usize) -> SdkMeterProvider {
    let builder = SdkMeterProvider::builder();
    (0..readers).fold(builder, |builder, _| builder.with_periodic_exporter(Nowhere)).build()
}

#[derive(Debug)]
struct Nowhere;

impl SpanExporter for Nowhere {
    async fn export(&self, _batch: Vec<SpanData>) -> OTelSdkResult {
        Ok(())
    }
}

impl PushMetricExporter for Nowhere {
    async fn export(&self, _metrics: &ResourceMetrics) -> OTelSdkResult {
        Ok(())
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _timeout: Duration) -> OTelSdkResult {
        Ok(())
    }

    fn temporality(&self) -> Temporality {
        Temporality::Cumulative
    }
}
