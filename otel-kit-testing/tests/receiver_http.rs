//! OTLP over HTTP: what is taken, what is recorded, what is refused.

#[cfg(test)]
mod support;

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use otel_kit_testing::{OtlpReceiver, Signal, received::Protocol};
use prost::Message;
use support::{JSON, PROTOBUF, http, log_record, metric, send_span, spans};

#[test]
fn protobuf_of_all_three_signals_is_taken() {
    let receiver = OtlpReceiver::start().unwrap();
    let send = |path, body: Vec<u8>| http(&receiver, path, PROTOBUF).body(body).send().unwrap();
    let answer = send("/v1/traces", spans(["a", "b"]).encode_to_vec());
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], PROTOBUF);
    let answer = ExportTraceServiceResponse::decode(answer.bytes().unwrap()).unwrap();
    assert_eq!(answer, ExportTraceServiceResponse { partial_success: None });
    assert_eq!(send("/v1/metrics", metric("m").encode_to_vec()).status(), 200);
    assert_eq!(send("/v1/logs", log_record("INFO").encode_to_vec()).status(), 200);

    let names: Vec<_> = receiver.spans().into_iter().map(|span| span.name).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(receiver.metrics()[0].name, "m");
    assert_eq!(receiver.log_records()[0].severity_text, "INFO");
    let requests = receiver.requests();
    let signals: Vec<_> = requests.iter().map(|request| request.signal).collect();
    assert_eq!(signals, Signal::ALL);
    assert!(requests.iter().all(|request| request.protocol == Protocol::HttpProtobuf));
}

#[test]
fn json_is_taken_and_answered_in_json() {
    let receiver = OtlpReceiver::start().unwrap();
    for line in include_str!("data/shop.jsonl").lines() {
        let path = match line {
            line if line.contains("resourceSpans") => "/v1/traces",
            line if line.contains("resourceMetrics") => "/v1/metrics",
            _ => "/v1/logs",
        };
        let answer =
            http(&receiver, path, "application/json; charset=utf-8").body(line.to_owned()).send().unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], JSON);
        assert_eq!(answer.text().unwrap(), "{}");
    }
    assert_eq!(receiver.spans().len(), 3);
    assert_eq!(receiver.metrics().len(), 2);
    assert_eq!(receiver.log_records()[0].body, "payment is slow");
    assert!(receiver.requests().iter().all(|request| request.protocol == Protocol::HttpJson));
}

#[test]
fn compressed_bodies_are_recorded_plain_with_their_size_on_the_wire() {
    let receiver = OtlpReceiver::start().unwrap();
    let plain = spans(["a name that repeats, a name that repeats, a name that repeats"; 50]).encode_to_vec();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&plain).unwrap();
    let bodies = [
        ("gzip", gzip.finish().unwrap()),
        ("zstd", zstd::encode_all(plain.as_slice(), 0).unwrap()),
        ("identity", plain.clone()),
    ];
    for (encoding, body) in bodies {
        receiver.clear();
        let size = body.len();
        let request = http(&receiver, "/v1/traces", PROTOBUF).header("content-encoding", encoding);
        assert_eq!(request.body(body).send().unwrap().status(), 200);
        let [request] = &receiver.requests()[..] else { panic!("{receiver:?}") };
        assert_eq!((request.encoded_len, &request.body[..]), (size, &plain[..]), "{encoding}");
        assert_eq!(request.header("content-encoding"), Some(encoding));
        assert_eq!(receiver.spans().len(), 50);
    }
}

#[test]
fn a_request_is_recorded_with_path_headers_and_peer() {
    let receiver = OtlpReceiver::builder().path(Signal::Logs, "/ingest").keep(10).start().unwrap();
    let send = |path| http(&receiver, path, PROTOBUF).header("Authorization", "Bearer t").send().unwrap();
    assert_eq!(send("/ingest").status(), 200);
    assert_eq!(send("/tenant/1/v1/metrics?x=1").status(), 200);
    let [logs, metrics] = &receiver.requests()[..] else { panic!("{receiver:?}") };
    assert_eq!((logs.signal, logs.path.as_str()), (Signal::Logs, "/ingest"));
    assert_eq!((metrics.signal, metrics.path.as_str()), (Signal::Metrics, "/tenant/1/v1/metrics"));
    assert_eq!(logs.header("authorization"), Some("Bearer t"));
    assert!(logs.peer.ip().is_loopback());
    assert!(logs.received_at <= metrics.received_at);
}

#[test]
fn what_is_no_export_request_is_refused_and_noted() {
    let receiver = OtlpReceiver::start().unwrap();
    let status = |request: reqwest::blocking::RequestBuilder| request.send().unwrap().status().as_u16();
    assert_eq!(status(http(&receiver, "/v1/trace", PROTOBUF)), 404);
    assert_eq!(status(http(&receiver, "/v1/traces", "text/plain")), 415);
    assert_eq!(status(http(&receiver, "/v1/traces", PROTOBUF).header("content-encoding", "br")), 415);
    assert_eq!(status(http(&receiver, "/v1/traces", PROTOBUF).header("content-encoding", "gzip")), 400);
    assert_eq!(status(http(&receiver, "/v1/traces", PROTOBUF).body("not protobuf")), 400);
    assert_eq!(status(http(&receiver, "/v1/logs", JSON).body("[")), 400);
    let get = reqwest::blocking::get(format!("{}/v1/traces", receiver.http_endpoint())).unwrap();
    assert_eq!(get.status(), 405);

    let received = receiver.received();
    assert_eq!(received.rejections().len(), 7, "{received:?}");
    assert_eq!(received.rejections()[0], "POST /v1/trace: unknown path");
    assert_eq!(received.requests().len(), 2, "only what could be read was a request");
    assert!(received.spans().is_empty());
}

#[test]
fn a_refusal_is_explained_in_the_encoding_of_the_request() {
    let receiver = OtlpReceiver::start().unwrap();
    let answer = http(&receiver, "/v1/traces", PROTOBUF).body("not protobuf").send().unwrap();
    let status = tonic_types::Status::decode(answer.bytes().unwrap()).unwrap();
    assert_eq!(status.code, 3);
    assert!(status.message.starts_with("traces over http/protobuf: "), "{}", status.message);
    let answer = http(&receiver, "/v1/traces", JSON).body("[").send().unwrap();
    assert!(answer.text().unwrap().starts_with(r#"{"code":3,"message":"traces over http/json: "#));
}

#[tokio::test]
async fn a_test_that_blocks_its_runtime_does_not_starve_the_receiver() {
    let receiver = OtlpReceiver::start().unwrap();
    // The runtime of this test has one thread, and the next line blocks it until the answer is there.
    std::thread::scope(|scope| {
        scope.spawn(|| assert_eq!(send_span(&receiver, "work").unwrap().status(), 200));
    });
    assert_eq!(receiver.spans()[0].name, "work");
}
