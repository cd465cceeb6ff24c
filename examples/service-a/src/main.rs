//! Runs the orders on `LISTEN` (default `127.0.0.1:8081`).

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let _telemetry = otel_kit::init!()?;
    let urls = service_a::Urls {
        stock: setting("SERVICE_B_URL", "http://127.0.0.1:8082"),
        prices: setting("SERVICE_D_URL", "http://127.0.0.1:8083"),
        payments: setting("THIRD_PARTY_URL", "http://127.0.0.1:8084"),
    };
    let database =
        service_a::Database::open(&setting("DATABASE_URL", "sqlite:service-a.db?mode=rwc")).await?;
    let listener = TcpListener::bind(setting("LISTEN", "127.0.0.1:8081")).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    axum::serve(listener, service_a::router(urls, database.clone()))
        .with_graceful_shutdown(otel_kit::shutdown_signal())
        .await?;
    database.close().await;
    Ok(())
}

fn setting(variable: &str, default: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| default.to_owned())
}
