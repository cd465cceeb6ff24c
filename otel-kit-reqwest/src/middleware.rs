use std::sync::Arc;

use async_trait::async_trait;
use http::Extensions;
use opentelemetry::Context;
use otel_kit_core::{Kit, Lazy};
use reqwest::{Request, Response};
use reqwest_middleware::{Middleware, Next, Result};

use crate::{client::Client, future::Spanned, nesting::Identity, span::ClientSpan};

/// Puts a span, its metric and its context around each attempt to send a request.
///
/// Add it **last**, so that it is inside all others: a retry middleware that was added before it then gets
/// a span for each attempt, and what other middlewares put into the headers can be captured.
///
/// A second one on the same client is noticed and does nothing: the outermost one speaks.
///
/// Results pass through unchanged, errors too.
///
/// ```
/// use otel_kit_reqwest::{ClientBuilder, ClientWithMiddleware, OtelMiddleware, reqwest};
///
/// let client: ClientWithMiddleware = ClientBuilder::new(reqwest::Client::new())
///     // .with(retry)
///     .with(OtelMiddleware::new())
///     .build();
/// ```
#[derive(Clone, Debug)]
pub struct OtelMiddleware {
    client: Arc<Lazy<Arc<Client>>>,
}

impl OtelMiddleware {
    /// A middleware over the kit that `otel_kit::init!()` installs. It may be built earlier: until a kit is
    /// installed, requests pass through untouched.
    #[must_use]
    pub fn new() -> Self {
        Self { client: Arc::new(Lazy::global()) }
    }

    /// Uses this kit instead of the installed one.
    #[must_use]
    pub fn with(self, kit: &Kit) -> Self {
        Self { client: Arc::new(Lazy::with(kit.clone())) }
    }

    /// Nothing without a kit, and nothing for what the kit itself sends.
    fn client(&self) -> Option<&Arc<Client>> {
        let client = self.client.get(|kit| Arc::new(Client::new(kit)))?;
        (!Context::is_current_telemetry_suppressed()).then_some(client)
    }
}

impl Default for OtelMiddleware {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Middleware for OtelMiddleware {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let Some(client) = self.client() else {
            return next.run(request, extensions).await;
        };
        let identity = Identity::of(extensions);
        if identity.is_entered() {
            return next.run(request, extensions).await;
        }
        let span = ClientSpan::start(client, &mut request, extensions);
        let inner = {
            let (_entered, _attached) = (identity.enter(), span.attach());
            next.run(request, extensions)
        };
        Spanned::new(inner, span, identity).await
    }
}
