//! Names, kinds and attributes of server spans, as the conventions say.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use axum::{
    Router,
    body::Body,
    routing::{any, get},
};
use http::{HeaderName, Request, Version};
use http_body_util::{BodyExt, Empty};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use opentelemetry::trace::{SpanKind, Status};
use otel_kit_axum::OtelLayer;
use otel_kit_core::{
    semconv::{
        SCHEMA_URL,
        attribute::{HTTP_REQUEST_HEADER, HTTP_RESPONSE_HEADER},
    },
    settings::{HeaderAllowList, KnownMethods, UrlPolicy},
};
use otel_kit_testing::{Telemetry, received::ReceivedSpan};
use support::{Site, server_span, with_settings};
use tower::ServiceExt;

fn orders() -> Router {
    Router::new().route("/orders/{id}", any(|| async { [("x-cache", "hit")] }))
}

/// The span of one request, made in the process.
async fn span_with(telemetry: &Telemetry, request: Request<Body>) -> ReceivedSpan {
    orders().layer(OtelLayer::new().with(telemetry.kit())).oneshot(request).await.unwrap();
    server_span(telemetry).await
}

async fn span_of(request: http::request::Builder) -> ReceivedSpan {
    span_with(&Telemetry::new(), request.body(Body::empty()).unwrap()).await
}

fn to(uri: &str) -> http::request::Builder {
    Request::builder().uri(uri)
}

fn keys(span: &ReceivedSpan) -> Vec<&str> {
    let mut keys: Vec<_> = span.attributes.keys().collect();
    keys.sort_unstable();
    keys
}

