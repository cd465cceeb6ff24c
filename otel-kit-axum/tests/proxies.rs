//! Who is believed about whom a request comes from.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::net::SocketAddr;

use axum::{Router, body::Body, extract::ConnectInfo};
use http::Request;
use otel_kit_axum::OtelLayer;
use support::{duration, server_span, with_settings};
use tower::ServiceExt;

const PROXY: &str = "10.0.0.1";
const STRANGER: &str = "192.0.2.66";

/// Client, scheme, server and port on the span of a request with these headers from this peer, where
/// `10.0.0.0/8` and `2001:db8:1::/48` are trusted.
async fn origin(peer: &str, headers: &[&str]) -> String {
    let telemetry = with_settings(|settings| {
        let networks = ["10.0.0.0/8", "2001:db8:1::/48"];
        settings.http_server.trusted_proxies = networks.map(|network| network.parse().unwrap()).into();
    });
    let mut request = Request::get("/").header("host", "inside:8080");
    for line in headers {
        let (name, value) = line.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
    let app: Router = Router::new().layer(OtelLayer::new().with(telemetry.kit()));
    app.oneshot(request).await.unwrap();
    let span = server_span(&telemetry).await;
    assert_eq!(span.attr("network.peer.address"), peer);
    let point = duration(&telemetry);
    assert_eq!(point.attr("url.scheme"), span.attr("url.scheme"));
    let show = |key| span.attr(key).as_str().unwrap_or("-").to_owned();
    let port = span.attr("server.port").as_i64().unwrap();
    format!("{} {} {}:{port}", show("client.address"), show("url.scheme"), show("server.address"))
}

#[tokio::test]
async fn the_client_is_the_last_address_from_the_right_that_is_no_proxy() {
    let cases: [(&[&str], &str); 9] = [
        (&[], "10.0.0.1 http inside:8080"),
        (&["x-forwarded-for: 203.0.113.9"], "203.0.113.9 http inside:8080"),
        (&["x-forwarded-for: 1.1.1.1, 203.0.113.9, 10.0.0.7"], "203.0.113.9 http inside:8080"),
        (
            &["x-forwarded-for: 1.1.1.1", "x-forwarded-for: 203.0.113.9:99, 10.0.0.7"],
            "203.0.113.9 http inside:8080",
        ),
        (&["x-forwarded-for: 10.0.0.8, 10.0.0.7"], "10.0.0.8 http inside:8080"),
        (&["x-forwarded-for: 2001:db8::9, 2001:db8:1::2"], "2001:db8::9 http inside:8080"),
        (&["forwarded: for=1.1.1.1, for=\"[2001:db8::9]:99\""], "2001:db8::9 http inside:8080"),
        (
            &["forwarded: for=1.1.1.1", "forwarded: for=203.0.113.9", "forwarded: for=10.9.9.9"],
            "203.0.113.9 http inside:8080",
        ),
        (&["forwarded: for=\"[2001:db8::9]\", for=\"[2001:db8:1::7]:_p\""], "2001:db8::9 http inside:8080"),
    ];
    for (headers, expected) in cases {
        assert_eq!(origin(PROXY, headers).await, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn scheme_and_server_are_those_that_the_client_asked_for() {
    let cases: [(&[&str], &str); 8] = [
        (&["forwarded: for=203.0.113.9;proto=https;host=shop.example"], "203.0.113.9 https shop.example:443"),
        (
            &["forwarded: for=203.0.113.9;host=\"shop.example:444\";proto=HTTPS, for=10.0.0.7;proto=http"],
            "203.0.113.9 https shop.example:444",
        ),
        (
            &["x-forwarded-for: 203.0.113.9", "x-forwarded-proto: https", "x-forwarded-host: shop.example"],
            "203.0.113.9 https shop.example:443",
        ),
        (
            &[
                "x-forwarded-for: 203.0.113.9, 10.0.0.7",
                "x-forwarded-proto: https, http",
                "x-forwarded-host: shop.example, b",
            ],
            "203.0.113.9 https shop.example:443",
        ),
        (
            &["x-forwarded-for: 1.1.1.1, 203.0.113.9", "x-forwarded-proto: https"],
            "203.0.113.9 https inside:8080",
        ),
        (&["x-forwarded-proto: https"], "10.0.0.1 https inside:8080"),
        (
            &["x-forwarded-for: 203.0.113.9", "x-forwarded-proto: gopher", "x-forwarded-host: a b"],
            "203.0.113.9 http inside:8080",
        ),
        (
            &["x-forwarded-for: 203.0.113.9", "forwarded: for=203.0.113.9;proto=https"],
            "203.0.113.9 https inside:8080",
        ),
    ];
    for (headers, expected) in cases {
        assert_eq!(origin(PROXY, headers).await, expected, "{headers:?}");
    }
}

#[tokio::test]
async fn a_stranger_is_not_believed() {
    for headers in [
        &["x-forwarded-for: 203.0.113.9", "x-forwarded-proto: https", "x-forwarded-host: evil"][..],
        &["forwarded: for=203.0.113.9;proto=https;host=evil"],
        &["x-forwarded-for: 10.0.0.1"],
    ] {
        assert_eq!(origin(STRANGER, headers).await, "192.0.2.66 http inside:8080", "{headers:?}");
    }
}

#[tokio::test]
async fn malformed_headers_are_ignored_and_hidden_clients_are_unknown() {
    for headers in [
        &["x-forwarded-for: nonsense"][..],
        &["x-forwarded-for: 203.0.113.9,"],
        &["x-forwarded-for: 203.0.113.9, 999.1.1.1"],
        &["forwarded: for=203.0.113.9;proto"],
        &["forwarded: for=\"203.0.113.9"],
        &["forwarded: for=somebody"],
    ] {
        assert_eq!(origin(PROXY, headers).await, "10.0.0.1 http inside:8080", "{headers:?}");
    }
    for headers in [
        &["forwarded: for=203.0.113.9, for=unknown;proto=https"][..],
        &["forwarded: for=_hidden;proto=https, for=10.0.0.7"],
        &["forwarded: for=\"_SEVKISEK\";proto=https"],
    ] {
        assert_eq!(origin(PROXY, headers).await, "- https inside:8080", "{headers:?}");
    }
}

#[tokio::test]
async fn where_two_kinds_of_headers_name_different_clients_neither_is_believed() {
    let headers = ["forwarded: for=1.1.1.1;proto=https;host=evil", "x-forwarded-for: 203.0.113.9"];
    assert_eq!(origin(PROXY, &headers).await, "10.0.0.1 http inside:8080");
}
