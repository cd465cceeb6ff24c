//! A service of fifty routes, `/items0/{id}` to `/items49/{id}`, each with a handler of a millisecond. When it ends, the
//! last line on standard error has the spans and the log records that were lost.

use std::{error::Error, time::Duration};

use axum::{Router, extract::Path, routing::get};
use otel_kit::{axum::OtelLayer, transport::Signal};
use tokio::{net::TcpListener, time::sleep};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let telemetry = otel_kit::init!()?;
    let routes = (0..ROUTES).map(|number| format!("/items{number}/{{id}}"));
    let router = routes.fold(Router::new(), |router, path| router.route(&path, get(item)));

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    eprintln!("listening on {}", listener.local_addr()?);
    axum::serve(listener, router.layer(OtelLayer::new()))
        .with_graceful_shutdown(otel_kit::shutdown_signal())
        .await?;

    let report = telemetry.shutdown_async(PATIENCE).await;
    let lost = |signal| report.stats().lost(signal);
    eprintln!("lost {} {}", lost(Signal::Traces), lost(Signal::Logs));
    Ok(())
}

async fn item(Path(id): Path<u32>) -> String {
    tracing::info!(id, "found");
    sleep(Duration::from_millis(1)).await;
    format!("Item {id}\n")
}

const ROUTES: u32 = 50;
const PATIENCE: Duration = Duration::from_secs(10);
