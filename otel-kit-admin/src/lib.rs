//! What a service knows of its own alerts and exceptions, over HTTP: a router for [axum](https://docs.rs/axum).
//!
//! ```
//! use axum::{Router, body::{Body, to_bytes}, http::Request};
//! use otel_kit_admin::{Admin, Token};
//! use otel_kit_core::Kit;
//! use tower::ServiceExt;
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let token = Token::new("0123456789abcdef0123456789abcdef")?; // from a secret store, not from the source
//! let kit = Kit::builder().build(); // in a service, init!() brings it
//! let admin: Router = Admin::new(token).with(&kit).any_peer().router();
//! let app = Router::new().nest("/admin", admin);
//!
//! let request = Request::get("/admin/alerts").header("authorization", "Bearer 0123456789abcdef0123456789abcdef");
//! let answer = app.oneshot(request.body(Body::empty())?).await?;
//! assert_eq!(to_bytes(answer.into_body(), usize::MAX).await?, r#"{"alerts":[]}"#);
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! - `GET /alerts`: each instance of an alert rule that is not forgotten yet, the firing ones first: `labels`,
//!   `annotations`, `state`, `value`, `activeAt`, `firedAt`, `resolvedAt`, `fingerprint`, `traceId`, `spanId`.
//! - `GET /exceptions`: the groups of exceptions, those with the last exceptions first: `fingerprint`,
//!   `secondaryFingerprint`, `title`, `culprit`, `type`, `grouping`, `count`, `suppressed`, `firstSeen`, `lastSeen`,
//!   `operations`, and a `sample` with `message`, `stacktrace`, `traceId`, `spanId`. `?limit=` says how many; 100 if
//!   it does not, 1,000 at most.
//!
//! Messages may hold anything, so nobody gets in without the [`Token`], as `Authorization: Bearer`, and from no
//! other machine unless [`Admin::any_peer`] says so: what the server does not tell the peer of
//! (`into_make_service_with_connect_info::<SocketAddr>()`) does not get in either.

mod access;
mod admin;
mod alerts;
mod exceptions;
mod token;
mod when;

pub use self::{
    admin::Admin,
    token::{Token, TokenError},
};
