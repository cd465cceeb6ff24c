//! The router may be built before there is a kit.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use axum::{Router, body::Body, http::Request};
use http_body_util::BodyExt;
use support::{counting_kit, line};
use tower::ServiceExt;

#[tokio::test]
async fn a_router_finds_the_kit_that_is_installed_later() {
    let app: Router = otel_kit_prometheus::router();
    let scrape = || app.clone().oneshot(Request::get("/metrics").body(Body::empty()).unwrap());
    assert_eq!(scrape().await.unwrap().status(), 503);

    counting_kit().install().unwrap();
    let answer = scrape().await.unwrap();
    assert_eq!(answer.status(), 200);
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(body.ends_with(line(1).as_bytes()));
}
