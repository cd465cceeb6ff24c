//! Where the layer stands and what it knows of the route there.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, get_service, post},
};
use http::StatusCode;
use otel_kit_axum::OtelLayer;
use otel_kit_testing::Telemetry;
use support::{active, server_spans};
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

/// Where the layer is put.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    /// The last layer of the router: the place that the documentation advises.
    Last,
    /// Around the router only.
    Outside,
    /// Around the router, and as the last layer of the router too.
    OutsideAndLast,
    /// Around the router, and as the first layer of the router too, inside all others.
    OutsideAndFirst,
    /// `route_layer`.
    RouteLayer,
}
use Place::{Last, Outside, OutsideAndFirst, OutsideAndLast, RouteLayer};

const ALL: [Place; 5] = [Last, Outside, OutsideAndLast, OutsideAndFirst, RouteLayer];

fn routes(layer: &OtelLayer) -> Router {
    let api = Router::new()
        .route("/x/{a}", get(|| async { "x" }))
        .nest("/deep", Router::new().route("/y/{b}", get(|| async { "y" })));
    let inner = || Router::new().route("/in/{c}", get(|| async { "svc" }));
    let file = service_fn(|_request: Request| async { Ok::<_, Infallible>("file".into_response()) });
    Router::new()
        .route("/o/{id}", get(|| async { "o" }).post(|| async { "p" }))
        .route("/slow", get(|| async { std::future::pending::<()>().await }))
        .route("/panic", get(panics))
        .nest("/api", api)
        .nest_service("/svc", inner())
        .nest_service("/svcl", inner().layer(layer.clone()))
        .route_service("/file", get_service(file))
        .nest_service("/static", file)
        .merge(Router::new().route("/m/{q}", post(|| async { "m" })))
}

async fn panics() {
    std::panic::resume_unwind(Box::new("boom")); // without the noise of a hook
}

fn with_middleware(router: Router) -> Router {
    async fn auth(request: Request, next: Next) -> Response {
        if request.headers().contains_key("deny") {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        next.run(request).await
    }
    router
        .layer(middleware::from_fn(auth))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_millis(20)))
        .layer(CatchPanicLayer::new())
}

/// Name and route of each span of one request, with the status of the answer.
async fn spans_of<S>(
    telemetry: &Telemetry,
    service: S,
    request: Request,
) -> (u16, Vec<(String, Option<String>)>)
where
    S: Service<Request, Response = Response, Error = Infallible>,
{
    let response = service.oneshot(request).await.unwrap();
    let status = response.status();
    to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let spans = server_spans(telemetry).into_iter();
    let named = spans.map(|span| {
        assert_eq!(span.attr("http.response.status_code"), status.as_u16());
        assert_ne!(span.attr("http.route"), "");
        (span.name.clone(), span.attr("http.route").as_str().map(str::to_owned))
    });
    assert_eq!(active(telemetry), 0);
    (status.as_u16(), named.collect())
}

async fn observe(place: Place, request: Request) -> (u16, Vec<(String, Option<String>)>) {
    let telemetry = Telemetry::new();
    let layer = OtelLayer::new().with(telemetry.kit());
    let routes = routes(&layer);
    let telemetry = &telemetry;
    match place {
        Last => spans_of(telemetry, with_middleware(routes).layer(layer), request).await,
        Outside => spans_of(telemetry, layer.layer(with_middleware(routes)), request).await,
        OutsideAndLast => {
            spans_of(telemetry, layer.layer(with_middleware(routes).layer(layer.clone())), request).await
        }
        OutsideAndFirst => {
            spans_of(telemetry, layer.layer(with_middleware(routes.layer(layer.clone()))), request).await
        }
        RouteLayer => spans_of(telemetry, with_middleware(routes).route_layer(layer), request).await,
    }
}

/// Asserts the one span of a request: with its route in the places given, without one in the others.
async fn assert_route(request: &str, status: u16, route: &str, known_in: &[Place]) {
    for place in ALL {
        let (method, path) = request.split_once(' ').unwrap();
        let mut built = Request::builder().method(method).uri(path.trim_end_matches(" denied"));
        if request.ends_with(" denied") {
            built = built.header("deny", "1");
        }
        let expected = match known_in.contains(&place) {
            true => (format!("{method} {route}"), Some(route.to_owned())),
            false => (method.to_owned(), None),
        };
        let observed = observe(place, built.body(Body::empty()).unwrap()).await;
        assert_eq!(observed, (status, vec![expected]), "{request} {place:?}");
    }
}

/// All places but the one around the router only.
const INSIDE: [Place; 4] = [Last, OutsideAndLast, OutsideAndFirst, RouteLayer];

