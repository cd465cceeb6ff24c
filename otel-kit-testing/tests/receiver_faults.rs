//! What the receiver does wrong when asked to.

#[cfg(test)]
mod support;

use std::{
    io::Write,
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use otel_kit_testing::{Fault, OtlpReceiver, Signal};
use prost::Message;
use support::{JSON, PROTOBUF, SOON, address, http, log_record, logs, send_span, spans, traces};
use tonic::Code;
use tonic_types::StatusExt;

#[tokio::test]
async fn refuse_closes_the_connection_without_an_answer() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(Fault::refuse().times(2));
    let mut client = traces(&receiver).await;
    client.export(spans(["a"])).await.unwrap_err();
    let over_http = thread::scope(|scope| scope.spawn(|| send_span(&receiver, "b")).join().unwrap());
    assert!(over_http.unwrap_err().is_request());
    assert!(receiver.spans().is_empty());
    assert_eq!(receiver.requests().len(), 2);

    client.export(spans(["a"])).await.unwrap();
    assert_eq!(receiver.spans().len(), 1);
}

#[test]
fn delay_answers_late() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(Fault::delay(Duration::from_millis(80)).times(1));
    let start = Instant::now();
    assert_eq!(send_span(&receiver, "late").unwrap().status(), 200);
    assert!(start.elapsed() >= Duration::from_millis(80));
    assert_eq!(receiver.spans().len(), 1);
}

#[test]
fn what_the_sender_gave_up_on_is_not_taken() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(Fault::hang().times(1));
    let mut sender = TcpStream::connect(address(&receiver.http_endpoint())).unwrap();
    let head = "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 68";
    let body = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"given up"}]}]}]}"#;
    write!(sender, "{head}\r\n\r\n{body}").unwrap();
    receiver.wait_for(SOON, |received| received.requests().len() == 1).unwrap();
    drop(sender);
    // The receiver has one thread: when it answers this, it has seen the other connection end.
    send_span(&receiver, "after").unwrap();
    receiver.clear_faults();
    send_span(&receiver, "last").unwrap();
    let names: Vec<_> = receiver.spans().into_iter().map(|span| span.name).collect();
    assert_eq!(names, ["after", "last"]);
}

#[test]
fn hanging_requests_are_answered_when_faults_are_cleared() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(Fault::hang());
    thread::scope(|scope| {
        let call = scope.spawn(|| send_span(&receiver, "work"));
        receiver.wait_for(SOON, |received| !received.requests().is_empty()).unwrap();
        assert!(receiver.spans().is_empty());
        receiver.clear_faults();
        assert_eq!(call.join().unwrap().unwrap().status(), 200);
    });
    assert_eq!(receiver.spans().len(), 1);
}

#[test]
fn retry_after_is_sent_in_whole_seconds_over_http() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(Fault::too_many_requests().times(1));
    receiver.fault(Fault::unavailable().retry_after(Duration::from_millis(1200)).times(1));
    let answer = send_span(&receiver, "a").unwrap();
    assert_eq!((answer.status().as_u16(), answer.headers().get("retry-after")), (429, None));
    let answer = send_span(&receiver, "a").unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["retry-after"]), (503, &"2".parse().unwrap()));
    assert!(receiver.spans().is_empty());
    assert_eq!(receiver.requests().len(), 2);
}

#[tokio::test]
async fn retry_info_is_sent_exactly_over_grpc() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(Fault::too_many_requests().times(1));
    receiver.fault(Fault::unavailable().retry_after(Duration::from_millis(1200)).times(1));
    let mut client = traces(&receiver).await;
    let status = client.export(spans(["a"])).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert!(status.get_details_retry_info().is_none());
    let status = client.export(spans(["a"])).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.get_details_retry_info().unwrap().retry_delay, Some(Duration::from_millis(1200)));
}

#[tokio::test]
async fn any_code_of_one_protocol_spares_the_other() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(Fault::http_status(418));
    receiver.fault(Fault::grpc_code(Code::DataLoss));
    let status = traces(&receiver).await.export(spans(["a"])).await.unwrap_err();
    assert_eq!(status.code(), Code::DataLoss);
    let answer = thread::scope(|scope| scope.spawn(|| send_span(&receiver, "b")).join().unwrap());
    assert_eq!(answer.unwrap().status(), 418);
}

#[tokio::test]
async fn partial_success_says_what_was_rejected_and_why() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(Fault::partial_success(3, "too old"));
    let answer = traces(&receiver).await.export(spans(["a"])).await.unwrap().into_inner();
    let expected = ExportTracePartialSuccess { rejected_spans: 3, error_message: "too old".into() };
    assert_eq!(answer.partial_success, Some(expected));
    assert_eq!(receiver.spans().len(), 1);
}

#[test]
fn partial_success_over_http_is_in_the_encoding_of_the_request() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(Fault::partial_success(3, "too old"));
    let answer = send_span(&receiver, "a").unwrap();
    assert_eq!(answer.status(), 200);
    let answer = ExportTraceServiceResponse::decode(answer.bytes().unwrap()).unwrap();
    assert_eq!(answer.partial_success.unwrap().rejected_spans, 3);
    let answer = http(&receiver, "/v1/logs", JSON).body("{}").send().unwrap().text().unwrap();
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["partialSuccess"]["rejectedLogRecords"], "3");
    assert_eq!(answer["partialSuccess"]["errorMessage"], "too old");
}

#[tokio::test]
async fn garbage_is_a_success_that_cannot_be_decoded() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(Fault::garbage());
    let status = traces(&receiver).await.export(spans(["a"])).await.unwrap_err();
    assert!(status.message().contains("decode"), "{status:?}");
    let answer = thread::scope(|scope| scope.spawn(|| send_span(&receiver, "b")).join().unwrap()).unwrap();
    assert_eq!(answer.status(), 200);
    let body = thread::scope(|scope| scope.spawn(|| answer.bytes()).join().unwrap()).unwrap();
    ExportTraceServiceResponse::decode(body).unwrap_err();
}

#[tokio::test]
async fn a_fault_of_one_signal_spares_the_others() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(Fault::unavailable().on(Signal::Logs));
    assert_eq!(logs(&receiver).await.export(log_record("INFO")).await.unwrap_err().code(), Code::Unavailable);
    traces(&receiver).await.export(spans(["a"])).await.unwrap();
    receiver.clear_faults();
    logs(&receiver).await.export(log_record("INFO")).await.unwrap();
}

#[test]
fn dropping_the_receiver_ends_hanging_requests() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(Fault::hang());
    thread::scope(|scope| {
        let request = http(&receiver, "/v1/traces", PROTOBUF).timeout(SOON);
        let call = scope.spawn(move || request.send());
        receiver.wait_for(SOON, |received| !received.requests().is_empty()).unwrap();
        let start = Instant::now();
        drop(receiver);
        assert!(call.join().unwrap().unwrap_err().is_request());
        assert!(start.elapsed() < Duration::from_secs(1));
    });
}
