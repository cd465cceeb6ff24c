//! The layer over providers of the SDK itself, without what the kit puts around them.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use axum::{Router, body::Body, routing::get};
use http::Request;
use otel_kit_axum::OtelLayer;
use otel_kit_core::Kit;
use otel_kit_testing::Telemetry;
use tower::ServiceExt;

#[tokio::test]
async fn spans_and_metrics_come_out_of_a_bare_sdk() {
    let telemetry = Telemetry::new();
    let kit = Kit::builder()
        .tracer_provider(telemetry.tracer_provider().get_ref().clone())
        .meter_provider(telemetry.meter_provider().get_ref().clone())
        .build();
    let app = Router::new().route("/", get(|| async {})).layer(OtelLayer::new().with(&kit));
    app.oneshot(Request::new(Body::empty())).await.unwrap();
    assert_eq!(support::server_span(&telemetry).await.name, "GET /");
}

#[tokio::test]
async fn without_any_sdk_requests_pass() {
    let app = Router::new()
        .route("/", get(|| async { "fine" }))
        .layer(OtelLayer::new().with(&Kit::builder().build()));
    let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
    assert_eq!(axum::body::to_bytes(response.into_body(), 9).await.unwrap(), "fine");
}
