//! The quickstart with a handler of a millisecond: `bare`, or with the kit.

use std::{env, error::Error, time::Duration};

use axum::{Router, extract::Path, routing::get};
use otel_kit::axum::OtelLayer;
use tokio::{net::TcpListener, time::sleep};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let bare = env::args().nth(1).is_some_and(|mode| mode == "bare");
    let _telemetry = if bare { None } else { Some(otel_kit::init!()?) };
    let router = Router::new().route("/hello/{name}", get(hello));
    let router = if bare { router } else { router.layer(OtelLayer::new()) };

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    eprintln!("listening on {}", listener.local_addr()?);
    axum::serve(listener, router).with_graceful_shutdown(otel_kit::shutdown_signal()).await?;
    Ok(())
}

async fn hello(Path(name): Path<String>) -> String {
    tracing::info!(%name, "greeting");
    sleep(Duration::from_millis(1)).await;
    greeting(&name)
}

#[tracing::instrument]
fn greeting(name: &str) -> String {
    format!("Hello, {name}!\n")
}
