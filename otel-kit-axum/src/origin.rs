use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap, HeaderValue, Request, Uri, uri};
use otel_kit_core::settings::HttpServerSettings;

use crate::{
    authority::Authority,
    cache::shared_authority,
    forwarded::{Hop, Node, forwarded, x_forwarded},
    named::Named,
};

/// Who sent a request, how and to whom, as far as it can be believed.
#[derive(Debug)]
pub(crate) struct Origin {
    /// One of two words, since it becomes a label of metrics.
    pub(crate) scheme: &'static str,
    /// Whom a proxy was asked for.
    pub(crate) server: Option<Authority>,
    /// The socket's other end.
    pub(crate) peer: Option<SocketAddr>,
    /// The peer, or the one it forwards for.
    pub(crate) client: Option<IpAddr>,
}

impl Origin {
    /// As a trusted proxy says; `None` where there is none, and the request speaks for itself.
    pub(crate) fn of_proxy<B>(request: &Request<B>, settings: &HttpServerSettings) -> Option<Self> {
        if settings.trusted_proxies.is_empty() {
            return None;
        }
        let direct = Self::direct(request);
        let is_trusted = direct.client.is_some_and(|peer| settings.trusts(peer));
        is_trusted.then(|| direct.forwarded(request.headers(), settings))
    }

    /// As the request itself says.
    pub(crate) fn direct<B>(request: &Request<B>) -> Self {
        let peer = peer(request.extensions());
        Self { scheme: scheme(request.uri()), server: None, peer, client: peer.map(|peer| peer.ip()) }
    }

    /// What the peer says. Where both kinds of headers name different clients, one of them was sent through
    /// by a proxy that does not know it: then neither counts.
    fn forwarded(self, headers: &HeaderMap, settings: &HttpServerSettings) -> Self {
        let (standard, older) = (forwarded(headers), x_forwarded(headers));
        let claims = match (client_hop(&standard, settings), client_hop(&older, settings)) {
            (Claim::Nothing, Claim::Hop(hop)) | (Claim::Hop(hop), Claim::Nothing) => [Some(hop), None],
            (Claim::Hop(standard), Claim::Hop(older)) if standard.agrees_with(older) => {
                [Some(standard), Some(older)]
            }
            _ => [None, None],
        };
        let claims = || claims.iter().flatten();
        let client = claims().find_map(|hop| hop.address());
        let is_hidden = client.is_none() && claims().any(|hop| hop.is_named);
        Self {
            scheme: claims().find_map(|hop| hop.scheme()).unwrap_or(self.scheme),
            server: claims().find_map(|hop| shared_authority(hop.host.as_deref()?.as_bytes())),
            peer: self.peer,
            client: if is_hidden { None } else { client.or(self.client) },
        }
    }
}

/// The socket's other end, if the server tells.
pub(crate) fn peer(extensions: &Extensions) -> Option<SocketAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| *peer)
}

/// What one kind of headers says about the client.
enum Claim<'a> {
    /// There are none.
    Nothing,
    /// They are malformed.
    Malformed,
    Hop(&'a Hop<'a>),
}

/// The last hop from the right that is not one of the trusted proxies, else the first of these.
fn client_hop<'a>(hops: &'a [Hop<'a>], settings: &HttpServerSettings) -> Claim<'a> {
    let is_proxy = |hop: &&Hop<'_>| matches!(hop.node, Node::Address(address) if settings.trusts(address));
    match hops.iter().find(|hop| !is_proxy(hop)).or(hops.last()) {
        None => Claim::Nothing,
        Some(Hop { node: Node::Malformed, .. }) => Claim::Malformed,
        Some(hop) => Claim::Hop(hop),
    }
}

impl Hop<'_> {
    fn address(&self) -> Option<IpAddr> {
        match self.node {
            Node::Address(address) => Some(address),
            Node::Hidden | Node::Malformed => None,
        }
    }

    /// The scheme, if it is one of HTTP.
    fn scheme(&self) -> Option<&'static str> {
        let scheme = self.scheme.as_deref()?;
        [HTTP, HTTPS].into_iter().find(|known| scheme.eq_ignore_ascii_case(known))
    }

    /// True if both name the same client, or one of them names none.
    fn agrees_with(&self, other: &Hop<'_>) -> bool {
        !self.is_named || !other.is_named || self.node == other.node
    }
}

/// Whom the request itself names.
pub(crate) fn asked_for(uri: &Uri, named: Named<'_>) -> Option<Authority> {
    let authority = uri.authority().map(|authority| authority.as_str().as_bytes());
    authority.or_else(|| named.host.map(HeaderValue::as_bytes)).and_then(shared_authority)
}

/// Scheme of the connection, as far as the URI tells.
pub(crate) fn scheme(uri: &Uri) -> &'static str {
    if uri.scheme() == Some(&uri::Scheme::HTTPS) { HTTPS } else { HTTP }
}

const HTTP: &str = "http";
pub(crate) const HTTPS: &str = "https";
