//! `opentelemetry-instrumentation-tower` with traces and metrics in OTLP over HTTP.

use std::{error::Error, future};

use opentelemetry::global;
use opentelemetry_instrumentation_tower::http::server::Layer;
use opentelemetry_otlp::{MetricExporter, SpanExporter};
use opentelemetry_sdk::{
    metrics::SdkMeterProvider, propagation::TraceContextPropagator, trace::SdkTracerProvider,
};
use size_input::{router, serve};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let spans = SpanExporter::builder().with_http().build()?;
    let tracers = SdkTracerProvider::builder().with_batch_exporter(spans).build();
    let metrics = MetricExporter::builder().with_http().build()?;
    let meters = SdkMeterProvider::builder().with_periodic_exporter(metrics).build();
    global::set_text_map_propagator(TraceContextPropagator::new());
    global::set_tracer_provider(tracers.clone());
    global::set_meter_provider(meters.clone());
    serve(router().layer(Layer::new()), future::pending()).await?;
    tracers.shutdown()?;
    Ok(meters.shutdown()?)
}
