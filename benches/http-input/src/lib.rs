//! A service with one route, and the requests that it gets: `POST /users/{id}`, JSON in and out.

use std::{
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use axum::{
    Json, Router,
    body::Body,
    extract::Path,
    http::{Request, header},
    routing::post,
};
use http_body_util::BodyExt;
use measure::Loop;
use serde::{Deserialize, Serialize};
use tower_service::Service;

#[derive(Deserialize)]
struct NewUser {
    name: String,
    email: String,
}

#[derive(Serialize)]
struct User {
    id: u64,
    name: String,
    email: String,
}

/// The service without a layer.
pub fn router() -> Router {
    Router::new().route("/users/{id}", post(answer))
}

async fn answer(Path(id): Path<u64>, Json(user): Json<NewUser>) -> Json<User> {
    Json(User { id, name: user.name, email: user.email })
}

/// A request whose caller is sampled.
#[must_use]
pub fn sampled() -> Request<Body> {
    with_parent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
}

/// A request whose caller is not sampled.
#[must_use]
pub fn unsampled() -> Request<Body> {
    with_parent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")
}

/// A request without a caller.
#[must_use]
pub fn root() -> Request<Body> {
    let request = Request::post("/users/42")
        .header(header::HOST, "shop.example:8080")
        .header(header::USER_AGENT, "curl/8.5.0")
        .header(header::ACCEPT, "*/*")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, BODY.len());
    request.body(Body::from(BODY)).unwrap_or_default()
}

/// The request with a `tracestate` of two members.
#[must_use]
pub fn with_state(mut request: Request<Body>) -> Request<Body> {
    let state = header::HeaderValue::from_static("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
    request.headers_mut().insert("tracestate", state);
    request
}

fn with_parent(traceparent: &'static str) -> Request<Body> {
    let mut request = root();
    request.headers_mut().insert("traceparent", header::HeaderValue::from_static(traceparent));
    request
}

/// Measures the service from the request, which is there already, to the last byte of the response's body.
///
/// # Panics
/// If the service does not answer 200 at once.
pub fn serve(measured: Loop, router: Router, request: fn() -> Request<Body>) {
    // Layers are put around the routes once, as by `axum::serve`, and not for each request.
    let mut service = router.with_state::<()>(());
    measured.run_on(request, |request| {
        let answer = service.call(black_box(request));
        let bytes = at_once(async {
            let response = answer.await.unwrap_or_else(|never| match never {});
            assert_eq!(response.status(), 200);
            response.into_body().collect().await.map(http_body_util::Collected::to_bytes)
        });
        assert!(bytes.is_ok_and(|bytes| bytes.starts_with(b"{\"id\":42")));
    });
}

/// Nothing here waits for anything.
fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut task = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut task) {
        Poll::Ready(output) => output,
        #[expect(clippy::panic, reason = "the numbers would be wrong")]
        Poll::Pending => panic!("the service waits"),
    }
}

const BODY: &str = r#"{"name":"Ada Lovelace","email":"ada@shop.example"}"#;
