//! A server on a free port, a client that can leave at any time, and what was exported.

#![allow(dead_code)] // each test file uses a part

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::Router;
use opentelemetry::trace::SpanKind;
use otel_kit_axum::OtelLayer;
use otel_kit_core::{semconv::metric, settings::Settings};
use otel_kit_testing::{
    Telemetry,
    received::{DataPoint, ReceivedSpan},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A router behind the layer, served over a real socket.
pub(crate) struct Site {
    pub(crate) telemetry: Telemetry,
    pub(crate) address: SocketAddr,
}

impl Site {
    pub(crate) async fn start(routes: Router) -> Self {
        Self::start_with(Telemetry::new(), routes).await
    }

    pub(crate) async fn start_with(telemetry: Telemetry, routes: Router) -> Self {
        let app = routes.layer(OtelLayer::new().with(telemetry.kit()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = app.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { telemetry, address }
    }

    /// Sends a request (`GET /path`) with these header lines, and reads to the end of the connection.
    pub(crate) async fn send(&self, request: &str, headers: &[&str]) -> String {
        let mut client = self.open(request, headers).await;
        let mut answer = Vec::new();
        let _ = client.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Sends a request with a body.
    pub(crate) async fn send_body(&self, request: &str, headers: &[&str], body: &[u8]) -> String {
        let mut client = self.open(request, headers).await;
        client.write_all(body).await.unwrap();
        let mut answer = Vec::new();
        let _ = client.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Sends a request and reads up to the given text, then the client leaves.
    pub(crate) async fn leave_after(&self, request: &str, text: &str) {
        let mut client = self.open(request, &[]).await;
        read_until(&mut client, text).await;
    }

    /// Sends a request, and hands out the connection.
    pub(crate) async fn open(&self, request: &str, headers: &[&str]) -> TcpStream {
        let mut client = TcpStream::connect(self.address).await.unwrap();
        let mut lines = vec![format!("{request} HTTP/1.1"), format!("host: {}", self.address)];
        lines.extend(headers.iter().map(|line| (*line).to_owned()));
        if !headers.iter().any(|line| line.starts_with("connection")) {
            lines.push("connection: close".to_owned());
        }
        client.write_all((lines.join("\r\n") + "\r\n\r\n").as_bytes()).await.unwrap();
        client
    }

    /// The one server span there is, once it has ended, and nothing is under way any more.
    pub(crate) async fn server_span(&self) -> ReceivedSpan {
        server_span(&self.telemetry).await
    }
}

pub(crate) fn with_settings(change: impl FnOnce(&mut Settings)) -> Telemetry {
    let mut settings = Settings::default();
    change(&mut settings);
    Telemetry::builder().settings(settings).build()
}

pub(crate) async fn read_until(client: &mut TcpStream, text: &str) {
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains(text) {
        let byte = client.read_u8().await.unwrap();
        read.push(byte);
    }
}

/// Polls until there is something.
pub(crate) async fn eventually<T>(what: &str, mut poll: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(found) = poll() {
            return found;
        }
        assert!(Instant::now() < deadline, "waited for {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// The one server span, after the count of active requests has returned to zero and the one duration was
/// recorded, equal to the span's and with the same error.
pub(crate) async fn server_span(telemetry: &Telemetry) -> ReceivedSpan {
    let span = eventually("a server span", || server_spans(telemetry).pop()).await;
    assert_eq!(server_spans(telemetry).len(), 1, "{telemetry:?}");
    assert_eq!(active(telemetry), 0);
    let point = duration(telemetry);
    assert_eq!(point.count, 1);
    assert!((point.sum.unwrap() - span.duration().as_secs_f64()).abs() < 1e-9, "{point:?} {span:?}");
    assert_eq!(point.attr("error.type"), span.attr("error.type"));
    assert_eq!(point.attr("http.response.status_code"), span.attr("http.response.status_code"));
    assert_eq!(point.attr("http.route"), span.attr("http.route"));
    span
}

/// The one duration there is.
pub(crate) fn duration(telemetry: &Telemetry) -> DataPoint {
    let [point] = &durations(telemetry)[..] else { panic!("one duration: {telemetry:?}") };
    point.clone()
}

pub(crate) fn server_spans(telemetry: &Telemetry) -> Vec<ReceivedSpan> {
    telemetry.spans().into_iter().filter(|span| span.kind == SpanKind::Server).collect()
}

pub(crate) fn durations(telemetry: &Telemetry) -> Vec<DataPoint> {
    telemetry.metric(metric::HTTP_SERVER_REQUEST_DURATION).map(|metric| metric.points).unwrap_or_default()
}

pub(crate) fn active(telemetry: &Telemetry) -> i64 {
    let points = telemetry.metric(metric::HTTP_SERVER_ACTIVE_REQUESTS).map(|metric| metric.points);
    points.unwrap_or_default().iter().filter_map(|point| point.value.as_i64()).sum()
}
