//! Sizes of bodies, where the settings ask for them.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{convert::Infallible, io};

use axum::{
    Router,
    body::Body,
    response::Response,
    routing::{get, post},
};
use bytes::Bytes;
use otel_kit_core::semconv::metric::{HTTP_SERVER_REQUEST_BODY_SIZE, HTTP_SERVER_RESPONSE_BODY_SIZE};
use otel_kit_testing::Telemetry;
use support::{Site, with_settings};
use tokio_stream::iter;

fn telemetry() -> Telemetry {
    with_settings(|settings| settings.http_server.body_size_metrics = true)
}

fn routes() -> Router {
    let chunks = || iter([Ok::<_, Infallible>(Bytes::from_static(b"abc")), Ok(Bytes::from_static(b"de"))]);
    let broken = || iter([Ok(Bytes::from_static(b"abc")), Err(io::Error::other("gone"))]);
    let long = async move || {
        Response::builder().header("content-length", 5).body(Body::from_stream(chunks())).unwrap()
    };
    Router::new()
        .route("/fixed", get(async || "hello").post(async |_: Bytes| "hello"))
        .route("/declared", get(long))
        .route("/stream", get(async move || Body::from_stream(chunks())))
        .route("/broken", get(async move || Body::from_stream(broken())))
        .route("/nothing", post(async |_: Bytes| http::StatusCode::NO_CONTENT))
        .route("/unread", post(async || http::StatusCode::NO_CONTENT))
}

/// Sums of the sizes of requests and of responses, after the span's attributes were found to be the same.
async fn sizes(request: &str, headers: &[&str], body: &[u8]) -> (Option<i64>, Option<i64>) {
    let site = Site::start_with(telemetry(), routes()).await;
    site.send_body(request, headers, body).await;
    let span = site.server_span().await;
    let of = |metric: &str, attribute: &str| {
        let size = span.attr(attribute).as_i64();
        let points = site.telemetry.metric(metric).map(|metric| metric.points).unwrap_or_default();
        assert_eq!(
            points.first().map(|point| point.sum.unwrap().to_string()),
            size.map(|size| size.to_string()),
            "{request} {attribute}"
        );
        if let Some(point) = points.first() {
            assert_eq!((points.len(), point.count), (1, 1));
            assert_eq!(point.attr("http.route"), span.attr("http.route"));
        }
        size
    };
    (
        of(HTTP_SERVER_REQUEST_BODY_SIZE, "http.request.body.size"),
        of(HTTP_SERVER_RESPONSE_BODY_SIZE, "http.response.body.size"),
    )
}

#[tokio::test]
async fn declared_and_counted_sizes_are_recorded_and_unknown_ones_are_not() {
    assert_eq!(sizes("GET /fixed", &[], b"").await, (Some(0), Some(5)));
    assert_eq!(sizes("GET /declared", &[], b"").await, (Some(0), Some(5)));
    assert_eq!(sizes("GET /stream", &[], b"").await, (Some(0), Some(5)));
    assert_eq!(sizes("GET /broken", &[], b"").await, (Some(0), None));
    assert_eq!(sizes("HEAD /fixed", &[], b"").await, (Some(0), Some(0)));
    assert_eq!(sizes("POST /fixed", &["content-length: 3"], b"abc").await, (Some(3), Some(5)));
    assert_eq!(sizes("POST /nothing", &["content-length: 3"], b"abc").await, (Some(3), Some(0)));
    let chunked = ["transfer-encoding: chunked"];
    assert_eq!(sizes("POST /nothing", &chunked, b"3\r\nabc\r\n0\r\n\r\n").await, (Some(3), Some(0)));
    assert_eq!(sizes("POST /unread", &chunked, b"3\r\nabc\r\n0\r\n\r\n").await, (None, Some(0)));
    assert_eq!(sizes("POST /nothing", &chunked, b"3\r\nabc\r\nnonsense\r\n").await.0, None);
}

#[tokio::test]
async fn sizes_are_not_recorded_unless_asked_for() {
    let site = Site::start(routes()).await;
    site.send("GET /fixed", &[]).await;
    let span = site.server_span().await;
    assert!(span.attr("http.response.body.size").as_i64().is_none());
    assert!(site.telemetry.metric(HTTP_SERVER_RESPONSE_BODY_SIZE).is_none());
}
