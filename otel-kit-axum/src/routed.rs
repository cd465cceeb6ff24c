use std::{
    sync::Arc,
    task::{Context, Poll},
};

use axum::{BoxError, body::Body};
use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use crate::{ResponseFuture, mark};

/// Names the route of a service that has none of its own, such as one of files, or one that is nested.
///
/// The name is a template, never the path of a request. The layer around it, wherever it is, has it for
/// span, metrics and log lines; a route that axum knows goes first.
///
/// ```
/// use axum::{Router, body::Body, response::Response};
/// use http::Request;
/// use otel_kit_axum::{OtelLayer, route};
/// # use std::convert::Infallible;
/// let files = tower::service_fn(async |_: Request<Body>| Ok::<_, Infallible>(Response::new(Body::from("a file"))));
/// let app: Router = Router::new()
///     .nest_service("/static", route("/static/{*path}", files))
///     .layer(OtelLayer::new());
/// ```
pub fn route<S>(template: impl Into<Arc<str>>, service: S) -> Routed<S> {
    Routed { inner: service, template: template.into() }
}

/// A service with a route: see [`route()`].
#[derive(Clone, Debug)]
pub struct Routed<S> {
    inner: S,
    template: Arc<str>,
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for Routed<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    S::Error: 'static,
    ResBody: http_body::Body<Data = Bytes> + Send + 'static,
    ResBody::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future>;

    fn poll_ready(&mut self, task: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(task)
    }

    fn call(&mut self, mut request: Request<ReqBody>) -> Self::Future {
        mark::name_route(request.extensions_mut(), &self.template);
        let scope = mark::told_scope(request.extensions());
        let inner = {
            let _attached = scope.attach();
            self.inner.call(request)
        };
        ResponseFuture::new(inner, scope)
    }
}
