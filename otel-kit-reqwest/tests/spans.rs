//! What a span and its duration say of a request and its response.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use http::HeaderName;
use opentelemetry::trace::Status;
use otel_kit_core::{
    semconv::{
        SCHEMA_URL,
        attribute::{HTTP_REQUEST_HEADER, HTTP_RESPONSE_HEADER},
        metric::{DURATION_BUCKETS, HTTP_CLIENT_REQUEST_DURATION},
    },
    settings::{HeaderAllowList, KnownMethods},
};
use otel_kit_testing::received::Value;
use reqwest::Method;
use support::{App, Then, caller, echo_server, raw_server, soon};

#[tokio::test]
async fn a_response_ends_a_span_with_the_attributes_of_the_conventions() {
    let app = App::new();
    let server = echo_server().await;
    let url = format!("http://{server}/orders/7?page=2");
    let response = caller(app.client.get(&url).send()).await.unwrap();
    assert_eq!(response.status(), 200);

    let span = app.client_span();
    assert_eq!((span.name.as_str(), &span.status), ("GET", &Status::Unset));
    assert_eq!(span.attr("http.request.method"), "GET");
    assert_eq!(span.attr("http.response.status_code"), 200);
    assert_eq!(span.attr("network.peer.address"), "127.0.0.1");
    assert_eq!(span.attr("network.peer.port"), server.port());
    assert_eq!(span.attr("network.protocol.version"), "1.1");
    assert_eq!(span.attr("server.address"), "127.0.0.1");
    assert_eq!(span.attr("server.port"), server.port());
    assert_eq!(span.attr("url.full"), url);
    assert_eq!(span.attributes.len(), 8, "{span:?}");
    assert_eq!((span.scope.name.as_str(), span.scope.schema_url.as_str()), ("otel-kit-reqwest", SCHEMA_URL));
}

#[tokio::test]
async fn the_duration_has_the_unit_and_the_buckets_of_the_conventions() {
    let app = App::new();
    let server = echo_server().await;
    for path in ["a", "b"] {
        app.client.get(format!("http://{server}/{path}")).send().await.unwrap();
    }
    let metric = app.telemetry.metric(HTTP_CLIENT_REQUEST_DURATION).unwrap();
    assert_eq!((metric.unit.as_str(), metric.scope.name.as_str()), ("s", "otel-kit-reqwest"));
    let [point] = &metric.points[..] else { panic!("one attribute set: {metric:?}") };
    assert_eq!((point.count, &point.bounds[..]), (2, &DURATION_BUCKETS[..]));
    let keys: Vec<_> = point.attributes.keys().collect();
    assert_eq!(keys.len(), 5, "{keys:?}");
    assert!(!point.exemplars.is_empty(), "{point:?}");
    let spans = app.client_spans();
    for exemplar in &point.exemplars {
        assert!(
            spans
                .iter()
                .any(|span| (&span.trace_id, &span.span_id) == (&exemplar.trace_id, &exemplar.span_id))
        );
    }
}

#[tokio::test]
async fn client_and_server_errors_are_errors_with_the_code_as_their_type() {
    for code in [400_u16, 404, 500, 503, 599, 700] {
        let app = App::new();
        let url = format!("http://{}/status/{code}", echo_server().await);
        let response = caller(app.client.get(url).send()).await.unwrap();
        assert_eq!(response.status(), code);

        let span = app.client_span();
        assert_eq!(span.status, Status::error(""), "{code}");
        assert_eq!(span.attr("error.type"), code.to_string());
        assert_eq!(span.attr("http.response.status_code"), code);
    }
}

#[tokio::test]
async fn success_and_not_modified_are_no_errors() {
    for code in [204_u16, 304, 399] {
        let app = App::new();
        let url = format!("http://{}/status/{code}", echo_server().await);
        caller(app.client.get(url).send()).await.unwrap();
        let span = app.client_span();
        assert_eq!(span.status, Status::Unset, "{code}");
        assert!(span.attr("error.type").is_absent());
    }
}

#[tokio::test]
async fn an_unknown_method_is_one_label_and_is_told_as_it_was_sent() {
    let app = App::new();
    let url = format!("http://{}/", echo_server().await);
    caller(app.client.request(Method::from_bytes(b"BREW").unwrap(), url).send()).await.unwrap();

    let span = app.client_span();
    assert_eq!(span.name, "HTTP");
    assert_eq!(span.attr("http.request.method"), "_OTHER");
    assert_eq!(span.attr("http.request.method_original"), "BREW");
    assert!(app.duration().attr("http.request.method_original").is_absent());
}

