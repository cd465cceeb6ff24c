//! Orders: reads them from a database and calls three services, one of them through a circuit breaker.

mod breaker;
mod database;
mod orders;
mod upstream;

use std::{sync::Arc, time::Duration};

use axum::{Router, http::StatusCode, routing::get};
use otel_kit::axum::OtelLayer;
use tower_http::{catch_panic::CatchPanicLayer, request_id::PropagateRequestIdLayer, timeout::TimeoutLayer};

use crate::orders::Orders;
pub use crate::{breaker::FALLBACK, database::Database, upstream::Urls};

/// `GET /orders/{id}`, `GET /orders/{id}/export` and health checks.
pub fn router(urls: Urls, database: Database) -> Router {
    Router::new()
        .route("/orders/{id}", get(orders::show))
        .route("/orders/{id}/export", get(orders::export))
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(orders::ready))
        .with_state(Arc::new(Orders::new(urls, database)))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(5)))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(OtelLayer::new())
}
