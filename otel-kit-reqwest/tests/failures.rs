//! Attempts that get no response: how they end, and that the caller sees the same error as without us.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{
    future::pending,
    io,
    net::SocketAddr,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use http::Extensions;
use opentelemetry::trace::Status;
use otel_kit_core::settings::Settings;
use otel_kit_reqwest::{ClientBuilder, Error, OtelMiddleware};
use otel_kit_testing::{Telemetry, received::ReceivedSpan};
use reqwest::{
    Body, Client, Request, Response,
    dns::{Name, Resolve, Resolving},
};
use reqwest_middleware::{Middleware, Next};
use support::{App, Then, caller, echo_server, plain, plain_builder, raw_server, soon};
use tokio::net::TcpListener;

/// Sends a request that must fail; checks what each failure has in common.
async fn failure_of(client: Client, url: &str) -> (ReceivedSpan, Error) {
    let app = App::with(Telemetry::new(), client);
    let error = soon(caller(app.client.get(url).send())).await.unwrap_err();
    let span = app.client_span();
    assert_eq!(span.status, Status::error(""));
    assert!(span.attr("http.response.status_code").is_absent());
    assert!(span.attr("network.protocol.version").is_absent());
    assert!(matches!(error, Error::Reqwest(_)), "{error:?}");
    (span, error)
}

async fn unused_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn a_refused_connection_is_told() {
    let (span, error) = failure_of(plain(), &format!("http://{}/", unused_address().await)).await;
    assert_eq!(span.attr("error.type"), "connection_refused");
    assert!(error.is_connect());
}

#[tokio::test]
async fn a_connection_that_is_reset_within_the_head_is_told() {
    let server = raw_server("HTTP/1.1 200 OK\r\nconte", Then::Reset).await;
    let (span, _) = failure_of(plain(), &format!("http://{server}/")).await;
    assert_eq!(span.attr("error.type"), "connection_reset");
}

#[tokio::test]
async fn a_connection_that_is_closed_within_the_head_is_told() {
    let server = raw_server("HTTP/1.1 200 OK\r\nconte", Then::Close).await;
    let (span, _) = failure_of(plain(), &format!("http://{server}/")).await;
    assert_eq!(span.attr("error.type"), "connection_closed");
}

#[tokio::test]
async fn a_response_that_is_no_http_is_told() {
    let server = raw_server("hello\r\n\r\n", Then::Close).await;
    let (span, _) = failure_of(plain(), &format!("http://{server}/")).await;
    assert_eq!(span.attr("error.type"), "invalid_response");
}

#[tokio::test]
async fn a_server_that_takes_too_long_is_a_timeout() {
    let server = raw_server("", Then::Stay).await;
    let limit = Duration::from_millis(50);
    let client = plain_builder().timeout(limit).build().unwrap();
    let (span, error) = failure_of(client, &format!("http://{server}/")).await;
    assert_eq!(span.attr("error.type"), "timeout");
    assert!(error.is_timeout());
    assert!(span.duration() >= limit);
}

#[tokio::test]
async fn a_name_that_cannot_be_resolved_is_told() {
    struct Nobody;
    impl Resolve for Nobody {
        fn resolve(&self, _: Name) -> Resolving {
            Box::pin(async { Err("no such host".into()) })
        }
    }
    let client = plain_builder().dns_resolver(Arc::new(Nobody)).build().unwrap();
    let (span, _) = failure_of(client, "http://shop.example/").await;
    assert_eq!(span.attr("error.type"), "dns");
    assert_eq!(span.attr("server.address"), "shop.example");
    assert_eq!(span.attr("server.port"), 80);
}

#[tokio::test]
async fn a_tls_handshake_that_fails_is_told() {
    // The client speaks first, and gets an answer that is no TLS.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        tokio::io::AsyncReadExt::read_u8(&mut connection).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut connection, b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        pending::<()>().await;
    });
    let (span, error) = failure_of(plain(), &format!("https://{server}/")).await;
    assert_eq!(span.attr("error.type"), "tls", "{error:?}");
    assert!(error.is_connect());
}

/// A server with a certificate for `shop.example` that it made itself; it accepts one connection after the
/// other.
async fn tls_server() -> SocketAddr {
    let made = rcgen::generate_simple_self_signed(["shop.example".to_owned()]).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            acceptor.accept(connection).await.expect_err("nobody trusts the certificate");
        }
    });
    address
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_told_as_a_failure_of_tls() {
    let (span, error) = failure_of(plain(), &format!("https://{}/", tls_server().await)).await;
    assert_eq!(span.attr("error.type"), "tls", "{error:?}");
    assert!(error.is_connect());
}

