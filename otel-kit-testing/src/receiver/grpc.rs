use std::{future::Future, net::SocketAddr, pin::Pin, sync::Arc, time::Instant};

use bytes::Bytes;
use http::HeaderMap;
use http_body_util::Full;
use hyper::body::Incoming;
use otel_kit_core::Signal;
use tokio::sync::Notify;
use tonic::{
    Code, Request, Response, Status,
    body::Body,
    codec::CompressionEncoding,
    server::{Grpc, UnaryService},
};
use tonic_types::{ErrorDetails, StatusExt};

use super::{
    answer::{self, Answer, GARBAGE},
    body,
    codec::BytesCodec,
    desk::Desk,
    fault::Failure,
    paths::Paths,
};
use crate::received::{Protocol, ReceivedRequest};

/// Answers one call of OTLP over gRPC.
pub(super) async fn answer(
    desk: Arc<Desk>,
    peer: SocketAddr,
    request: http::Request<Incoming>,
    close: Arc<Notify>,
) -> http::Response<Body> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let Some(signal) = Paths::grpc(path) else {
        let failure = desk.reject(404, Code::Unimplemented.into(), format!("gRPC {path}: unknown method"));
        return status(failure).into_http();
    };
    let body = match body::collect(body).await {
        Ok(body) => body,
        Err(why) => {
            let failure = desk.reject(413, Code::ResourceExhausted.into(), format!("gRPC {path}: {why}"));
            return status(failure).into_http();
        }
    };
    let call = Call {
        signal,
        path: path.into(),
        headers: parts.headers.clone(),
        encoded_len: body.len().saturating_sub(FRAME_HEADER),
        peer,
        desk,
        close,
    };
    Grpc::new(BytesCodec)
        .accept_compressed(CompressionEncoding::Gzip)
        .accept_compressed(CompressionEncoding::Zstd)
        .max_decoding_message_size(body::MAX_BODY)
        .unary(call, http::Request::from_parts(parts, Full::new(body)))
        .await
}

/// A call whose message tonic takes out of its frame.
struct Call {
    signal: Signal,
    path: String,
    headers: HeaderMap,
    encoded_len: usize,
    peer: SocketAddr,
    desk: Arc<Desk>,
    close: Arc<Notify>,
}

impl UnaryService<Bytes> for Call {
    type Response = Bytes;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Bytes>, Status>> + Send>>;

    fn call(&mut self, message: Request<Bytes>) -> Self::Future {
        let signal = self.signal;
        let request = ReceivedRequest {
            signal,
            protocol: Protocol::Grpc,
            path: self.path.clone(),
            headers: self.headers.clone(),
            body: message.into_inner(),
            encoded_len: self.encoded_len,
            peer: self.peer,
            received_at: Instant::now(),
        };
        let (desk, close) = (Arc::clone(&self.desk), Arc::clone(&self.close));
        Box::pin(async move {
            match desk.take(request, &close).await {
                Answer::Accepted { rejected, message } => {
                    Ok(Response::new(answer::protobuf(signal, rejected, message)))
                }
                Answer::Garbage => Ok(Response::new(Bytes::from_static(GARBAGE))),
                Answer::Failed(failure) => Err(status(failure)),
            }
        })
    }
}

fn status(failure: Failure) -> Status {
    let code = failure.grpc.map_or(Code::Unknown, Code::from);
    match failure.retry_after {
        Some(delay) => {
            Status::with_error_details(code, failure.message, ErrorDetails::with_retry_info(Some(delay)))
        }
        None => Status::new(code, failure.message),
    }
}

/// One byte says whether the message is compressed, four how long it is.
const FRAME_HEADER: usize = 5;
