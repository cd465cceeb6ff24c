//! What the client is told about its trace.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use axum::{Router, body::Body, http::HeaderMap, routing::get};
use http::Request;
use otel_kit_axum::OtelLayer;
use otel_kit_core::settings::ResponseHeader;
use otel_kit_testing::Telemetry;
use support::{server_span, with_settings};
use tower::ServiceExt;

const UNSAMPLED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

async fn answer(telemetry: &Telemetry, traceparent: Option<&str>) -> HeaderMap {
    let handler = get(async || [("server-timing", "db;dur=5")]);
    let app = Router::new().route("/", handler).layer(OtelLayer::new().with(telemetry.kit()));
    let request = traceparent
        .into_iter()
        .fold(Request::get("/"), |request, value| request.header("traceparent", value));
    app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().headers().clone()
}

fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_trace_is_told_in_the_headers_of_the_settings_beside_the_handlers() {
    let telemetry = with_settings(|settings| {
        settings.http_server.response_headers =
            vec![ResponseHeader::Traceparent, ResponseHeader::ServerTiming];
    });
    let headers = answer(&telemetry, None).await;
    let span = server_span(&telemetry).await;
    let expected = format!("00-{}-{}-03", span.trace_id, span.span_id);
    assert_eq!(values(&headers, "traceparent"), std::slice::from_ref(&expected));
    assert_eq!(
        values(&headers, "server-timing"),
        ["db;dur=5".to_owned(), format!("trace;desc=\"{expected}\"")]
    );

    let headers = answer(&telemetry, Some(UNSAMPLED)).await;
    assert_eq!(values(&headers, "traceparent"), [UNSAMPLED]);
}

#[tokio::test]
async fn nothing_is_told_unless_asked_for() {
    let headers = answer(&Telemetry::new(), None).await;
    assert_eq!(values(&headers, "traceparent"), [""; 0]);
    assert_eq!(values(&headers, "server-timing"), ["db;dur=5"]);
}