#[tokio::test]
async fn every_way_in_which_a_server_gives_no_answer_has_its_word() {
    let cases = [
        ("", Then::Close, "connection_closed"),
        ("", Then::Reset, "connection_reset"),
        ("HTTP/1.1 200 OK\r\nconte", Then::Close, "connection_closed"),
        ("HTTP/1.1 200 OK\r\nconte", Then::Reset, "connection_reset"),
        ("HTTP/1.1 200 OK\r\nconte", Then::Stay, "timeout"),
        ("HTTP/9.9 200 OK\r\n\r\n", Then::Close, "invalid_response"),
        ("SSH-2.0-OpenSSH_9.6\r\n", Then::Stay, "invalid_response"),
    ];
    for (answer, then, word) in cases {
        let client = plain_builder().timeout(Duration::from_secs(1)).build().unwrap();
        let server = raw_server(answer, then).await;
        let (span, error) = failure_of(client, &format!("http://{server}/")).await;
        assert_eq!(span.attr("error.type"), word, "{answer:?} {error:?}");
    }
}

#[tokio::test]
async fn every_time_limit_of_a_client_is_a_timeout() {
    let limit = Duration::from_millis(50);
    let server = raw_server("", Then::Stay).await;
    let whole = plain_builder().timeout(limit);
    let reading = plain_builder().read_timeout(limit);
    let connecting = plain_builder().connect_timeout(limit);
    // The handshake belongs to connecting: this server reads it and is silent.
    let cases = [(whole, "http"), (reading, "http"), (connecting, "https")];
    for (builder, scheme) in cases {
        let (span, error) = failure_of(builder.build().unwrap(), &format!("{scheme}://{server}/")).await;
        assert_eq!(span.attr("error.type"), "timeout", "{scheme} {error:?}");
    }
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_told() {
    let proxy = reqwest::Proxy::all(format!("http://{}/", unused_address().await)).unwrap();
    for url in ["http://shop.example/", "https://shop.example/"] {
        let (span, error) = failure_of(plain_builder().proxy(proxy.clone()).build().unwrap(), url).await;
        assert_eq!(span.attr("error.type"), "connection_refused", "{error:?}");
        assert_eq!(span.attr("server.address"), "shop.example");
    }
}

#[tokio::test]
async fn a_caller_that_waits_no_longer_is_no_error() {
    let app = App::new();
    let server = raw_server("", Then::Stay).await;
    let request = caller(app.client.get(format!("http://{server}/")).send());
    tokio::time::timeout(Duration::from_millis(50), request).await.unwrap_err();
    let span = app.client_span();
    assert_eq!(span.status, Status::Unset);
    assert_eq!(span.attr("otel_kit.cancelled"), true);
    assert!(span.attr("error.type").is_absent());
}

#[tokio::test]
async fn too_many_redirects_are_told() {
    let policy = reqwest::redirect::Policy::limited(1);
    let client = plain_builder().redirect(policy).build().unwrap();
    let (span, error) = failure_of(client, &format!("http://{}/to/to/x", echo_server().await)).await;
    assert_eq!(span.attr("error.type"), "redirect");
    assert!(error.is_redirect());
}

#[tokio::test]
async fn a_url_that_reqwest_does_not_take_is_told() {
    let (span, error) = failure_of(plain(), "ftp://files.example/").await;
    assert_eq!(span.attr("error.type"), "invalid_request");
    assert!(error.is_builder());
}

#[tokio::test]
async fn an_error_of_the_callers_own_body_does_not_look_like_one_of_the_connection() {
    struct Broken;
    impl hyper::body::Body for Broken {
        type Data = hyper::body::Bytes;
        type Error = io::Error;

        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Self::Data>, io::Error>>> {
            std::task::Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
        }
    }
    let app = App::new();
    let request = app.client.post(format!("http://{}/", echo_server().await)).body(Body::wrap(Broken));
    soon(caller(request.send())).await.unwrap_err();
    assert_eq!(app.client_span().attr("error.type"), "request_body");
}

#[tokio::test]
async fn a_request_that_the_caller_drops_is_cancelled_and_no_error() {
    let (asked, mut is_asked) = tokio::sync::mpsc::unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        support::read_head(&mut connection).await;
        asked.send(()).unwrap();
        pending::<()>().await;
    });
    let app = App::new();
    let request = caller(app.client.get(format!("http://{server}/")).send());
    tokio::select! {
        result = request => panic!("no answer was sent: {result:?}"),
        _ = soon(is_asked.recv()) => {}
    }
    let span = app.client_span();
    assert_eq!(span.status, Status::Unset);
    assert_eq!(span.attr("otel_kit.cancelled"), true);
    assert!(span.attr("error.type").is_absent());
}

