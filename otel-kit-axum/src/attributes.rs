use axum::extract::OriginalUri;
use http::{HeaderValue, Request, Uri};
use opentelemetry::{KeyValue, StringValue};
use otel_kit_core::{
    bounded,
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
    cache::{shared_address, shared_text},
    named::Named,
    origin::{HTTPS, Origin, asked_for},
    route::RouteEntry,
};

/// Everything that is known when a request comes in; a sampler sees all of it.
pub(crate) fn of_request<B>(
    request: &Request<B>,
    named: Named<'_>,
    origin: Origin,
    entry: &RouteEntry,
    settings: &HttpServerSettings,
) -> Vec<KeyValue> {
    let mut attributes = bounded::attributes();
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
    push_agent(&mut attributes, named);
    push_ends(&mut attributes, request.uri(), named, origin);
    if !settings.captured_request_headers.is_empty() {
        attributes.extend(settings.captured_request_headers.capture(request.headers()));
    }
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

fn push_agent(attributes: &mut Vec<KeyValue>, named: Named<'_>) {
    let agent = named.agent.map(HeaderValue::as_bytes);
    if let Some(agent) = agent.filter(|agent| !agent.is_empty()).and_then(shared_text) {
        attributes.push(KeyValue::new(USER_AGENT_ORIGINAL, StringValue::from(agent)));
    }
}

/// The server, the client, and who speaks for it.
fn push_ends(attributes: &mut Vec<KeyValue>, uri: &Uri, named: Named<'_>, origin: Origin) {
    if let Some(server) = origin.server.or_else(|| asked_for(uri, named)) {
        let port = server.port.unwrap_or(if origin.scheme == HTTPS { 443 } else { 80 });
        attributes.push(KeyValue::new(SERVER_ADDRESS, StringValue::from(server.address)));
        attributes.push(KeyValue::new(SERVER_PORT, i64::from(port)));
    }
    let client = origin.client.map(|client| StringValue::from(shared_address(client)));
    if let Some(peer) = origin.peer {
        let is_client = origin.client == Some(peer.ip());
        let address = client.clone().filter(|_| is_client);
        let address = address.unwrap_or_else(|| StringValue::from(shared_address(peer.ip())));
        attributes.push(KeyValue::new(NETWORK_PEER_ADDRESS, address));
        attributes.push(KeyValue::new(NETWORK_PEER_PORT, i64::from(peer.port())));
    }
    attributes.extend(client.map(|client| KeyValue::new(CLIENT_ADDRESS, client)));
}
