//! Who gets in.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use http::{HeaderMap, StatusCode, header::AUTHORIZATION, request::Parts};

use crate::Token;

/// What a request has to bring along.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    pub(crate) token: Token,
    pub(crate) any_peer: bool,
}

impl Access {
    /// # Errors
    /// The status that the request gets instead, and why.
    pub(crate) fn check(&self, request: &Parts) -> Result<(), (StatusCode, &'static str)> {
        if !self.any_peer && !is_of_this_machine(request) {
            return Err((StatusCode::FORBIDDEN, "only for this machine\n"));
        }
        match bearer(&request.headers) {
            Some(text) if self.token.is(text) => Ok(()),
            _ => Err((StatusCode::UNAUTHORIZED, "needs Authorization: Bearer with the token\n")),
        }
    }
}

/// The address is the connection's own: what a proxy says of it anybody can say.
fn is_of_this_machine(request: &Parts) -> bool {
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.is_some_and(|ConnectInfo(address)| address.ip().to_canonical().is_loopback())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}