#[tokio::test]
async fn a_panic_passes_through_and_ends_the_span_as_one() {
    struct Panics;
    #[async_trait]
    impl Middleware for Panics {
        async fn handle(&self, _: Request, _: &mut Extensions, _: Next<'_>) -> Result<Response, Error> {
            tokio::task::yield_now().await;
            resume_unwind(Box::new("boom")) // without the noise of a hook
        }
    }
    let telemetry = Telemetry::new();
    let otel = OtelMiddleware::new().with(telemetry.kit());
    let app = App::with_client(telemetry, ClientBuilder::new(plain()).with(otel).with(Panics).build());
    let mut request = Box::pin(caller(app.client.get("http://shop.example/").send()));
    let caught = std::future::poll_fn(|task| {
        let polled = std::panic::catch_unwind(AssertUnwindSafe(|| request.as_mut().poll(task)));
        match polled {
            Ok(std::task::Poll::Pending) => std::task::Poll::Pending,
            Ok(std::task::Poll::Ready(result)) => panic!("no panic: {result:?}"),
            Err(panic) => std::task::Poll::Ready(panic),
        }
    })
    .await;
    assert_eq!(caught.downcast_ref(), Some(&"boom"));
    drop(request);
    let span = app.client_span();
    assert_eq!((&span.status, span.attr("error.type").as_str()), (&Status::error(""), Some("panic")));
}

#[tokio::test]
async fn the_error_of_a_middleware_further_in_passes_through() {
    struct Refuses;
    #[async_trait]
    impl Middleware for Refuses {
        async fn handle(&self, _: Request, _: &mut Extensions, _: Next<'_>) -> Result<Response, Error> {
            Err(Error::middleware(io::Error::other("no budget left")))
        }
    }
    let telemetry = Telemetry::new();
    let otel = OtelMiddleware::new().with(telemetry.kit());
    let app = App::with_client(telemetry, ClientBuilder::new(plain()).with(otel).with(Refuses).build());
    let error = caller(app.client.get("http://shop.example/").send()).await.unwrap_err();
    assert_eq!(error.to_string(), "no budget left");
    assert!(error.is_middleware());
    assert_eq!(app.client_span().attr("error.type"), "_OTHER");
}

#[tokio::test]
async fn a_response_that_a_middleware_further_in_makes_an_error_keeps_its_code() {
    struct Checks;
    #[async_trait]
    impl Middleware for Checks {
        async fn handle(
            &self,
            request: Request,
            extensions: &mut Extensions,
            next: Next<'_>,
        ) -> Result<Response, Error> {
            Ok(next.run(request, extensions).await?.error_for_status()?)
        }
    }
    let telemetry = Telemetry::new();
    let otel = OtelMiddleware::new().with(telemetry.kit());
    let app = App::with_client(telemetry, ClientBuilder::new(plain()).with(otel).with(Checks).build());
    let url = format!("http://{}/status/409", echo_server().await);
    let error = caller(app.client.get(url).send()).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 409);
    let span = app.client_span();
    assert_eq!(span.attr("error.type"), "409");
    assert_eq!(span.attr("http.response.status_code"), 409);
}

#[tokio::test]
async fn failures_are_exceptions_where_that_is_asked_for() {
    let url = format!("http://{}/", unused_address().await);
    for is_asked_for in [true, false] {
        let mut settings = Settings::default();
        settings.exceptions.client_calls = is_asked_for;
        let app = App::with(Telemetry::builder().settings(settings).build(), plain());
        soon(caller(app.client.get(&url).send())).await.unwrap_err();
        let told = app.telemetry.exceptions();
        assert_eq!(told.len(), usize::from(is_asked_for));
        for exception in told {
            assert_eq!(exception.event_name, "http.client.request.exception");
            assert_eq!(exception.type_name.as_deref(), Some(std::any::type_name::<reqwest::Error>()));
            assert_eq!(exception.span_id, app.client_span().span_id);
        }
    }
}
