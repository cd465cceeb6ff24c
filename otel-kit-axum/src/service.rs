use std::{
    sync::Arc,
    task::{Context, Poll},
};

use axum::{BoxError, body::Body};
use bytes::Bytes;
use http::{Request, Response};
use otel_kit_core::Lazy;
use tower_service::Service;

use crate::{ResponseFuture, mark, scope::Scope, server::Server, span::ServerSpan};

/// The service that [`OtelLayer`](crate::OtelLayer) puts around another one.
#[derive(Clone, Debug)]
pub struct Otel<S> {
    inner: S,
    server: Arc<Lazy<Arc<Server>>>,
}

impl<S> Otel<S> {
    pub(crate) const fn new(inner: S, server: Arc<Lazy<Arc<Server>>>) -> Self {
        Self { inner, server }
    }

    /// The wrapped service.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// The wrapped service, mutably.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Gives the wrapped service back.
    pub fn into_inner(self) -> S {
        self.inner
    }

    fn scope<B: 'static>(&self, request: &mut Request<B>) -> Scope {
        let Some(server) = self.server.get(|kit| Arc::new(Server::new(kit))) else {
            return Scope::Untouched;
        };
        if server.excludes(request) && !mark::is_marked(request.extensions()) {
            return server.carried(request).map_or(Scope::Untouched, Scope::Context);
        }
        if mark::mark(request.extensions_mut()) {
            return mark::told_scope(request.extensions());
        }
        Scope::Span(ServerSpan::start(server, request))
    }
}

impl<S, ReqBody, ResBody> Service<Request<ReqBody>> for Otel<S>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    S::Error: 'static,
    ReqBody: 'static,
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
        let scope = self.scope(&mut request);
        let inner = {
            let _attached = scope.attach();
            self.inner.call(request)
        };
        ResponseFuture::new(inner, scope)
    }
}
