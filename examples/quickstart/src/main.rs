//! The smallest service: traces, metrics and logs from one line in `main` and one layer.

use axum::{Router, extract::Path, routing::get};
use otel_kit::axum::OtelLayer;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _telemetry = otel_kit::init!()?; // otel-kit.yaml, then OTEL_*; flushed when dropped

    let app = Router::new().route("/hello/{name}", get(hello)).layer(OtelLayer::new()); // last on the router

    let address = std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".into());
    let listener = TcpListener::bind(address).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    axum::serve(listener, app).with_graceful_shutdown(otel_kit::shutdown_signal()).await?;
    Ok(())
}

async fn hello(Path(name): Path<String>) -> String {
    tracing::info!(%name, "greeting");
    greeting(&name)
}

#[tracing::instrument]
fn greeting(name: &str) -> String {
    format!("Hello, {name}!\n")
}
