//! `sqlx-otel`, on the SDK of the version that it needs. It takes no databases but those of sqlx.

use std::{process::ExitCode, time::Duration};

use opentelemetry::global;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    metrics::{SdkMeterProvider, Temporality, data::ResourceMetrics, exporter::PushMetricExporter},
    trace::{SdkTracerProvider, SpanData, SpanExporter},
};
use sql_driver::{name, sqlite};
use sql_input::query;
use sqlx_otel::PoolBuilder;

fn main() -> ExitCode {
    measure::main(&[
        ("bare-sqlite", |measured| query(measured, sqlite, async |pool| name(&*pool).await)),
        ("sqlite", |measured| {
            global::set_tracer_provider(SdkTracerProvider::builder().with_batch_exporter(Nowhere).build());
            global::set_meter_provider(SdkMeterProvider::builder().with_periodic_exporter(Nowhere).build());
            let open = async || sqlite().await.map(|pool| PoolBuilder::from(pool).build());
            query(measured, open, async |pool| name(&*pool).await);
        }),
    ])
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
