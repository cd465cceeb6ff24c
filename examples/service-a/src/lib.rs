//! Orders: calls three services, one of them through a circuit breaker.

mod breaker;
mod orders;
mod upstream;

use std::{sync::Arc, time::Duration};

use axum::{Router, http::StatusCode, routing::get};
use otel_kit::axum::OtelLayer;
use tower_http::{catch_panic::CatchPanicLayer, request_id::PropagateRequestIdLayer, timeout::TimeoutLayer};

use crate::orders::Orders;
pub use crate::{breaker::FALLBACK, upstream::Urls};

/// `GET /orders/{id}`, `GET /orders/{id}/export` and a health check.
pub fn router(urls: Urls) -> Router {
    Router::new()
        .route("/orders/{id}", get(orders::show))
        .route("/orders/{id}/export", get(orders::export))
        .route("/healthz", get(async || "ok"))
        .with_state(Arc::new(Orders::new(urls)))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(5)))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(OtelLayer::new())
}