#[tokio::test]
async fn a_route_is_known_for_each_of_its_methods() {
    for method in ["GET", "POST", "HEAD"] {
        assert_route(&format!("{method} /o/1"), 200, "/o/{id}", &INSIDE).await;
    }
}

#[tokio::test]
async fn nested_routers_have_the_whole_route() {
    assert_route("GET /api/x/1", 200, "/api/x/{a}", &INSIDE).await;
    assert_route("GET /api/deep/y/2", 200, "/api/deep/y/{b}", &INSIDE).await;
}

#[tokio::test]
async fn merged_routers_and_route_services_have_a_route() {
    assert_route("POST /m/1", 200, "/m/{q}", &INSIDE).await;
    assert_route("GET /file", 200, "/file", &INSIDE).await;
}

#[tokio::test]
async fn a_method_that_is_not_allowed_has_the_route() {
    assert_route("DELETE /o/1", 405, "/o/{id}", &INSIDE).await;
}

#[tokio::test]
async fn a_refusal_by_a_middleware_has_the_route_where_the_layer_is_outside_of_it() {
    assert_route("GET /o/1 denied", 401, "/o/{id}", &[Last, OutsideAndLast, RouteLayer]).await;
}

#[tokio::test]
async fn a_timeout_and_a_caught_panic_have_the_route_wherever_a_layer_was_passed() {
    assert_route("GET /slow", 408, "/slow", &INSIDE).await;
    assert_route("GET /panic", 500, "/panic", &INSIDE).await;
}

#[tokio::test]
async fn a_request_that_no_route_matches_has_a_span_without_route() {
    for path in ["/none", "/o/1/", "/api/nope"] {
        for place in ALL {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            let spans = if place == RouteLayer { vec![] } else { vec![("GET".to_owned(), None)] };
            assert_eq!(observe(place, request).await, (404, spans), "{path} {place:?}");
        }
    }
}

#[tokio::test]
async fn a_custom_fallback_has_a_span_without_route() {
    let telemetry = Telemetry::new();
    let app = Router::new()
        .fallback(|| async { (StatusCode::NOT_FOUND, "not here") })
        .layer(OtelLayer::new().with(telemetry.kit()));
    let observed = spans_of(&telemetry, app, Request::new(Body::empty())).await;
    assert_eq!(observed, (404, vec![("GET".to_owned(), None)]));
}

#[tokio::test]
async fn a_nested_service_that_is_no_router_has_no_route() {
    assert_route("GET /static/a.css", 200, "", &[]).await;
}

#[tokio::test]
async fn a_router_nested_as_a_service_has_its_route_where_it_has_the_layer_too() {
    assert_route("GET /svc/in/3", 200, "", &[]).await;
    assert_route("GET /svcl/in/3", 200, "/svcl/in/{c}", &ALL).await;
}

#[tokio::test]
async fn what_is_added_after_the_layer_is_not_seen() {
    let telemetry = Telemetry::new();
    let app = Router::new()
        .route("/seen", get(|| async {}))
        .layer(OtelLayer::new().with(telemetry.kit()))
        .route("/unseen", get(|| async {}));
    let request = Request::builder().uri("/unseen").body(Body::empty()).unwrap();
    assert_eq!(spans_of(&telemetry, app, request).await, (200, vec![]));
}

#[tokio::test]
async fn the_duration_has_the_route_even_if_it_is_learnt_late() {
    for place in [Last, OutsideAndLast] {
        let telemetry = Telemetry::new();
        let layer = OtelLayer::new().with(telemetry.kit());
        let request = Request::builder().uri("/o/1").body(Body::empty()).unwrap();
        if place == Last {
            spans_of(&telemetry, routes(&layer).layer(layer), request).await;
        } else {
            spans_of(&telemetry, layer.layer(routes(&layer).layer(layer.clone())), request).await;
        }
        let point = support::duration(&telemetry);
        assert_eq!(point.attr("http.route"), "/o/{id}");
    }
}

#[tokio::test]
async fn the_path_is_the_whole_one_where_the_layer_is_in_a_nested_router() {
    let telemetry = Telemetry::new();
    let inner =
        Router::new().route("/in/{c}", get(|| async {})).layer(OtelLayer::new().with(telemetry.kit()));
    let app = Router::new().nest_service("/svc", inner);
    let request = Request::builder().uri("/svc/in/3").body(Body::empty()).unwrap();
    spans_of(&telemetry, app, request).await;
    let [span] = &telemetry.spans()[..] else { panic!("{telemetry:?}") };
    assert_eq!(span.attr("url.path"), "/svc/in/3");
    assert_eq!(span.attr("http.route"), "/svc/in/{c}");
}
