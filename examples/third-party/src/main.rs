//! Runs the payment API on `LISTEN` (default `127.0.0.1:8084`).

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _telemetry = otel_kit::init!()?;
    let listener = TcpListener::bind(setting("LISTEN", "127.0.0.1:8084")).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    axum::serve(listener, third_party::router()).with_graceful_shutdown(otel_kit::shutdown_signal()).await?;
    Ok(())
}

fn setting(variable: &str, default: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| default.to_owned())
}
