//! `axum-tracing-opentelemetry` with OTLP over gRPC, and JSON lines.

use std::{error::Error, future};

use axum_tracing_opentelemetry::middleware::{OtelAxumLayer, OtelInResponseLayer};
use opentelemetry::{global, trace::TracerProvider};
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::{propagation::TraceContextPropagator, trace::SdkTracerProvider};
use size_input::{router, serve};
use tracing_subscriber::{fmt, layer::SubscriberExt, util::SubscriberInitExt};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let exporter = SpanExporter::builder().with_tonic().build()?;
    let tracers = SdkTracerProvider::builder().with_batch_exporter(exporter).build();
    global::set_text_map_propagator(TraceContextPropagator::new());
    global::set_tracer_provider(tracers.clone());
    let spans = tracing_opentelemetry::layer().with_tracer(tracers.tracer("hello"));
    tracing_subscriber::registry().with(spans).with(fmt::layer().json()).init();
    let router = router().layer(OtelInResponseLayer).layer(OtelAxumLayer::default());
    serve(router, future::pending()).await?;
    Ok(tracers.shutdown()?)
}
