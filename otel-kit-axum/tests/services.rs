//! Services and layers of tower-http inside and outside of the layer.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::net::SocketAddr;

use axum::{Router, body::Body, routing::get};
use bytes::Bytes;
use opentelemetry::trace::Status;
use otel_kit_axum::{OtelLayer, route};
use otel_kit_testing::{Telemetry, received::ReceivedSpan};
use support::{Site, read_until, server_span, with_settings};
use tokio::{
    io::AsyncReadExt,
    net::{TcpListener, TcpStream},
};
use tokio_stream::iter;
use tower::layer::util::Identity;
use tower_http::{compression::CompressionLayer, services::ServeDir};

const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

fn telemetry() -> Telemetry {
    with_settings(|settings| settings.http_server.body_size_metrics = true)
}

/// Files of this package: by a bare service, and by one with a route.
async fn ask_for_file(request: &str, headers: &[&str]) -> (Vec<u8>, ReceivedSpan) {
    let files = || ServeDir::new(FOLDER);
    let routes =
        Router::new().nest_service("/bare", files()).nest_service("/files", route("/files/{*path}", files()));
    let site = Site::start_with(telemetry(), routes).await;
    let mut client = site.open(request, headers).await;
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.unwrap();
    (answer, site.server_span().await)
}

fn status_of(span: &ReceivedSpan) -> (Option<i64>, Option<i64>, &Status) {
    let size = span.attr("http.response.body.size").as_i64();
    (span.attr("http.response.status_code").as_i64(), size, &span.status)
}

#[tokio::test]
async fn a_file_is_streamed_to_its_end_under_the_route_it_was_given_and_never_under_its_path() {
    let file = std::fs::read(format!("{FOLDER}/src/span.rs")).unwrap();
    let size = i64::try_from(file.len()).unwrap();
    let cases = [
        ("/files/src/span.rs", "GET /files/{*path}", Some("/files/{*path}")),
        ("/bare/src/span.rs", "GET", None),
    ];
    for (path, name, route) in cases {
        let (answer, span) = ask_for_file(&format!("GET {path}"), &[]).await;
        assert!(answer.ends_with(&file));
        assert_eq!((span.name.as_str(), span.attr("http.route").as_str()), (name, route));
        assert_eq!(span.attr("url.path"), path);
        assert_eq!(status_of(&span), (Some(200), Some(size), &Status::Unset));
    }
}

#[tokio::test]
async fn a_part_of_a_file_a_missing_one_and_the_head_of_one_are_no_errors() {
    let (answer, span) = ask_for_file("GET /files/src/span.rs", &["range: bytes=0-3"]).await;
    assert!(answer.ends_with(b"\r\n\r\nuse "));
    assert_eq!(status_of(&span), (Some(206), Some(4), &Status::Unset));
    let (_, span) = ask_for_file("GET /files/src/span.rs", &["range: bytes=99999999-"]).await;
    assert_eq!(status_of(&span), (Some(416), Some(0), &Status::Unset));
    let (_, span) = ask_for_file("GET /files/none.rs", &[]).await;
    assert_eq!(status_of(&span), (Some(404), Some(0), &Status::Unset));
    assert_eq!(span.name, "GET /files/{*path}");
    let (answer, span) = ask_for_file("HEAD /files/src/span.rs", &[]).await;
    assert!(answer.ends_with(b"\r\n\r\n"));
    assert_eq!(status_of(&span), (Some(200), Some(0), &Status::Unset));
    assert_eq!(span.name, "HEAD /files/{*path}");
}

/// A server with `inner` inside of our layer and `outer` around it.
macro_rules! serve {
    ($telemetry:expr, $inner:expr, $outer:expr) => {{
        let text = async || Body::from_stream(iter((0..1000).map(|_| Ok::<_, std::io::Error>("hello "))));
        let long = async || {
            let random =
                (0..u32::MAX).map(|number| Ok::<_, std::io::Error>(Bytes::from(hash(number).to_vec())));
            Body::from_stream(iter(random))
        };
        let routes = Router::new().route("/text", get(text)).route("/long", get(long));
        let layer = OtelLayer::new().with($telemetry.kit());
        let app = routes.layer($inner).layer(layer).layer($outer);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        address
    }};
}

/// Bytes that do not get smaller by compression.
fn hash(number: u32) -> [u8; 64] {
    let mut state = u64::from(number) + 1;
    std::array::from_fn(|_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    })
}

async fn open(address: SocketAddr, path: &str) -> TcpStream {
    let mut client = TcpStream::connect(address).await.unwrap();
    let head =
        format!("GET {path} HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip\r\nconnection: close\r\n\r\n");
    tokio::io::AsyncWriteExt::write_all(&mut client, head.as_bytes()).await.unwrap();
    read_until(&mut client, "content-encoding: gzip").await;
    client
}

async fn compressed(path: &str, is_inside: bool, is_read: bool) -> ReceivedSpan {
    let telemetry = telemetry();
    let address = if is_inside {
        serve!(telemetry, CompressionLayer::new(), Identity::new())
    } else {
        serve!(telemetry, Identity::new(), CompressionLayer::new())
    };
    let mut client = open(address, path).await;
    if is_read {
        client.read_to_end(&mut Vec::new()).await.unwrap();
    }
    drop(client);
    server_span(&telemetry).await
}

#[tokio::test]
async fn compression_inside_and_outside_is_no_error_and_the_size_is_that_at_the_layer() {
    let inside = compressed("/text", true, true).await;
    let outside = compressed("/text", false, true).await;
    let size = inside.attr("http.response.body.size").as_i64().unwrap();
    assert!(size > 0 && size < 1000, "{inside:?}");
    assert_eq!(status_of(&inside), (Some(200), Some(size), &Status::Unset));
    assert_eq!(status_of(&outside), (Some(200), Some(6000), &Status::Unset));
}

#[tokio::test]
async fn a_client_that_leaves_a_compressed_answer_is_cancelled_wherever_it_is_compressed() {
    for is_inside in [true, false] {
        let span = compressed("/long", is_inside, false).await;
        assert_eq!(status_of(&span), (Some(200), None, &Status::error("")));
        assert_eq!(span.attr("error.type"), "cancelled", "{is_inside}");
    }
}
