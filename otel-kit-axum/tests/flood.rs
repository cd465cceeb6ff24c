//! Requests that are all different, as an attacker sends them.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use axum::{Router, body::Body, routing::get};
use http::{Method, Request};
use otel_kit_axum::OtelLayer;
use otel_kit_core::semconv::metric::HTTP_SERVER_ACTIVE_REQUESTS;
use otel_kit_testing::Telemetry;
use tower::ServiceExt;

#[tokio::test]
async fn a_hundred_thousand_different_paths_and_methods_make_a_handful_of_series() {
    let telemetry = Telemetry::builder().sample_ratio(0.0).build();
    let app =
        Router::new().route("/orders/{id}", get(async || {})).layer(OtelLayer::new().with(telemetry.kit()));
    for number in 0..100_000_u32 {
        let (method, path) = match number % 4 {
            0 => (Method::GET, format!("/orders/{number}")),
            1 => (Method::GET, format!("/{number}")),
            2 => (Method::from_bytes(format!("M{number}").as_bytes()).unwrap(), format!("/orders/{number}")),
            _ => (Method::from_bytes(format!("M{number}").as_bytes()).unwrap(), format!("/{number}")),
        };
        let request = Request::builder().method(method).uri(path).header("host", format!("h{number}"));
        app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    }
    let durations = support::durations(&telemetry);
    assert_eq!(durations.len(), 4, "{durations:?}");
    assert_eq!(durations.iter().map(|point| point.count).sum::<u64>(), 100_000);
    let active = telemetry.metric(HTTP_SERVER_ACTIVE_REQUESTS).unwrap();
    assert_eq!((active.points.len(), support::active(&telemetry)), (2, 0));
}
