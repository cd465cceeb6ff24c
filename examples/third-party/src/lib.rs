//! A payment API outside the company, as the other services see it.

use std::time::Duration;

use axum::{Json, Router, extract::Path, http::StatusCode, routing::get};
use otel_kit::axum::OtelLayer;
use serde_json::{Value, json};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

/// Payments of this customer cannot be told: the provider is in maintenance.
pub const CUSTOMER_IN_MAINTENANCE: u64 = 13;

/// `GET /payments/{customer}` and a health check.
pub fn router() -> Router {
    Router::new()
        .route("/payments/{customer}", get(payments))
        .route("/healthz", get(async || "ok"))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(5)))
        .layer(OtelLayer::new())
}

async fn payments(Path(customer): Path<u64>) -> Result<Json<Value>, StatusCode> {
    if customer == CUSTOMER_IN_MAINTENANCE {
        tracing::warn!(customer, "provider in maintenance");
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    tracing::info!(customer, "payments listed");
    Ok(Json(json!({ "customer": customer, "open": 0 })))
}
