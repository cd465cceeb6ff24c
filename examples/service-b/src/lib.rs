//! Stock: a span and metrics made by hand with the plain OpenTelemetry API.

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

use crate::stock::Stock;

/// The product whose shelf cannot be read: asking for it fails.
pub const BROKEN_PRODUCT: u64 = 11;

/// `GET /stock/{product}` and a health check.
pub fn router() -> Router {
    Router::new()
        .route("/stock/{product}", get(count))
        .route("/healthz", get(async || "ok"))
        .with_state(Arc::new(Stock::new()))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(5)))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(OtelLayer::new())
}

async fn count(State(stock): State<Arc<Stock>>, Path(product): Path<u64>) -> Result<Json<Value>, StatusCode> {
    let Some(pieces) = stock.count(product) else {
        tracing::error!(product, "shelf cannot be read");
        return Err(StatusCode::INTERNAL_SERVER_ERROR);
    };
    tracing::info!(product, pieces, "stock counted");
    Ok(Json(json!({ "product": product, "pieces": pieces })))
}
