use http::Extensions;
use opentelemetry::KeyValue;
use otel_kit_core::{
    bounded,
    semconv::{
        attribute::{
            HTTP_REQUEST_METHOD, HTTP_REQUEST_METHOD_ORIGINAL, HTTP_REQUEST_RESEND_COUNT,
            HTTP_RESPONSE_STATUS_CODE, NETWORK_PEER_ADDRESS, NETWORK_PEER_PORT, NETWORK_PROTOCOL_VERSION,
            URL_FULL,
        },
        protocol_version,
    },
    settings::{HttpClientSettings, MethodNames},
};
use reqwest::{Request, Response};

use crate::target::Target;

/// Everything that is known before the first byte; a sampler sees all of it.
pub(crate) fn of_request(
    request: &Request,
    method: &MethodNames,
    target: &Target,
    settings: &HttpClientSettings,
) -> Vec<KeyValue> {
    let mut attributes = bounded::attributes();
    attributes.push(KeyValue::new(HTTP_REQUEST_METHOD, method.attribute.clone()));
    if !method.is_known {
        attributes.push(KeyValue::new(HTTP_REQUEST_METHOD_ORIGINAL, request.method().as_str().to_owned()));
    }
    attributes.extend(target.attributes());
    let url = settings.url_policy.url(request.url().as_str()).into_owned();
    attributes.push(KeyValue::new(URL_FULL, url));
    attributes.extend(settings.captured_request_headers.capture(request.headers()));
    attributes
}

/// What the head of the response adds.
pub(crate) fn of_response<'a>(
    response: &'a Response,
    settings: &'a HttpClientSettings,
) -> impl Iterator<Item = KeyValue> + 'a {
    let status = KeyValue::new(HTTP_RESPONSE_STATUS_CODE, i64::from(response.status().as_u16()));
    let version =
        protocol_version(response.version()).map(|version| KeyValue::new(NETWORK_PROTOCOL_VERSION, version));
    let peer = response.remote_addr().map(|peer| {
        let address = peer.ip().to_canonical().to_string();
        [
            KeyValue::new(NETWORK_PEER_ADDRESS, address),
            KeyValue::new(NETWORK_PEER_PORT, i64::from(peer.port())),
        ]
    });
    let captured = settings.captured_response_headers.capture(response.headers());
    [status].into_iter().chain(version).chain(peer.into_iter().flatten()).chain(captured)
}

/// Counts the attempts of a request in what its middlewares hand on from one to the next: absent on the
/// first one, then 1, 2, ...
pub(crate) fn resend_count(extensions: &mut Extensions) -> Option<KeyValue> {
    /// Of no size, so that the first attempt, which most often is the only one, needs no memory for it.
    #[derive(Clone)]
    struct Sent;
    #[derive(Clone)]
    struct Resends(i64);
    if let Some(Resends(count)) = extensions.get_mut() {
        *count += 1;
        Some(KeyValue::new(HTTP_REQUEST_RESEND_COUNT, *count))
    } else if extensions.insert(Sent).is_some() {
        extensions.insert(Resends(1));
        Some(KeyValue::new(HTTP_REQUEST_RESEND_COUNT, 1))
    } else {
        None
    }
}
