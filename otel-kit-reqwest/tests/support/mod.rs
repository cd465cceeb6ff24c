//! A client whose calls come from an instrumented caller, servers on free ports, and what was exported.

#![allow(dead_code, reason = "each test file uses a part")]

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};
use opentelemetry::trace::SpanKind;
use otel_kit_core::{
    semconv::metric::HTTP_CLIENT_REQUEST_DURATION,
    settings::{HttpClientSettings, Settings},
};
use otel_kit_reqwest::{ClientBuilder, ClientWithMiddleware, OtelMiddleware};
use otel_kit_testing::{
    Telemetry,
    received::{DataPoint, ReceivedSpan},
};
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tracing::subscriber::{DefaultGuard, set_default};

/// An application with telemetry in memory.
pub(crate) struct App {
    pub(crate) telemetry: Telemetry,
    pub(crate) client: ClientWithMiddleware,
    _subscriber: DefaultGuard,
}

impl App {
    pub(crate) fn new() -> Self {
        Self::with(Telemetry::new(), plain())
    }

    pub(crate) fn with_settings(change: impl FnOnce(&mut HttpClientSettings)) -> Self {
        let mut settings = Settings::default();
        change(&mut settings.http_client);
        Self::with(Telemetry::builder().settings(settings).build(), plain())
    }

    pub(crate) fn with(telemetry: Telemetry, client: reqwest::Client) -> Self {
        let otel = OtelMiddleware::new().with(telemetry.kit());
        Self::with_client(telemetry, ClientBuilder::new(client).with(otel).build())
    }

    pub(crate) fn with_client(telemetry: Telemetry, client: ClientWithMiddleware) -> Self {
        let _subscriber = set_default(telemetry.subscriber());
        Self { telemetry, client, _subscriber }
    }

    /// The one client span there is. Its caller is its parent, and the one duration says the same.
    pub(crate) fn client_span(&self) -> ReceivedSpan {
        let [span] = &self.client_spans()[..] else { panic!("one client span: {:?}", self.telemetry) };
        let spans = self.telemetry.spans();
        let caller = spans.iter().find(|span| span.name == "caller").expect("the caller's span");
        assert!(span.is_child_of(caller), "{:?}", self.telemetry);
        let point = self.duration();
        assert_eq!(point.count, 1);
        assert!((point.sum.unwrap() - span.duration().as_secs_f64()).abs() < 1e-9, "{point:?} {span:?}");
        for (key, value) in &point.attributes {
            assert_eq!(span.attr(key), value, "{key}");
        }
        let on_metric = [
            "http.request.method",
            "server.address",
            "server.port",
            "http.response.status_code",
            "error.type",
            "network.protocol.version",
        ];
        for key in on_metric {
            assert_eq!(point.attr(key), span.attr(key), "{key}");
        }
        span.clone()
    }

    pub(crate) fn client_spans(&self) -> Vec<ReceivedSpan> {
        self.telemetry.spans().into_iter().filter(|span| span.kind == SpanKind::Client).collect()
    }

    /// The one duration there is.
    pub(crate) fn duration(&self) -> DataPoint {
        let metric = self.telemetry.metric(HTTP_CLIENT_REQUEST_DURATION).expect("durations");
        let [point] = &metric.points[..] else { panic!("one attribute set: {metric:?}") };
        point.clone()
    }
}

/// Runs the request as an application would: in a span of its own.
#[tracing::instrument(skip_all)]
pub(crate) async fn caller<F: Future>(request: F) -> F::Output {
    request.await
}

/// A client that no proxy of the environment comes between.
pub(crate) fn plain() -> reqwest::Client {
    plain_builder().build().unwrap()
}

/// The TLS provider is named, so that nothing depends on one for the whole process; it trusts nobody.
pub(crate) fn plain_builder() -> reqwest::ClientBuilder {
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls)
}

/// `/status/{code}` answers with that code, `/to/{path}` with a redirect, all else with 200; the body holds
/// the header lines of the request.
pub(crate) async fn echo_server() -> SocketAddr {
    serve(Router::new().fallback(echo)).await
}

pub(crate) async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// What a [`raw_server`] does with a connection after its answer.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    Close,
    Reset,
    Stay,
}

/// Answers each connection with these bytes once it has read the head of a request.
pub(crate) async fn raw_server(answer: &'static str, then: Then) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut connection, _)) = listener.accept().await {
            read_head(&mut connection).await;
            connection.write_all(answer.as_bytes()).await.unwrap();
            match then {
                Then::Close => drop(connection),
                Then::Reset => connection.set_zero_linger().unwrap(),
                Then::Stay => open.push(connection),
            }
        }
    });
    address
}

pub(crate) async fn read_head(connection: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(connection.read_u8().await.expect("the head of a request"));
    }
    String::from_utf8(head).unwrap()
}

/// The values of a header in what [`echo_server`] answered.
pub(crate) fn values<'a>(lines: &'a str, name: &str) -> Vec<&'a str> {
    lines.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).collect()
}

/// Fails a test that would hang.
pub(crate) async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future).await.expect("soon")
}

async fn echo(uri: Uri, headers: HeaderMap) -> Response {
    if let Some(path) = uri.path().strip_prefix("/to") {
        return Redirect::temporary(path).into_response();
    }
    let code = uri.path().strip_prefix("/status/").map_or(200, |code| code.parse().unwrap());
    let lines: Vec<_> =
        headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    (StatusCode::from_u16(code).unwrap(), [("x-server", "echo")], lines.join("\n")).into_response()
}
