//! Counts: takes them from Kafka and keeps them in a database.

mod counts;
mod database;

use std::time::Duration;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    routing::get,
};
use otel_kit::axum::OtelLayer;
use serde_json::{Value, json};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

pub use crate::{
    counts::{Counts, TOPIC},
    database::Database,
};

/// `GET /counts/{product}` and health checks.
pub fn router(counts: Counts) -> Router {
    Router::new()
        .route("/counts/{product}", get(count))
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready))
        .with_state(counts)
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(5)))
        .layer(OtelLayer::new())
}

async fn count(State(counts): State<Counts>, Path(product): Path<i64>) -> Result<Json<Value>, StatusCode> {
    let times = counts.times(product).await.map_err(|error| {
        tracing::error!(%error, "database failed");
        StatusCode::SERVICE_UNAVAILABLE
    })?;
    Ok(Json(json!({ "product": product, "times": times })))
}

async fn ready(State(counts): State<Counts>) -> StatusCode {
    if counts.is_ready().await { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }
}
