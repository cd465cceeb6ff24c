//! Stock: tells Kafka what it counts; a span and metrics made by hand with the plain OpenTelemetry API.

mod events;
mod stock;

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use otel_kit::axum::OtelLayer;
use serde_json::{Value, json};
use tower_http::{catch_panic::CatchPanicLayer, request_id::PropagateRequestIdLayer, timeout::TimeoutLayer};

pub use crate::events::{Events, TOPIC};
use crate::stock::Stock;

/// The product whose shelf cannot be read: asking for it fails.
pub const BROKEN_PRODUCT: u64 = 11;

struct Service {
    events: Events,
    stock: Stock,
}

/// `GET /stock/{product}` and health checks.
pub fn router(events: Events) -> Router {
    Router::new()
        .route("/stock/{product}", get(count))
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready))
        .with_state(Arc::new(Service { events, stock: Stock::new() }))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(5)))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(OtelLayer::new())
}

async fn count(
    State(service): State<Arc<Service>>,
    Path(product): Path<u64>,
) -> Result<Json<Value>, StatusCode> {
    let Some(pieces) = service.stock.count(product) else {
        tracing::error!(product, "shelf cannot be read");
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    };
    service.events.counted(product, pieces).await.map_err(|error| {
        tracing::error!(%error, product, "nobody can be told of the count");
        StatusCode::SERVICE_UNAVAILABLE
    })?;
    tracing::info!(product, pieces, "stock counted");
    Ok(Json(json!({ "product": product, "pieces": pieces })))
}

async fn ready(State(service): State<Arc<Service>>) -> StatusCode {
    if service.events.is_ready().await { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
