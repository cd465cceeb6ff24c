//! What is measured, sampled or not.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use axum::{Router, body::Body, routing::get};
use http::{Request, StatusCode};
use otel_kit_axum::OtelLayer;
use otel_kit_core::semconv::metric::{
    DURATION_BUCKETS, HTTP_SERVER_ACTIVE_REQUESTS, HTTP_SERVER_REQUEST_DURATION,
};
use otel_kit_testing::{
    Telemetry,
    received::{Attributes, MetricKind},
};
use support::{Site, eventually};
use tower::ServiceExt;

fn sorted(attributes: &Attributes) -> Vec<String> {
    let mut texts: Vec<_> = attributes.iter().map(|(key, value)| format!("{key}={value}")).collect();
    texts.sort();
    texts
}

#[tokio::test]
async fn the_duration_has_the_unit_the_buckets_and_the_attributes_of_the_convention() {
    let site = Site::start(Router::new().route("/orders/{id}", get(|| async { "order" }))).await;
    site.send("GET /orders/7", &[]).await;
    site.server_span().await;
    let duration = site.telemetry.metric(HTTP_SERVER_REQUEST_DURATION).unwrap();
    assert_eq!((duration.kind, duration.unit.as_str()), (MetricKind::Histogram, "s"));
    assert_eq!(duration.scope.name, "otel-kit-axum");
    let [point] = &duration.points[..] else { panic!("{duration:?}") };
    assert_eq!(point.bounds, DURATION_BUCKETS);
    let expected = [
        "http.request.method=GET",
        "http.response.status_code=200",
        "http.route=/orders/{id}",
        "network.protocol.version=1.1",
        "url.scheme=http",
    ];
    assert_eq!(sorted(&point.attributes), expected);
}

#[tokio::test]
async fn requests_under_way_are_counted_by_method_and_scheme() {
    let site = Site::start(Router::new().route("/slow", get(std::future::pending::<()>))).await;
    let clients = [site.open("GET /slow", &[]).await, site.open("GET /slow", &[]).await];
    eventually("two requests", || (support::active(&site.telemetry) == 2).then_some(())).await;
    let active = site.telemetry.metric(HTTP_SERVER_ACTIVE_REQUESTS).unwrap();
    assert_eq!((active.kind, active.unit.as_str()), (MetricKind::Sum { monotonic: false }, "{request}"));
    let [point] = &active.points[..] else { panic!("{active:?}") };
    assert_eq!(sorted(&point.attributes), ["http.request.method=GET", "url.scheme=http"]);
    drop(clients);
    eventually("no request", || (support::active(&site.telemetry) == 0).then_some(())).await;
}

#[tokio::test]
async fn each_route_method_and_status_is_a_series_of_its_own() {
    let telemetry = Telemetry::builder().sample_ratio(0.0).build();
    let teapot = || async { StatusCode::IM_A_TEAPOT };
    let app = Router::new()
        .route("/a", get(|| async {}).post(teapot))
        .route("/b", get(teapot))
        .layer(OtelLayer::new().with(telemetry.kit()));
    for _ in 0..3 {
        for (method, path) in [("GET", "/a"), ("POST", "/a"), ("GET", "/b"), ("GET", "/c")] {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            app.clone().oneshot(request).await.unwrap();
        }
    }
    let mut series: Vec<_> = support::durations(&telemetry)
        .iter()
        .map(|point| {
            let text = |key| point.attr(key).as_str().unwrap_or("-").to_owned();
            let status = point.attr("http.response.status_code").as_i64().unwrap();
            (text("http.request.method"), text("http.route"), status, point.count)
        })
        .collect();
    series.sort();
    let expected = [("GET", "-", 404), ("GET", "/a", 200), ("GET", "/b", 418), ("POST", "/a", 418)];
    let expected = expected.map(|(method, route, status)| (method.to_owned(), route.to_owned(), status, 3));
    assert_eq!(series, expected);
    assert_eq!(telemetry.spans(), []);
    assert_eq!(support::active(&telemetry), 0);
}

#[tokio::test]
async fn the_duration_leads_to_a_trace_if_it_is_sampled() {
    let site = Site::start(Router::new().route("/", get(|| async { "home" }))).await;
    site.send("GET /", &[]).await;
    let span = site.server_span().await;
    let duration = site.telemetry.metric(HTTP_SERVER_REQUEST_DURATION).unwrap();
    let [exemplar] = &duration.points[0].exemplars[..] else { panic!("{duration:?}") };
    assert_eq!((&exemplar.trace_id, &exemplar.span_id), (&span.trace_id, &span.span_id));
    assert_eq!(exemplar.value.as_f64(), duration.points[0].sum);
}
