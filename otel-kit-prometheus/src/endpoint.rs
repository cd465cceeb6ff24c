use std::{fmt, sync::Arc, time::Duration};

use axum::{
    Router,
    routing::{MethodRouter, get},
};
use http::HeaderMap;
use otel_kit_core::{Kit, Lazy};

use crate::{Encoder, scrape::Scraper};

/// `GET /metrics` for a router of yours, over the kit that `otel_kit::init!()` installs.
///
/// ```
/// use axum::{Router, routing::get};
///
/// let app: Router = Router::new()
///     .route("/orders", get(|| async { "orders" }))
///     .merge(otel_kit_prometheus::router());
/// ```
///
/// Another path: `.route("/internal/prometheus", Endpoint::new().route())`.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Endpoint::new().router()
}

/// What answers a scrape, and how.
///
/// It may be built before `init`; until a kit with metrics is there, and when one cannot be read, the answer is
/// 503 with the reason in words. A scrape reads a snapshot, so it never waits for a measurement or lets one wait;
/// it needs a tokio runtime with time, and its text is made on a thread for blocking work.
///
/// ```
/// use std::time::Duration;
///
/// use axum::Router;
/// use otel_kit_core::Kit;
/// use otel_kit_prometheus::{Encoder, Endpoint};
///
/// let kit = Kit::builder().build();
/// let endpoint = Endpoint::new()
///     .with(&kit) // not the installed one
///     .encoder(Encoder::new().scope_labels(false))
///     .time_limit(Duration::from_secs(5));
/// let app: Router = Router::new().route("/internal/prometheus", endpoint.route());
/// ```
#[must_use]
pub struct Endpoint {
    kit: Option<Kit>,
    encoder: Encoder,
    time_limit: Duration,
}

impl Endpoint {
    /// Over the kit that `otel_kit::init!()` installs, with the defaults.
    pub const fn new() -> Self {
        Self { kit: None, encoder: Encoder::new(), time_limit: Duration::from_secs(10) }
    }

    /// Over this kit instead of the installed one.
    pub fn with(mut self, kit: &Kit) -> Self {
        self.kit = Some(kit.clone());
        self
    }

    /// What is shown of the metrics.
    pub fn encoder(mut self, encoder: Encoder) -> Self {
        self.encoder = encoder;
        self
    }

    /// How long a scrape may take, 10 s by default; a scraper that waits for less says so in
    /// `X-Prometheus-Scrape-Timeout-Seconds`.
    pub const fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// For the path of your choice: answers GET and HEAD.
    pub fn route<S: Clone + Send + Sync + 'static>(self) -> MethodRouter<S> {
        let source = self.kit.map_or_else(Lazy::global, Lazy::with);
        let scraper = Arc::new(Scraper::new(source, self.encoder, self.time_limit));
        get(move |headers: HeaderMap| {
            let scraper = Arc::clone(&scraper);
            async move { scraper.answer(&headers).await }
        })
    }

    /// A router with it at `/metrics`.
    pub fn router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        Router::new().route(PATH, self.route())
    }

    pub(crate) const fn limit(&self) -> Duration {
        self.time_limit
    }
}

impl Default for Endpoint {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("time_limit", &self.time_limit).finish_non_exhaustive()
    }
}

const PATH: &str = "/metrics";
