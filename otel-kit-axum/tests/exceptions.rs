//! What exception sinks are told of errors and panics in requests.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{any::Any, convert::Infallible, error::Error, fmt, io};

use axum::{
    BoxError, Router,
    body::{Body, to_bytes},
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use http::{Request, StatusCode};
use otel_kit_axum::{HandlerError, OtelLayer};
use otel_kit_core::{exception::Mechanism, settings::PathRules};
use otel_kit_testing::{Telemetry, received::ReceivedException};
use support::{server_span, with_settings};
use tower::{Layer, ServiceExt, service_fn};
use tower_http::catch_panic::CatchPanicLayer;

#[derive(Debug)]
struct OutOfStock(StatusCode, io::Error);

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("password=hunter2 is out of stock")
    }
}

impl Error for OutOfStock {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.1)
    }
}

impl IntoResponse for OutOfStock {
    fn into_response(self) -> Response {
        (self.0, HandlerError::new(self), "sorry").into_response()
    }
}

fn out_of_stock(status: StatusCode) -> Router {
    let handler = async move || Err::<(), _>(OutOfStock(status, io::Error::other("shelf is empty")));
    Router::new().route("/", get(handler))
}

fn app(telemetry: &Telemetry, routes: Router) -> Router {
    routes.layer(OtelLayer::new().with(telemetry.kit()))
}

fn request() -> Request<Body> {
    Request::new(Body::empty())
}

fn the_exception(telemetry: &Telemetry) -> ReceivedException {
    let [exception] = &telemetry.exceptions()[..] else { panic!("{:?}", telemetry.exceptions()) };
    assert_eq!(exception.event_name, "http.server.request.exception");
    exception.clone()
}

/// Everything about it but its ids and place.
fn words(exception: &ReceivedException) -> (Mechanism, Option<&str>, Option<&str>) {
    (exception.mechanism, exception.type_name.as_deref(), exception.message.as_deref())
}

#[tokio::test]
async fn the_error_of_a_handler_is_told_with_type_sources_place_and_the_span_and_is_kept_from_the_client() {
    let telemetry = Telemetry::new();
    let response = app(&telemetry, out_of_stock(StatusCode::SERVICE_UNAVAILABLE)).oneshot(request()).await;
    let response = response.unwrap();
    assert!(response.extensions().get::<HandlerError>().is_none());
    assert_eq!(to_bytes(response.into_body(), 99).await.unwrap(), "sorry");
    let (span, exception) = (server_span(&telemetry).await, the_exception(&telemetry));
    let message = Some("password=hunter2 is out of stock");
    assert_eq!(words(&exception), (Mechanism::Handler, Some("exceptions::OutOfStock"), message));
    assert_eq!(exception.sources, ["shelf is empty"]);
    assert!(exception.file.unwrap().ends_with("exceptions.rs"));
    assert!(!exception.is_handled);
    assert_eq!((&exception.trace_id, &exception.span_id), (&span.trace_id, &span.span_id));
    assert_eq!(span.attr("error.type"), "503");
    assert!(!format!("{span:?}").contains("hunter2") && span.events.is_empty(), "{span:?}");
}

#[tokio::test]
async fn the_error_behind_an_answer_below_500_is_told_as_handled_and_the_span_is_no_error() {
    let telemetry = Telemetry::new();
    let response = app(&telemetry, out_of_stock(StatusCode::CONFLICT)).oneshot(request()).await.unwrap();
    to_bytes(response.into_body(), 99).await.unwrap();
    assert!(server_span(&telemetry).await.attr("error.type").is_absent());
    assert!(the_exception(&telemetry).is_handled);
}

