//! What a flood of requests, all different, leaves in memory.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::net::SocketAddr;

use axum::{Router, body::Body, extract::ConnectInfo, routing::get};
use http::{Method, Request};
use otel_kit_axum::OtelLayer;
use otel_kit_core::settings::{Inbound, Settings};
use otel_kit_testing::Telemetry;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

/// Nothing in it is like anything in another one.
fn request(number: u32) -> Request<Body> {
    let method = if number.is_multiple_of(2) { "GET".to_owned() } else { format!("M{number}") };
    let path =
        if number.is_multiple_of(3) { format!("/orders/{number}") } else { format!("/{number}?q={number}") };
    let mut request = Request::builder()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(path)
        .header("host", format!("h{number}.example:{}", number % 60_000))
        .header("user-agent", format!("agent/{number}"))
        .header("x-forwarded-for", format!("2001:db8::{:x}", number % 0xffff))
        .header("forwarded", format!("for=_{number};host=h{number}"))
        .header("traceparent", format!("00-{:032x}-{:016x}-00", number + 1, number + 1))
        .header("tracestate", format!("vendor={number}"))
        .header("baggage", format!("tenant{number}={number}"))
        .body(Body::empty())
        .unwrap();
    let peer = SocketAddr::from(((number ^ 0x0a00_0000).to_be_bytes(), 4711));
    request.extensions_mut().insert(ConnectInfo(peer));
    request
}

fn flood(runtime: &Runtime, app: &Router, numbers: std::ops::Range<u32>) {
    runtime.block_on(async {
        for number in numbers {
            app.clone().oneshot(request(number)).await.unwrap();
        }
    });
}

#[test]
fn a_hundred_thousand_requests_that_are_all_different_leave_no_more_than_the_first_thousand_did() {
    let runtime = Builder::new_current_thread().build().unwrap();
    for inbound in [Inbound::Parent, Inbound::Link, Inbound::Ignore] {
        let mut settings = Settings::default();
        settings.http_server.inbound = inbound;
        settings.http_server.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        // Spans in memory would hide what the layer keeps.
        let telemetry = Telemetry::builder().settings(settings).sample_ratio(0.0).build();
        let app = Router::new()
            .route("/orders/{id}", get(async || {}))
            .layer(OtelLayer::new().with(telemetry.kit()));
        flood(&runtime, &app, 0..1_000);
        let memory = allocation_counter::measure(|| flood(&runtime, &app, 1_000..35_000));
        assert!(memory.count_total > 300_000, "it counts: {memory:?}");
        assert!(memory.bytes_current < KEPT, "{inbound}: {memory:?}");
    }
}

/// The caches of texts and addresses, each with a fixed number of places, have other texts in them now.
const KEPT: i64 = 16 << 10;
