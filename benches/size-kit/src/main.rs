//! The kit with axum, OTLP over HTTP and JSON lines, without TLS.

use std::error::Error;

use otel_kit::axum::OtelLayer;
use size_input::{router, serve};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let _telemetry = otel_kit::init!()?;
    serve(router().layer(OtelLayer::new()), otel_kit::shutdown_signal()).await?;
    Ok(())
}
