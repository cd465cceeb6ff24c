//! Headers of proxies, through the server's layer: believed only from whom they are believed.

#![no_main]

use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::LazyLock,
    task::{Context, Poll, Waker},
};

use axum::{body::Body, extract::ConnectInfo};
use http::{HeaderName, HeaderValue, Request, Response};
use libfuzzer_sys::fuzz_target;
use opentelemetry::Value;
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use otel_kit_axum::OtelLayer;
use otel_kit_core::{Kit, settings::Settings};
use otel_kit_fuzz::header_lines;
use tower::{Layer, ServiceExt, service_fn};

/// A kit that trusts its own network, and where its spans go.
static KIT: LazyLock<(Kit, InMemorySpanExporter)> = LazyLock::new(|| {
    let mut settings = Settings::default();
    settings.http_server.trusted_proxies = vec!["10.0.0.0/8".parse().expect("a network")];
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    (Kit::builder().tracer_provider(provider).settings(settings).build(), exporter)
});

fuzz_target!(|input: &[u8]| {
    let lines = header_lines(input);
    let bare: Vec<_> = lines.iter().filter(|(name, _)| !is_of_proxies(name)).cloned().collect();

    let stranger = origin(&served([192, 0, 2, 66], &lines, None));
    assert_eq!(stranger, origin(&served([192, 0, 2, 66], &bare, None)), "a stranger is believed");
    assert_eq!(stranger.client.as_deref(), Some("192.0.2.66"));

    let told = origin(&served([10, 0, 0, 1], &lines, None));
    assert!(matches!(told.scheme.as_deref(), Some("http" | "https")), "{told:?}");
    assert!(told.client.as_ref().is_none_or(|client| client.parse::<IpAddr>().is_ok()), "{told:?}");
    let is_host = |host: &String| !host.is_empty() && !host.contains(|c: char| c.is_control() || c == ' ');
    assert!(told.server.as_ref().is_none_or(is_host), "{told:?}");
    assert!(told.port.is_none_or(|port| (0..=65_535).contains(&port)), "{told:?}");

    // Nothing that stands left of what the nearest proxy wrote can say who the client is.
    let near = origin(&served([10, 0, 0, 1], &lines, Some("203.0.113.9")));
    assert!(matches!(near.client.as_deref(), Some("203.0.113.9" | "10.0.0.1")), "{near:?}");
});

/// Whom a request comes from and goes to.
#[derive(Debug, PartialEq)]
struct Origin {
    client: Option<String>,
    scheme: Option<String>,
    server: Option<String>,
    port: Option<i64>,
}

fn origin(span: &SpanData) -> Origin {
    let value = |name| span.attributes.iter().find(|pair| pair.key.as_str() == name).map(|pair| &pair.value);
    let text = |name| value(name).map(|value| value.as_str().into_owned());
    Origin {
        client: text("client.address"),
        scheme: text("url.scheme"),
        server: text("server.address"),
        port: value("server.port")
            .and_then(|port| if let Value::I64(port) = port { Some(*port) } else { None }),
    }
}

fn is_of_proxies(name: &HeaderName) -> bool {
    name == "forwarded" || name.as_str().starts_with("x-forwarded-")
}

/// The span of a request from `peer`, to which the nearest proxy added `nearest`.
fn served(peer: [u8; 4], lines: &[(HeaderName, HeaderValue)], nearest: Option<&'static str>) -> SpanData {
    let mut request = Request::new(Body::empty());
    for (name, value) in lines {
        request.headers_mut().append(name, value.clone());
    }
    if let Some(nearest) = nearest {
        request.headers_mut().append("x-forwarded-for", HeaderValue::from_static(nearest));
    }
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 4711))));
    let service = OtelLayer::new()
        .with(&KIT.0)
        .layer(service_fn(|_: Request<Body>| async { Ok::<_, Infallible>(Response::new(Body::empty())) }));
    let answer = pin!(service.oneshot(request));
    let Poll::Ready(Ok(response)) = answer.poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("the service answers at once")
    };
    drop(response);
    let span = KIT.1.get_finished_spans().expect("spans").pop().expect("a span");
    KIT.1.reset();
    span
}
