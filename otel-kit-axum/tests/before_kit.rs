//! A layer that is older than the kit. Alone in its file, because it installs the global kit.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use axum::{Router, body::Body, routing::get};
use http::Request;
use opentelemetry::{Context, trace::TraceContextExt};
use otel_kit_axum::OtelLayer;
use otel_kit_testing::Telemetry;
use tower::ServiceExt;

#[tokio::test]
async fn requests_pass_untouched_until_a_kit_is_installed() {
    let telemetry = Telemetry::new();
    let app = Router::new()
        .route("/", get(|| async { Context::map_current(|context| context.has_active_span()).to_string() }))
        .layer(OtelLayer::new());
    let ask = async || {
        let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let request = Request::builder().header("traceparent", traceparent).body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        String::from_utf8(axum::body::to_bytes(response.into_body(), 9).await.unwrap().to_vec()).unwrap()
    };
    assert_eq!(ask().await, "false");
    telemetry.kit().clone().install().unwrap();
    assert_eq!(telemetry.spans(), []);
    assert_eq!(ask().await, "true");
    assert_eq!(support::server_span(&telemetry).await.name, "GET /");
}
