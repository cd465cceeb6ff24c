//! The public edge: passes requests on to the orders.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{OriginalUri, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::Response,
    routing::get,
};
use otel_kit::{axum::OtelLayer, reqwest::ClientWithMiddleware};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::CorsLayer,
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    timeout::TimeoutLayer,
};

const REQUEST_ID: &str = "x-request-id";

struct Gateway {
    client: ClientWithMiddleware,
    orders: String,
}

/// `GET /orders/{id}`, `GET /orders/{id}/export` and a health check; `orders` is the base URL of service A.
pub fn router(orders: String) -> Router {
    let client = otel_kit::reqwest::client(reqwest::Client::new());
    Router::new()
        .route("/orders/{id}", get(pass_on))
        .route("/orders/{id}/export", get(pass_on))
        .route("/healthz", get(async || "ok"))
        .with_state(Arc::new(Gateway { client, orders }))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_secs(10)))
        .layer(CompressionLayer::new())
        .layer(CorsLayer::permissive())
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(OtelLayer::new())
}

async fn pass_on(
    State(gateway): State<Arc<Gateway>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, StatusCode> {
    tracing::info!(path = uri.path(), "request passed on");
    let mut request = gateway.client.get(format!("{}{uri}", gateway.orders));
    if let Some(id) = headers.get(REQUEST_ID) {
        request = request.header(REQUEST_ID, id);
    }
    let answer = request.send().await.map_err(|error| {
        tracing::error!(%error, "orders cannot be reached");
        StatusCode::BAD_GATEWAY
    })?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    if let Some(kind) = answer.headers().get(CONTENT_TYPE) {
        response.headers_mut().insert(CONTENT_TYPE, kind.clone());
    }
    *response.body_mut() = Body::from_stream(answer.bytes_stream());
    Ok(response)
}
