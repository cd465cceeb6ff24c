//! A shop that counts its orders: what the tests of metrics look at.

use std::{error::Error, time::Duration};

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use otel_kit::{
    axum::OtelLayer,
    opentelemetry::{KeyValue, global, metrics::Counter},
};
use tokio::{net::TcpListener, time};

/// How long a slow order takes.
const SLOW: Duration = Duration::from_millis(120);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let _telemetry = otel_kit::init!()?;

    let meter = global::meter("shop");
    let orders =
        meter.u64_counter("shop.orders").with_description("Orders taken").with_unit("{order}").build();
    let app = Router::new().route("/orders/{kind}", get(order)).with_state(orders).layer(OtelLayer::new());

    let listener = TcpListener::bind(std::env::var("LISTEN")?).await?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    axum::serve(listener, app).with_graceful_shutdown(otel_kit::shutdown_signal()).await?;
    Ok(())
}

async fn order(State(orders): State<Counter<u64>>, Path(kind): Path<String>) -> &'static str {
    if kind == "slow" {
        time::sleep(SLOW).await;
    }
    orders.add(1, &[KeyValue::new("shop.order.kind", kind)]);
    "thanks"
}
