//! OTLP over gRPC: what is taken and what is recorded.

#[cfg(test)]
mod support;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use otel_kit_testing::{OtlpReceiver, Signal, received::Protocol};
use prost::Message;
use support::{log_record, logs, metric, metrics, spans, traces};
use tonic::{Code, Request, codec::CompressionEncoding};

#[tokio::test]
async fn all_three_signals_are_taken() {
    let receiver = OtlpReceiver::start().unwrap();
    let answer = traces(&receiver).await.export(spans(["a", "b"])).await.unwrap();
    assert_eq!(answer.into_inner(), ExportTraceServiceResponse { partial_success: None });
    metrics(&receiver).await.export(metric("m")).await.unwrap();
    logs(&receiver).await.export(log_record("INFO")).await.unwrap();

    let names: Vec<_> = receiver.spans().into_iter().map(|span| span.name).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(receiver.metrics()[0].name, "m");
    assert_eq!(receiver.log_records()[0].severity_text, "INFO");
    let signals: Vec<_> = receiver.requests().iter().map(|request| request.signal).collect();
    assert_eq!(signals, Signal::ALL);
}

#[tokio::test]
async fn a_request_is_recorded_with_metadata_message_and_size() {
    let receiver = OtlpReceiver::start().unwrap();
    let mut request = Request::new(spans(["work"]));
    request.metadata_mut().insert("x-api-key", "secret".parse().unwrap());
    traces(&receiver).await.export(request).await.unwrap();
    let [request] = &receiver.requests()[..] else { panic!("{receiver:?}") };
    let message = spans(["work"]).encode_to_vec();
    assert_eq!(request.protocol, Protocol::Grpc);
    assert_eq!(request.path, "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
    assert_eq!(request.header("x-api-key"), Some("secret"));
    assert_eq!(request.body, message);
    assert_eq!(request.encoded_len, message.len());
    assert!(request.peer.ip().is_loopback());
}

#[tokio::test]
async fn compressed_messages_are_recorded_plain_with_their_size_on_the_wire() {
    let receiver = OtlpReceiver::start().unwrap();
    let request = spans(["a name that repeats, a name that repeats, a name that repeats"; 50]);
    for encoding in [CompressionEncoding::Gzip, CompressionEncoding::Zstd] {
        receiver.clear();
        traces(&receiver).await.send_compressed(encoding).export(request.clone()).await.unwrap();
        let [recorded] = &receiver.requests()[..] else { panic!("{receiver:?}") };
        assert_eq!(recorded.body, request.encode_to_vec());
        assert!(recorded.encoded_len < recorded.body.len() / 4, "{recorded:?}");
        assert_eq!(receiver.spans().len(), 50);
    }
}

#[tokio::test]
async fn a_message_larger_than_the_usual_limit_is_taken() {
    let receiver = OtlpReceiver::start().unwrap();
    let name = "x".repeat(5 * 1024 * 1024);
    traces(&receiver).await.export(spans([&name])).await.unwrap();
    assert_eq!(receiver.spans()[0].name.len(), name.len());
}

#[tokio::test]
async fn many_calls_on_one_connection_are_answered_side_by_side() {
    let receiver = OtlpReceiver::start().unwrap();
    let client = traces(&receiver).await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let mut client = client.clone();
        calls.spawn(async move { client.export(spans(["work"])).await });
    }
    while let Some(call) = calls.join_next().await {
        call.unwrap().unwrap();
    }
    assert_eq!(receiver.spans().len(), 100);
}

#[tokio::test]
async fn an_unknown_method_is_refused_and_noted() {
    let receiver = OtlpReceiver::start().unwrap();
    let url = format!("{}/grpc.health.v1.Health/Check", receiver.grpc_endpoint());
    let channel = tonic::transport::Endpoint::from_shared(url.clone()).unwrap().connect().await.unwrap();
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    let path = url.parse::<http::Uri>().unwrap().path_and_query().cloned().unwrap();
    let codec = tonic_prost::ProstCodec::<_, ExportTraceServiceResponse>::default();
    let error = client.unary(Request::new(spans(["work"])), path, codec).await.unwrap_err();
    assert_eq!(error.code(), Code::Unimplemented);
    assert_eq!(receiver.received().rejections(), ["gRPC /grpc.health.v1.Health/Check: unknown method"]);
}
