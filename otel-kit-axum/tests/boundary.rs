//! What a stranger can and cannot do with the headers of a request.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::net::SocketAddr;

use axum::{Router, body::Body, extract::ConnectInfo, routing::get};
use http::{HeaderMap, HeaderName, Request};
use opentelemetry::{Context, KeyValue, baggage::BaggageExt, trace::FutureExt};
use otel_kit_axum::OtelLayer;
use otel_kit_core::{
    Kit,
    settings::{Inbound, InboundRule, Settings},
};
use otel_kit_testing::{Telemetry, received::ReceivedSpan};
use support::{server_span, with_settings};
use tower::ServiceExt;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SAMPLED: (&str, &str) = ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
const STATE: (&str, &str) = ("tracestate", "vendor=1");

/// The baggage that goes out of a handler.
async fn outbound(telemetry: &Telemetry, path: &str, peer: &str, headers: &[(&str, &str)]) -> Option<String> {
    let (sender, seen) = std::sync::mpsc::channel();
    let look = |kit: Kit| {
        move || {
            let mut headers = HeaderMap::new();
            Context::map_current(|context| kit.propagator().inject_headers(context, &mut headers));
            let baggage = headers.get("baggage").map(|value| value.to_str().unwrap().to_owned());
            sender.send(baggage).unwrap();
            std::future::ready(())
        }
    };
    let handler = look(telemetry.kit().clone());
    let app = Router::new().fallback(get(handler)).layer(OtelLayer::new().with(telemetry.kit()));
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711)));
    app.oneshot(request).await.unwrap();
    seen.try_recv().unwrap()
}

async fn span_of(change: impl FnOnce(&mut Settings), path: &str, peer: &str, header: &str) -> ReceivedSpan {
    let telemetry = with_settings(change);
    outbound(&telemetry, path, peer, &[SAMPLED, STATE, (header, "1")]).await;
    server_span(&telemetry).await
}

fn edge(settings: &mut Settings) {
    let header = HeaderName::from_static("x-partner");
    settings.http_server.inbound = Inbound::Ignore;
    settings.http_server.inbound_rules = vec![
        InboundRule::new(Inbound::Ignore).path_prefix("/internal/hidden"),
        InboundRule::new(Inbound::Parent).path_prefix("/internal").peer("10.0.0.0/8".parse().unwrap()),
        InboundRule::new(Inbound::Link).header(header),
    ];
}

#[tokio::test]
async fn the_first_rule_that_matches_path_peer_and_header_decides() {
    let cases = [
        ("/internal/a", "10.0.0.1", "x-other", "parent"),
        ("/internal/a", "::ffff:10.0.0.1", "x-other", "parent"),
        ("/internal/hidden", "10.0.0.1", "x-other", "ignore"),
        ("/internals", "10.0.0.1", "x-other", "ignore"),
        ("/internal/a", "192.0.2.1", "x-other", "ignore"),
        ("/internal/a", "192.0.2.1", "x-partner", "link"),
        ("/", "192.0.2.1", "x-partner", "link"),
    ];
    for (path, peer, header, expected) in cases {
        let span = span_of(edge, path, peer, header).await;
        let found = match (span.trace_id == TRACE, span.links.len()) {
            (true, 0) => "parent",
            (false, 1) => "link",
            (false, 0) => "ignore",
            _ => "both",
        };
        assert_eq!(found, expected, "{path} {peer} {header}");
    }
}

#[tokio::test]
async fn a_stranger_cannot_force_sampling() {
    for inbound in [Inbound::Link, Inbound::Ignore] {
        let mut settings = Settings::default();
        settings.http_server.inbound = inbound;
        let telemetry = Telemetry::builder().settings(settings).sample_ratio(0.0).build();
        outbound(&telemetry, "/", "192.0.2.1", &[SAMPLED]).await;
        assert_eq!(telemetry.spans(), [], "{inbound}");
        assert_eq!(support::durations(&telemetry).len(), 1);
    }
}

#[tokio::test]
async fn a_link_carries_nothing_of_the_strangers_but_the_ids() {
    let span = span_of(|settings| settings.http_server.inbound = Inbound::Link, "/", "192.0.2.1", "x").await;
    let [link] = &span.links[..] else { panic!("{span:?}") };
    assert_eq!(link.trace_id, TRACE);
    assert!(!format!("{span:?}").contains("vendor"), "{span:?}");
}

#[tokio::test]
async fn a_strangers_headers_make_no_series_of_metrics() {
    let telemetry = with_settings(edge);
    for number in 0..200 {
        let host = format!("{number}.example");
        let proto = format!("p{number}");
        let claims = [("host", &*host), ("x-forwarded-proto", &*proto), ("x-forwarded-host", &*host)];
        outbound(&telemetry, &format!("/{number}"), "192.0.2.1", &claims).await;
    }
    assert_eq!(support::durations(&telemetry).len(), 1);
}

#[tokio::test]
async fn only_allowed_baggage_is_taken_from_a_parent_and_what_is_around_the_router_stays() {
    let sent = [SAMPLED, ("baggage", "tenant=acme;p=1,role=admin")];
    let cases = [
        (None, Some("tenant=acme;p=1,role=admin")),
        (Some(&["tenant"][..]), Some("tenant=acme;p=1")),
        (Some(&["other"]), None),
        (Some(&[]), None),
    ];
    for (allowed, expected) in cases {
        let telemetry = with_settings(|settings| {
            let allowed = allowed.map(|names| names.iter().map(ToString::to_string).collect());
            settings.http_server.baggage = allowed;
        });
        let seen = outbound(&telemetry, "/", "10.0.0.1", &sent).await;
        assert_eq!(seen.as_deref(), expected, "{allowed:?}");
        assert_eq!(server_span(&telemetry).await.trace_id, TRACE);
    }
    let telemetry = with_settings(|settings| settings.http_server.baggage = Some(vec!["other".to_owned()]));
    let around = Context::new().with_baggage([KeyValue::new("mine", "1")]);
    let seen = outbound(&telemetry, "/", "10.0.0.1", &sent).with_context(around).await;
    assert_eq!(seen.as_deref(), Some("mine=1"));
}

#[tokio::test]
async fn baggage_is_dropped_where_the_caller_is_no_parent_even_if_it_is_allowed() {
    for inbound in [Inbound::Link, Inbound::Ignore] {
        let telemetry = with_settings(|settings| {
            settings.http_server.inbound = inbound;
            settings.http_server.baggage = Some(vec!["tenant".to_owned()]);
        });
        let seen = outbound(&telemetry, "/", "10.0.0.1", &[SAMPLED, ("baggage", "tenant=acme")]).await;
        assert_eq!(seen, None);
    }
}
