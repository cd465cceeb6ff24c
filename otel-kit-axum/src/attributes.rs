use std::net::SocketAddr;

use axum::extract::{ConnectInfo, OriginalUri};
use http::{Request, Uri, header};
use opentelemetry::{KeyValue, StringValue};
use otel_kit_core::{
    semconv::{
        attribute::{
            CLIENT_ADDRESS, HTTP_REQUEST_METHOD, HTTP_REQUEST_METHOD_ORIGINAL, HTTP_ROUTE,
            NETWORK_PEER_ADDRESS, NETWORK_PEER_PORT, NETWORK_PROTOCOL_VERSION, SERVER_ADDRESS, SERVER_PORT,
            URL_PATH, URL_QUERY, URL_SCHEME, USER_AGENT_ORIGINAL,
        },
        protocol_version,
    },
    settings::HttpServerSettings,
};

use crate::{
    cache::{shared_address, shared_authority, shared_text},
    route::RouteEntry,
};

/// Everything that is known when a request comes in; a sampler sees all of it.
pub(crate) fn of_request<B>(
    request: &Request<B>,
    entry: &RouteEntry,
    settings: &HttpServerSettings,
) -> Vec<KeyValue> {
    let mut attributes = Vec::with_capacity(CAPACITY);
    attributes.push(KeyValue::new(HTTP_REQUEST_METHOD, entry.method.clone()));
    if entry.method.as_str() != request.method().as_str() {
        attributes.push(KeyValue::new(HTTP_REQUEST_METHOD_ORIGINAL, request.method().as_str().to_owned()));
    }
    if let Some(route) = entry.route.clone() {
        attributes.push(KeyValue::new(HTTP_ROUTE, route));
    }
    if let Some(version) = protocol_version(request.version()) {
        attributes.push(KeyValue::new(NETWORK_PROTOCOL_VERSION, version));
    }
    push_url(&mut attributes, original_uri(request), entry, settings);
    push_server(&mut attributes, request, entry);
    push_client(&mut attributes, request);
    attributes.extend(settings.captured_request_headers.capture(request.headers()));
    attributes
}

/// The URI as it was sent: nested routers cut the part that they matched.
pub(crate) fn original_uri<B>(request: &Request<B>) -> &Uri {
    request.extensions().get::<OriginalUri>().map_or(request.uri(), |original| &original.0)
}

fn push_url(attributes: &mut Vec<KeyValue>, uri: &Uri, entry: &RouteEntry, settings: &HttpServerSettings) {
    attributes.push(KeyValue::new(URL_SCHEME, entry.scheme));
    let path = match &entry.route {
        Some(route) if route.as_str() == uri.path() => route.clone(),
        _ => StringValue::from(uri.path().to_owned()),
    };
    // CONNECT has no path.
    if !path.as_str().is_empty() {
        attributes.push(KeyValue::new(URL_PATH, path));
    }
    if let Some(query) = uri.query().filter(|query| !query.is_empty()) {
        attributes.push(KeyValue::new(URL_QUERY, settings.url_policy.query(query).into_owned()));
    }
}

fn push_server<B>(attributes: &mut Vec<KeyValue>, request: &Request<B>, entry: &RouteEntry) {
    let authority = request.uri().authority().map(|authority| authority.as_str().as_bytes());
    let host = || request.headers().get(header::HOST).map(http::HeaderValue::as_bytes);
    if let Some(server) = authority.or_else(host).and_then(shared_authority) {
        let port = server.port.unwrap_or(if entry.scheme == HTTPS { 443 } else { 80 });
        attributes.push(KeyValue::new(SERVER_ADDRESS, StringValue::from(server.address)));
        attributes.push(KeyValue::new(SERVER_PORT, i64::from(port)));
    }
}

fn push_client<B>(attributes: &mut Vec<KeyValue>, request: &Request<B>) {
    let agent = request.headers().get(header::USER_AGENT).map(http::HeaderValue::as_bytes);
    if let Some(agent) = agent.and_then(|agent| str::from_utf8(agent).ok()).filter(|agent| !agent.is_empty())
    {
        attributes.push(KeyValue::new(USER_AGENT_ORIGINAL, StringValue::from(shared_text(agent))));
    }
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let address = StringValue::from(shared_address(peer.ip()));
        attributes.push(KeyValue::new(CLIENT_ADDRESS, address.clone()));
        attributes.push(KeyValue::new(NETWORK_PEER_ADDRESS, address));
        attributes.push(KeyValue::new(NETWORK_PEER_PORT, i64::from(peer.port())));
    }
}

/// Scheme of the connection, as far as the URI tells; nothing else may become a label of a metric.
pub(crate) fn scheme(uri: &Uri) -> &'static str {
    if uri.scheme() == Some(&http::uri::Scheme::HTTPS) { HTTPS } else { "http" }
}

const HTTPS: &str = "https";

/// Enough for all attributes of a span but captured headers, those of its end included.
const CAPACITY: usize = 16;
