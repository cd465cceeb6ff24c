use std::{io, net::SocketAddr, time::Instant};

use bytes::Bytes;
use http::{
    HeaderMap, Method, Request, Response, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER},
};
use http_body_util::Full;
use hyper::body::Incoming;
use otel_kit_core::Signal;
use prost::Message;
use serde_json::json;
use tokio::sync::Notify;

use super::{
    answer::{self, Answer, GARBAGE},
    body,
    desk::Desk,
    fault::Failure,
};
use crate::received::{Protocol, ReceivedRequest};

/// Answers one request of OTLP over HTTP.
pub(super) async fn answer(
    desk: &Desk,
    peer: SocketAddr,
    request: Request<Incoming>,
    close: &Notify,
) -> Response<Full<Bytes>> {
    let protocol = protocol(request.headers());
    match read(desk, peer, protocol, request).await {
        Ok(request) => {
            let (signal, protocol) = (request.signal, request.protocol);
            respond(signal, protocol, desk.take(request, close).await)
        }
        Err(failure) => failed(protocol.unwrap_or(Protocol::HttpProtobuf), &failure),
    }
}

/// The request, or why it is none.
async fn read(
    desk: &Desk,
    peer: SocketAddr,
    protocol: Option<Protocol>,
    request: Request<Incoming>,
) -> Result<ReceivedRequest, Failure> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let reject = |status: u16, why: &str| {
        Err(desk.reject(status, INTERNAL, format!("{} {path}: {why}", parts.method)))
    };
    let Some(signal) = desk.paths.http(path) else { return reject(404, "unknown path") };
    if parts.method != Method::POST {
        return reject(405, "not POST");
    }
    let Some(protocol) = protocol else {
        return reject(415, "content-type is neither application/x-protobuf nor application/json");
    };
    let encoded = match body::collect(body).await {
        Ok(encoded) => encoded,
        Err(why) => return reject(413, &why),
    };
    let encoding = parts.headers.get(CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?"));
    let body = match body::decompress(encoding, &encoded) {
        Ok(body) => body,
        Err(error) if error.kind() == io::ErrorKind::Unsupported => return reject(415, &error.to_string()),
        Err(error) => return reject(400, &error.to_string()),
    };
    Ok(ReceivedRequest {
        signal,
        protocol,
        path: path.into(),
        headers: parts.headers,
        body,
        encoded_len: encoded.len(),
        peer,
        received_at: Instant::now(),
    })
}

fn protocol(headers: &HeaderMap) -> Option<Protocol> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    match content_type.split(';').next()?.trim() {
        PROTOBUF => Some(Protocol::HttpProtobuf),
        JSON => Some(Protocol::HttpJson),
        _ => None,
    }
}

fn respond(signal: Signal, protocol: Protocol, answer: Answer) -> Response<Full<Bytes>> {
    match answer {
        Answer::Failed(failure) => failed(protocol, &failure),
        Answer::Garbage => response(protocol, Bytes::from_static(GARBAGE)),
        Answer::Accepted { rejected, message } if protocol == Protocol::HttpJson => {
            response(protocol, answer::json(signal, rejected, &message))
        }
        Answer::Accepted { rejected, message } => {
            response(protocol, answer::protobuf(signal, rejected, message))
        }
    }
}

/// The status with a `google.rpc.Status` as its body, as
/// [the specification](https://opentelemetry.io/docs/specs/otlp/#failures) asks.
fn failed(protocol: Protocol, failure: &Failure) -> Response<Full<Bytes>> {
    let (code, message) = (failure.grpc.unwrap_or(UNKNOWN), failure.message.clone());
    let body = if protocol == Protocol::HttpJson {
        json!({ "code": code, "message": message }).to_string().into()
    } else {
        tonic_types::Status { code, message, details: Vec::new() }.encode_to_vec().into()
    };
    let mut response = response(protocol, body);
    *response.status_mut() = failure
        .http
        .and_then(|status| StatusCode::from_u16(status).ok())
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(delay) = failure.retry_after {
        let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

fn response(protocol: Protocol, body: Bytes) -> Response<Full<Bytes>> {
    let content_type = if protocol == Protocol::HttpJson { JSON } else { PROTOBUF };
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";
const UNKNOWN: i32 = 2;
const INTERNAL: i32 = 13;
