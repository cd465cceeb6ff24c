//! Runs the counts on `LISTEN` (default `127.0.0.1:8085`), with Kafka at `KAFKA_BROKERS` (`127.0.0.1:9092`) and the
//! database `DATABASE_URL`.

use service_c::{Counts, Database};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _telemetry = otel_kit::init!()?;
    let database = Database::open(&setting("DATABASE_URL", "sqlite:service-c.db?mode=rwc")).await?;
    let counts = Counts::new(&setting("KAFKA_BROKERS", "127.0.0.1:9092"), database.clone())?;
    let listener = TcpListener::bind(setting("LISTEN", "127.0.0.1:8085")).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    let server = axum::serve(listener, service_c::router(counts.clone()))
        .with_graceful_shutdown(otel_kit::shutdown_signal())
        .into_future();
    let (served, ()) = tokio::join!(server, counts.consume(otel_kit::shutdown_signal()));
    served?;
    database.close().await;
    Ok(())
}

fn setting(variable: &str, default: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| default.to_owned())
}
