//! OpenTelemetry for [axum](https://docs.rs/axum) servers: one span, one duration and one context for each
//! request, by one layer.
//!
//! ```
//! use axum::{Router, body::Body, http::Request, routing::get};
//! use otel_kit_axum::OtelLayer;
//! use otel_kit_testing::Telemetry;
//! use tower::ServiceExt;
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let telemetry = Telemetry::new(); // in a service: otel_kit::init!(), and no with(..) below
//! let app = Router::new()
//!     .route("/orders/{id}", get(|| async { "order" }))
//!     .layer(OtelLayer::new().with(telemetry.kit())); // last
//!
//! let request = Request::get("/orders/7").body(Body::empty())?;
//! let response = app.oneshot(request).await?;
//! axum::body::to_bytes(response.into_body(), usize::MAX).await?;
//!
//! let [span] = &telemetry.spans()[..] else { panic!("{telemetry:?}") };
//! assert_eq!(span.name, "GET /orders/{id}");
//! assert_eq!(span.attr("http.response.status_code"), 200);
//! let durations = telemetry.metric("http.server.request.duration").ok_or("no durations")?;
//! assert_eq!(durations.points[0].attr("http.route"), "/orders/{id}");
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is emitted
//!
//! - A [server span](https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span) with all
//!   required and recommended attributes that are known; a sampler sees all that the request told, the
//!   route included. `client.address` and `network.peer.*` need `into_make_service_with_connect_info`;
//!   headers of proxies are believed only from `trusted_proxies`.
//! - `http.server.request.duration`, that of the span, and `http.server.active_requests`
//!   ([metrics](https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#http-server)), sampled or not; with
//!   `body_size_metrics` also `http.server.request.body.size` and `http.server.response.body.size`.
//! - `http.route` as a field of all log lines below ([`LogContext`](otel_kit_core::LogContext)).
//! - To the kit's [exception sinks](otel_kit_core::exception), sampled or not: errors that handlers hand over in a
//!   [`HandlerError`], panics, and the failures of bodies and inner services.
//!
//! [`route()`] names the route of services that have none. Span and duration cover the body. Their `error.type`:
//!
//! | | |
//! |---|---|
//! | the status code | for a server error, however it ends |
//! | `cancelled` | if the client leaves before the answer is complete; server-sent events have no end of their own, and a WebSocket ends with its handshake |
//! | `panic` | if handler or body panic; the panic goes on |
//! | `body_error` | if the body fails |
//! | the type of the error | if the inner service fails; the error comes back unchanged |
//!
//! The context is current in handler and body, on each poll and when they are dropped. Tasks, WebSockets
//! (`on_upgrade`) and blocking work get it by `with_current_context()`.
//!
//! # Configuration
//!
//! [`HttpServerSettings`](otel_kit_core::settings::HttpServerSettings): what to do with the caller's
//! context and baggage, by rule; trusted proxies, response headers, sizes of bodies, excluded paths, captured
//! headers, known methods, masked query values.

mod attributes;
mod authority;
mod body;
mod cache;
mod chain;
mod failure;
mod forwarded;
mod future;
mod handler_error;
mod hash;
mod layer;
mod mark;
mod metrics;
mod named;
mod origin;
mod request_size;
mod route;
mod routed;
mod scope;
mod server;
mod service;
mod span;

pub use self::{
    future::ResponseFuture,
    handler_error::HandlerError,
    layer::OtelLayer,
    routed::{Routed, route},
    service::Otel,
};