#[tokio::test]
async fn methods_that_are_configured_are_known() {
    let app = App::with_settings(|settings| settings.known_methods = KnownMethods::new(["BREW"]));
    let url = format!("http://{}/", echo_server().await);
    caller(app.client.request(Method::from_bytes(b"BREW").unwrap(), url).send()).await.unwrap();
    let span = app.client_span();
    assert_eq!(
        (span.name.as_str(), span.attr("http.request.method")),
        ("BREW", &Value::String("BREW".into()))
    );
}

#[tokio::test]
async fn credentials_and_secret_query_values_are_masked() {
    let app = App::new();
    let server = echo_server().await;
    let url = format!("http://user:secret@{server}/file?sig=secret&page=2");

    // The request builder moves credentials into a header, a request made by hand keeps them in the URL.
    let request = reqwest::Request::new(Method::GET, url.parse().unwrap());
    caller(app.client.execute(request)).await.unwrap();
    let span = app.client_span();
    assert_eq!(span.attr("url.full"), format!("http://REDACTED:REDACTED@{server}/file?sig=REDACTED&page=2"));
    assert_eq!(span.attr("server.address"), "127.0.0.1");

    app.telemetry.clear();
    let answer = app.client.get(&url).send().await.unwrap().text().await.unwrap();
    assert!(answer.contains("authorization: Basic"), "{answer}");
    assert_eq!(app.client_spans()[0].attr("url.full"), format!("http://{server}/file?sig=REDACTED&page=2"));
    assert!(!format!("{:?}", app.telemetry).contains("secret"));
}

#[tokio::test]
async fn headers_are_captured_only_if_they_are_allowed() {
    let app = App::with_settings(|settings| {
        let name = HeaderName::from_static;
        settings.captured_request_headers =
            HeaderAllowList::new(HTTP_REQUEST_HEADER, [name("x-tenant"), name("x-none")]);
        settings.captured_response_headers = HeaderAllowList::new(HTTP_RESPONSE_HEADER, [name("x-server")]);
    });
    let request = app.client.get(format!("http://{}/", echo_server().await));
    let request = request.header("x-tenant", "a").header("x-tenant", "b").bearer_auth("secret");
    caller(request.send()).await.unwrap();

    let span = app.client_span();
    assert_eq!(span.attr("http.request.header.x-tenant"), ["a", "b"]);
    assert_eq!(span.attr("http.response.header.x-server"), ["echo"]);
    let captured = span.attributes.keys().filter(|key| key.contains(".header."));
    assert_eq!(captured.count(), 2, "{span:?}");
}

#[tokio::test]
async fn the_version_is_the_one_the_server_speaks() {
    let app = App::new();
    let server = raw_server("HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n", Then::Close).await;
    caller(app.client.get(format!("http://{server}/")).send()).await.unwrap();
    assert_eq!(app.client_span().attr("network.protocol.version"), "1.0");
}

#[tokio::test]
async fn the_span_ends_with_the_head_and_does_not_wait_for_the_body() {
    let app = App::new();
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    let server = raw_server(head, Then::Stay).await;
    let response = soon(caller(app.client.get(format!("http://{server}/")).send())).await.unwrap();
    let span = app.client_span();
    assert_eq!((&span.status, span.attr("http.response.status_code")), (&Status::Unset, &Value::Int(200)));
    drop(response);
    assert_eq!(app.client_spans().len(), 1);
}

#[tokio::test]
async fn a_response_whose_body_breaks_off_is_the_callers_to_see_and_changes_no_span() {
    let app = App::new();
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    let server = raw_server(head, Then::Close).await;
    let response = soon(caller(app.client.get(format!("http://{server}/")).send())).await.unwrap();
    let before = app.client_span();
    soon(response.bytes()).await.unwrap_err();
    assert_eq!(format!("{:?}", app.client_span()), format!("{before:?}"));
}

#[tokio::test]
async fn more_kinds_of_responses_than_are_kept_ready_are_all_recorded() {
    let app = App::new();
    let server = echo_server().await;
    for code in 400..450 {
        app.client.get(format!("http://{server}/status/{code}")).send().await.unwrap();
    }
    let metric = app.telemetry.metric(HTTP_CLIENT_REQUEST_DURATION).unwrap();
    assert_eq!(metric.points.len(), 50);
    assert!(metric.points.iter().all(|point| point.count == 1));
}