#[tokio::test]
async fn a_request_over_a_socket_has_all_attributes_of_the_convention() {
    let site = Site::start(orders()).await;
    site.send("GET /orders/7?page=2", &["user-agent: curl/8.5.0"]).await;
    let span = site.server_span().await;
    assert_eq!((span.name.as_str(), span.kind.clone()), ("GET /orders/{id}", SpanKind::Server));
    assert_eq!(span.status, Status::Unset);
    assert_eq!(
        (span.scope.name.as_str(), span.scope.version.as_str()),
        ("otel-kit-axum", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!(span.scope.schema_url, SCHEMA_URL);
    let expected = [
        "client.address",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "network.peer.address",
        "network.peer.port",
        "network.protocol.version",
        "server.address",
        "server.port",
        "url.path",
        "url.query",
        "url.scheme",
        "user_agent.original",
    ];
    assert_eq!(keys(&span), expected);
    assert_eq!(span.attr("client.address"), "127.0.0.1");
    assert_eq!(span.attr("http.request.method"), "GET");
    assert_eq!(span.attr("http.response.status_code"), 200);
    assert_eq!(span.attr("http.route"), "/orders/{id}");
    assert_eq!(span.attr("network.peer.address"), "127.0.0.1");
    assert!(span.attr("network.peer.port").as_i64().is_some_and(|port| port > 0));
    assert_eq!(span.attr("network.protocol.version"), "1.1");
    assert_eq!(span.attr("server.address"), "127.0.0.1");
    assert_eq!(span.attr("server.port"), site.address.port());
    assert_eq!(span.attr("url.path"), "/orders/7");
    assert_eq!(span.attr("url.query"), "page=2");
    assert_eq!(span.attr("url.scheme"), "http");
    assert_eq!(span.attr("user_agent.original"), "curl/8.5.0");
}

#[tokio::test]
async fn what_is_unknown_is_absent() {
    let span = span_of(to("/other?").header("user-agent", "")).await;
    assert_eq!(span.name, "GET");
    let expected = [
        "http.request.method",
        "http.response.status_code",
        "network.protocol.version",
        "url.path",
        "url.scheme",
    ];
    assert_eq!(keys(&span), expected);
}

#[tokio::test]
async fn http_2_is_version_2_and_its_authority_is_the_server() {
    let site = Site::start(orders()).await;
    let client = Client::builder(TokioExecutor::new()).http2_only(true).build_http::<Empty<bytes::Bytes>>();
    let uri = format!("http://{}/orders/7", site.address).parse().unwrap();
    client.get(uri).await.unwrap().into_body().collect().await.unwrap();
    let span = site.server_span().await;
    assert_eq!(span.attr("network.protocol.version"), "2");
    assert_eq!(span.attr("server.address"), "127.0.0.1");
    assert_eq!(span.attr("server.port"), site.address.port());
    assert_eq!(span.attr("url.scheme"), "http");
    let point = support::duration(&site.telemetry);
    assert_eq!(point.attr("network.protocol.version"), "2");
}

#[tokio::test]
async fn each_version_has_its_name() {
    for (version, name) in [(Version::HTTP_10, "1.0"), (Version::HTTP_11, "1.1"), (Version::HTTP_3, "3")] {
        assert_eq!(span_of(to("/orders/7").version(version)).await.attr("network.protocol.version"), name);
    }
}

#[tokio::test]
async fn the_server_is_the_one_that_was_asked_for() {
    let cases = [
        ("/orders/7", Some("shop.example"), Some(("shop.example", 80))),
        ("/orders/7", Some("shop.example:8080"), Some(("shop.example", 8080))),
        ("/orders/7", Some("[2001:db8::1]:8080"), Some(("2001:db8::1", 8080))),
        ("/orders/7", Some("[::1]"), Some(("::1", 80))),
        ("https://shop.example/orders/7", Some("other.example"), Some(("shop.example", 443))),
        ("/orders/7", Some("user@shop.example"), None),
        ("/orders/7", Some("shop.example:port"), None),
        ("/orders/7", None, None),
    ];
    for (uri, host, expected) in cases {
        let mut request = to(uri);
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let span = span_of(request).await;
        let server = span.attr("server.address").as_str().zip(span.attr("server.port").as_i64());
        assert_eq!(server, expected, "{uri} {host:?}");
    }
}

#[tokio::test]
async fn the_scheme_is_https_only_where_the_uri_says_so() {
    let cases = [
        ("/orders/7", "http"),
        ("http://h/orders/7", "http"),
        ("https://h/orders/7", "https"),
        ("x://h/orders/7", "http"),
    ];
    for (uri, scheme) in cases {
        let telemetry = Telemetry::new();
        let span = span_with(&telemetry, to(uri).body(Body::empty()).unwrap()).await;
        assert_eq!(span.attr("url.scheme"), scheme, "{uri}");
        assert_eq!(support::duration(&telemetry).attr("url.scheme"), scheme, "{uri}");
    }
}

#[tokio::test]
async fn secret_values_of_the_query_are_masked() {
    let span = span_of(to("/orders/7?sig=abc&page=2&Password=x")).await;
    assert_eq!(span.attr("url.query"), "sig=REDACTED&page=2&Password=REDACTED");

    let telemetry = with_settings(|settings| settings.http_server.url_policy = UrlPolicy::new(["page"]));
    let span = span_with(&telemetry, to("/orders/7?sig=abc&page=2").body(Body::empty()).unwrap()).await;
    assert_eq!(span.attr("url.query"), "sig=abc&page=REDACTED");
}

#[tokio::test]
async fn an_unknown_method_is_one_word_and_its_text_is_kept_beside() {
    for method in ["get", "PROPFIND", "_OTHER"] {
        let telemetry = Telemetry::new();
        let span = span_with(&telemetry, to("/orders/7").method(method).body(Body::empty()).unwrap()).await;
        assert_eq!(span.name, "HTTP /orders/{id}");
        assert_eq!(span.attr("http.request.method"), "_OTHER");
        let original = Some(method).filter(|method| *method != "_OTHER");
        assert_eq!(span.attr("http.request.method_original").as_str(), original);
        assert_eq!(support::duration(&telemetry).attr("http.request.method"), "_OTHER");
    }
}

#[tokio::test]
async fn a_flood_of_unknown_methods_makes_no_more_series_than_one() {
    let telemetry = Telemetry::new();
    let app = orders().layer(OtelLayer::new().with(telemetry.kit()));
    for number in 0..100 {
        let request = to("/orders/7").method(format!("M{number}").as_str());
        app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    }
    let point = support::duration(&telemetry);
    assert_eq!(point.count, 100);
}

#[tokio::test]
async fn the_known_methods_are_those_of_the_settings() {
    let known =
        || with_settings(|settings| settings.http_server.known_methods = KnownMethods::new(["QUERY"]));
    for (method, name) in [("QUERY", "QUERY /orders/{id}"), ("GET", "HTTP /orders/{id}")] {
        let request = to("/orders/7").method(method).body(Body::empty()).unwrap();
        assert_eq!(span_with(&known(), request).await.name, name);
    }
}

#[tokio::test]
async fn only_allowed_headers_are_captured_and_all_their_values() {
    let telemetry = with_settings(|settings| {
        let names = |names: [&'static str; 2]| names.map(HeaderName::from_static);
        settings.http_server.captured_request_headers =
            HeaderAllowList::new(HTTP_REQUEST_HEADER, names(["x-tenant", "x-absent"]));
        settings.http_server.captured_response_headers =
            HeaderAllowList::new(HTTP_RESPONSE_HEADER, names(["x-cache", "x-absent"]));
    });
    let request =
        to("/orders/7").header("x-tenant", "a").header("x-tenant", "b").header("authorization", "secret");
    let span = span_with(&telemetry, request.body(Body::empty()).unwrap()).await;
    assert_eq!(span.attr("http.request.header.x-tenant"), ["a", "b"]);
    assert_eq!(span.attr("http.response.header.x-cache"), ["hit"]);
    assert_eq!(keys(&span).iter().filter(|key| key.contains(".header.")).count(), 2);
}

#[tokio::test]
async fn forwarding_headers_are_not_believed() {
    let site = Site::start(orders()).await;
    let claims = ["x-forwarded-for: 203.0.113.9", "x-forwarded-proto: https", "forwarded: for=203.0.113.9"];
    site.send("GET /orders/7", &claims).await;
    let span = site.server_span().await;
    assert_eq!(span.attr("client.address"), "127.0.0.1");
    assert_eq!(span.attr("url.scheme"), "http");
}

#[tokio::test]
async fn a_route_without_parameters_is_the_path() {
    let telemetry = Telemetry::new();
    let app = Router::new().route("/health", get(|| async {})).layer(OtelLayer::new().with(telemetry.kit()));
    app.oneshot(to("/health").body(Body::empty()).unwrap()).await.unwrap();
    let span = server_span(&telemetry).await;
    assert_eq!(span.attr("url.path"), "/health");
    assert_eq!(span.attr("http.route"), "/health");
}
