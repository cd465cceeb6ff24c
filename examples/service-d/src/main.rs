//! Runs the prices on `LISTEN` (default `127.0.0.1:8083`).

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _telemetry = otel_kit::init!()?;
    let listener = TcpListener::bind(setting("LISTEN", "127.0.0.1:8083")).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    axum::serve(listener, service_d::router()).with_graceful_shutdown(otel_kit::shutdown_signal()).await?;
    Ok(())
}

fn setting(variable: &str, default: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| default.to_owned())
}
