//! `axum-otel-metrics`, on the SDK of the version that it needs.

use std::{process::ExitCode, time::Duration};

use axum_otel_metrics::HttpMetricsLayerBuilder;
use http_input::{router, sampled, serve};
use opentelemetry_sdk::{
    error::OTelSdkResult,
    metrics::{SdkMeterProvider, Temporality, data::ResourceMetrics, exporter::PushMetricExporter},
};

fn main() -> ExitCode {
    measure::main(&[
        ("bare", |measured| serve(measured, router(), sampled)),
        ("sampled", |measured| {
            let meters = SdkMeterProvider::builder().with_periodic_exporter(Nowhere).build();
            let layer = HttpMetricsLayerBuilder::new().with_provider(meters).build();
            serve(measured, router().layer(layer), sampled);
        }),
    ])
}

#[derive(Debug)]
struct Nowhere;

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
