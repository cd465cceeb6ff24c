use std::{fmt, sync::Arc};

use axum::{
    Json, Router,
    extract::{Query, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::get,
};
use http::header::{CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE};
use otel_kit_core::{Kit, Lazy};
use serde::Deserialize;

use crate::{
    Token,
    access::Access,
    alerts::{self, Alerts},
    exceptions::{self, Exceptions},
};

/// What answers, and whom. See the crate for what it answers.
#[derive(Debug)]
#[must_use]
pub struct Admin {
    kit: Option<Kit>,
    access: Access,
}

impl Admin {
    /// Over the kit that `otel_kit::init!()` installs, for who has this token and asks from this machine.
    pub const fn new(token: Token) -> Self {
        Self { kit: None, access: Access { token, any_peer: false } }
    }

    /// Over this kit instead of the installed one.
    pub fn with(mut self, kit: &Kit) -> Self {
        self.kit = Some(kit.clone());
        self
    }

    /// Others may ask from other machines too, or through a proxy: the token alone protects it then, and goes over
    /// the network as it is unless the server has TLS.
    pub const fn any_peer(mut self) -> Self {
        self.access.any_peer = true;
        self
    }

    /// The router.
    pub fn router<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        let kit = Arc::new(Source(self.kit.map_or_else(Lazy::global, Lazy::with)));
        Router::new()
            .route("/alerts", get(show_alerts))
            .route("/exceptions", get(show_exceptions))
            .layer(middleware::from_fn_with_state(self.access, guard))
            .with_state(kit)
    }
}

/// The kit, once there is one.
struct Source(Lazy<Kit>);

impl Source {
    fn kit(&self) -> Option<&Kit> {
        self.0.get(Kit::clone)
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.kit()).finish()
    }
}

#[derive(Deserialize)]
struct Limit {
    limit: Option<usize>,
}

async fn show_alerts(State(source): State<Arc<Source>>) -> Json<Alerts> {
    Json(alerts::shown(source.kit().and_then(Kit::alerts).map(|source| source.alerts()).unwrap_or_default()))
}

async fn show_exceptions(State(source): State<Arc<Source>>, Query(query): Query<Limit>) -> Json<Exceptions> {
    let groups = source.kit().and_then(Kit::exception_groups).map(|source| source.groups());
    let limit = query.limit.unwrap_or(USUAL_LIMIT).min(GREATEST_LIMIT);
    Json(exceptions::shown(groups.unwrap_or_default(), limit))
}

async fn guard(State(access): State<Access>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let mut answer = match access.check(&parts) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(refused) => {
            let mut answer = refused.into_response();
            answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            answer
        }
    };
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

const USUAL_LIMIT: usize = 100;
const GREATEST_LIMIT: usize = 1_000;
