//! Runs the stock on `LISTEN` (default `127.0.0.1:8082`), with Kafka at `KAFKA_BROKERS` (`127.0.0.1:9092`).

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _telemetry = otel_kit::init!()?;
    let events = service_b::Events::new(&setting("KAFKA_BROKERS", "127.0.0.1:9092"))?;
    let listener = TcpListener::bind(setting("LISTEN", "127.0.0.1:8082")).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    axum::serve(listener, service_b::router(events))
        .with_graceful_shutdown(otel_kit::shutdown_signal())
        .await?;
    Ok(())
}

fn setting(variable: &str, default: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| default.to_owned())
}
