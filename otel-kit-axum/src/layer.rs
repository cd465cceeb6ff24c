use std::sync::Arc;

use otel_kit_core::{Kit, Lazy};
use tower_layer::Layer;

use crate::{Otel, server::Server};

/// Puts a span, its metrics and its context around each request.
///
/// Use it once, as the **last** call on the outermost router: it sees the routes and fallbacks added before
/// it, and layers added before it are inside. Another one further in does no harm: it makes no second span,
/// and tells the route to an outer one that does not know it, such as one outside the router or around
/// `nest_service`.
///
/// ```
/// use axum::{Router, routing::get};
/// use otel_kit_axum::OtelLayer;
///
/// let app: Router = Router::new()
///     .route("/orders/{id}", get(|| async { "order" }))
///     .fallback(|| async { "nothing here" })
///     .layer(OtelLayer::new());
/// ```
#[derive(Clone, Debug)]
pub struct OtelLayer {
    /// Shared by all services: a router without state makes a new one for each request.
    server: Arc<Lazy<Arc<Server>>>,
}

impl OtelLayer {
    /// A layer over the kit that `otel_kit::init!()` installs. It may be built earlier: until a kit is
    /// installed, requests pass through untouched.
    #[must_use]
    pub fn new() -> Self {
        Self { server: Arc::new(Lazy::global()) }
    }

    /// Uses this kit instead of the installed one.
    #[must_use]
    pub fn with(self, kit: &Kit) -> Self {
        Self { server: Arc::new(Lazy::with(kit.clone())) }
    }
}

impl Default for OtelLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Layer<S> for OtelLayer {
    type Service = Otel<S>;

    fn layer(&self, inner: S) -> Self::Service {
        Otel::new(inner, Arc::clone(&self.server))
    }
}
