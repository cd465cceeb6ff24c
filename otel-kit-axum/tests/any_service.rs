//! Services that are no router of axum, and routes given by hand.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::convert::Infallible;

use axum::{Router, body::Body};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use opentelemetry::Context;
use otel_kit_axum::{OtelLayer, route};
use otel_kit_core::LogContext;
use otel_kit_testing::Telemetry;
use support::server_span;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::{Layer, ServiceExt, service_fn};

async fn page<B>(_: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    let fields = Context::map_current(|context| LogContext::of(context).iter().count());
    Ok(Response::new(Full::from(fields.to_string())))
}

#[tokio::test]
async fn a_plain_tower_service_over_hyper_has_spans_and_metrics() {
    let telemetry = Telemetry::new();
    let layer = OtelLayer::new().with(telemetry.kit());
    let service = TowerToHyperService::new(layer.layer(route("/pages/{page}", service_fn(page))));
    let (mut client, server) = tokio::io::duplex(4096);
    tokio::spawn(async move {
        let connection =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(server), service);
        connection.await
    });
    client.write_all(b"GET /pages/7 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\r\n\r\n1"), "{answer}");
    let span = server_span(&telemetry).await;
    assert_eq!(
        (span.name.as_str(), span.attr("http.route").as_str()),
        ("GET /pages/{page}", Some("/pages/{page}"))
    );
    assert_eq!(span.attr("url.path"), "/pages/7");
}

#[tokio::test]
async fn a_nested_service_and_a_fallback_have_the_route_that_they_are_given() {
    let service = |template: &str| route(template, service_fn(page::<Body>));
    for (path, expected) in
        [("/static/a.css", "/static/{*path}"), ("/other", "/{*rest}"), ("/own/7", "/own/{id}")]
    {
        let telemetry = Telemetry::new();
        let app = Router::new()
            .nest_service("/static", service("/static/{*path}"))
            .route_service("/own/{id}", service("not this"))
            .fallback_service(service("/{*rest}"))
            .layer(OtelLayer::new().with(telemetry.kit()));
        app.oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let span = server_span(&telemetry).await;
        assert_eq!(span.name, format!("GET {expected}"));
        assert_eq!(span.attr("http.route"), expected);
    }
}

#[tokio::test]
async fn a_layer_inside_of_a_named_route_knows_it_from_the_start() {
    let telemetry = Telemetry::new();
    let service = route("/a/{b}", OtelLayer::new().with(telemetry.kit()).layer(service_fn(page::<Body>)));
    service.oneshot(Request::get("/a/7").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(server_span(&telemetry).await.name, "GET /a/{b}");
}