#[tokio::test]
async fn a_hidden_error_is_told_without_type_and_an_answer_without_error_tells_nothing() {
    let telemetry = Telemetry::new();
    let hidden = async || (StatusCode::BAD_GATEWAY, HandlerError::from_boxed(BoxError::from("gone")));
    let routes = Router::new().route("/", get(hidden)).route("/bad", get(async || StatusCode::BAD_GATEWAY));
    let app = app(&telemetry, routes);
    app.clone().oneshot(Request::get("/bad").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(telemetry.exceptions(), []);
    app.oneshot(request()).await.unwrap();
    assert_eq!(words(&the_exception(&telemetry)), (Mechanism::Handler, None, Some("gone")));
}

#[tokio::test]
async fn exceptions_of_requests_that_are_not_sampled_are_told_all_the_same() {
    let telemetry = Telemetry::builder().sample_ratio(0.0).build();
    app(&telemetry, out_of_stock(StatusCode::BAD_GATEWAY)).oneshot(request()).await.unwrap();
    assert_eq!(telemetry.spans(), []);
    assert_ne!(the_exception(&telemetry).trace_id, "0".repeat(32));
}

#[tokio::test]
async fn an_error_is_told_once_where_two_layers_see_it_and_not_at_all_where_a_path_is_excluded() {
    let telemetry = Telemetry::new();
    let layer = OtelLayer::new().with(telemetry.kit());
    let inner = out_of_stock(StatusCode::BAD_GATEWAY).layer(layer.clone());
    layer.layer(inner).oneshot(request()).await.unwrap();
    the_exception(&telemetry);

    let telemetry = with_settings(|settings| settings.http_server.exclude = PathRules::new(["/*"]));
    let response = app(&telemetry, out_of_stock(StatusCode::BAD_GATEWAY)).oneshot(request()).await.unwrap();
    assert_eq!(telemetry.exceptions(), []);
    assert!(response.extensions().get::<HandlerError>().is_some());
}

async fn panics() {
    std::panic::resume_unwind(Box::new("boom"));
}

#[tokio::test]
async fn a_panic_is_told_without_its_message_once() {
    let telemetry = Telemetry::new();
    let routes = Router::new().route("/", get(panics));
    let app = app(&telemetry, routes).layer(CatchPanicLayer::new());
    assert_eq!(app.oneshot(request()).await.unwrap().status(), 500);
    let span = server_span(&telemetry).await;
    let exception = the_exception(&telemetry);
    assert_eq!(words(&exception), (Mechanism::Panic, Some("panic"), None));
    assert_eq!(exception.span_id, span.span_id);
}

#[tokio::test]
async fn a_panic_that_a_layer_further_in_catches_is_told_with_its_message_if_that_layer_hands_it_over() {
    fn answer(panic: Box<dyn Any + Send>) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, HandlerError::from_panic(&*panic)).into_response()
    }
    type Payload = fn() -> Box<dyn Any + Send>;
    let payloads: [(Payload, _); 3] = [
        (|| Box::new("boom"), Some("boom")),
        (|| Box::new("boom".to_owned()), Some("boom")),
        (|| Box::new(7), None),
    ];
    for (payload, message) in payloads {
        let telemetry = Telemetry::new();
        let handler = async move || {
            if true {
                std::panic::resume_unwind(payload());
            }
        };
        let routes = Router::new().route("/", get(handler)).layer(CatchPanicLayer::custom(answer));
        let response = app(&telemetry, routes).oneshot(request()).await.unwrap();
        to_bytes(response.into_body(), 99).await.unwrap();
        assert_eq!(words(&the_exception(&telemetry)), (Mechanism::Panic, Some("panic"), message));
        assert_eq!(server_span(&telemetry).await.attr("error.type"), "500");
    }
}

#[tokio::test]
async fn a_body_that_fails_is_told_and_its_error_is_the_same_as_without_the_layer() {
    let broken = async || {
        let frames = [Ok(Bytes::from("a")), Err(io::Error::from(io::ErrorKind::UnexpectedEof))];
        Body::from_stream(tokio_stream::iter(frames))
    };
    let telemetry = Telemetry::new();
    let bare = Router::new().route("/", get(broken));
    let mut errors = Vec::new();
    for app in [bare.clone(), app(&telemetry, bare)] {
        let response = app.oneshot(request()).await.unwrap();
        errors.push(format!("{:?}", to_bytes(response.into_body(), 99).await.unwrap_err()));
    }
    assert_eq!(errors[0], errors[1]);
    assert!(errors[0].contains("UnexpectedEof"), "{errors:?}");
    assert_eq!(words(&the_exception(&telemetry)), (Mechanism::Body, None, Some("unexpected end of file")));
    assert_eq!(server_span(&telemetry).await.attr("error.type"), "body_error");
}

#[tokio::test]
async fn an_error_of_the_inner_service_is_told_by_its_type_and_a_boxed_one_by_its_message() {
    let telemetry = Telemetry::new();
    let layer = OtelLayer::new().with(telemetry.kit());
    let plain = layer.layer(service_fn(async |_: Request<Body>| Err::<Response, _>(fmt::Error)));
    plain.oneshot(request()).await.unwrap_err();
    assert_eq!(words(&the_exception(&telemetry)), (Mechanism::Service, Some("core::fmt::Error"), None));

    let telemetry = Telemetry::new();
    let layer = OtelLayer::new().with(telemetry.kit());
    let boxed = layer.layer(service_fn(async |_: Request<Body>| Err::<Response, BoxError>("gone".into())));
    boxed.oneshot(request()).await.unwrap_err();
    assert_eq!(words(&the_exception(&telemetry)), (Mechanism::Service, None, Some("gone")));
}

#[tokio::test]
async fn a_client_that_leaves_is_no_exception() {
    let telemetry = Telemetry::new();
    let pending = async |_: Request<Body>| std::future::pending::<Result<Response, Infallible>>().await;
    drop(OtelLayer::new().with(telemetry.kit()).layer(service_fn(pending)).oneshot(request()));
    let routes = Router::new().route("/", get(async || "hello"));
    drop(app(&telemetry, routes).oneshot(request()).await.unwrap());
    assert_eq!(telemetry.exceptions(), []);
}
