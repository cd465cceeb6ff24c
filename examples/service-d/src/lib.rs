//! Prices: a leaf service, now and then slow.

use std::time::Duration;

use axum::{Json, Router, extract::Path, http::StatusCode, routing::get};
use otel_kit::axum::OtelLayer;
use serde_json::{Value, json};
use tower_http::{catch_panic::CatchPanicLayer, request_id::PropagateRequestIdLayer, timeout::TimeoutLayer};

/// The product whose price takes long to find.
pub const SLOW_PRODUCT: u64 = 7;

/// `GET /prices/{product}` and a health check.
pub fn router() -> Router {
    Router::new()
        .route("/prices/{product}", get(price))
        .route("/healthz", get(async || "ok"))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(5)))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(OtelLayer::new())
}

async fn price(Path(product): Path<u64>) -> Json<Value> {
    let cents = look_up(product).await;
    tracing::info!(product, cents, "price found");
    Json(json!({ "product": product, "cents": cents }))
}

/// A span of its own: `tracing` spans nest in those of the layer.
#[tracing::instrument]
async fn look_up(product: u64) -> u64 {
    if product == SLOW_PRODUCT {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    product * 100 + 99
}
