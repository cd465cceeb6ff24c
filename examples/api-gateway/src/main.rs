//! Runs the gateway on `LISTEN` (default `127.0.0.1:8080`).

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _telemetry = otel_kit::init!()?;
    let orders = setting("SERVICE_A_URL", "http://127.0.0.1:8081");
    let listener = TcpListener::bind(setting("LISTEN", "127.0.0.1:8080")).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    axum::serve(listener, api_gateway::router(orders))
        .with_graceful_shutdown(otel_kit::shutdown_signal())
        .await?;
    Ok(())
}

fn setting(variable: &str, default: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| default.to_owned())
}
