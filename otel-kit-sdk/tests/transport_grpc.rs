//! OTLP over gRPC against a receiver, good and bad.
#![allow(clippy::unwrap_used)] // helpers of tests
#![cfg(feature = "grpc")]

mod transports;

use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceRequest, ExportTraceServiceResponse,
    trace_service_server::{TraceService, TraceServiceServer},
};
use otel_kit_core::{Delivery, Signal, Transport};
use otel_kit_sdk::transport::{Compression, Grpc, Target, TlsSettings};
use otel_kit_testing::{Fault, OtlpReceiver, received::Protocol};
use tonic::{
    Request, Response, Status,
    metadata::{MetadataMap, MetadataValue},
    transport::server::{Server, TcpIncoming},
};
use transports::{batch, canned, rejected_reason, response, send, unanswered_reason};

fn grpc(endpoint: &str, prepare: impl Fn(Target) -> Target) -> Grpc {
    let targets = Signal::ALL.map(|signal| (signal, prepare(Target::new(endpoint))));
    Grpc::new(targets, &TlsSettings::new()).unwrap()
}

fn plain(endpoint: &str) -> Grpc {
    grpc(endpoint, |target| target)
}

async fn with_fault(fault: Fault) -> Vec<Delivery> {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(fault);
    let grpc = plain(&receiver.grpc_endpoint());
    let mut deliveries = Vec::new();
    for signal in Signal::ALL {
        deliveries.push(send(&grpc, batch(signal, "x")).await);
    }
    deliveries
}

/// Answers every batch of spans with what `answer` says.
async fn serve(
    answer: impl Fn() -> Result<ExportTraceServiceResponse, Status> + Send + Sync + 'static,
) -> String {
    struct Scripted<F>(F);

    #[tonic::async_trait]
    impl<F> TraceService for Scripted<F>
    where
        F: Fn() -> Result<ExportTraceServiceResponse, Status> + Send + Sync + 'static,
    {
        async fn export(
            &self,
            _: Request<ExportTraceServiceRequest>,
        ) -> Result<Response<ExportTraceServiceResponse>, Status> {
            (self.0)().map(Response::new)
        }
    }

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = TraceServiceServer::new(Scripted(answer));
    let serving = Server::builder().add_service(service).serve_with_incoming(TcpIncoming::from(listener));
    tokio::spawn(serving);
    format!("http://{address}")
}

#[tokio::test]
async fn every_signal_arrives_in_every_compression() {
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
        let receiver = OtlpReceiver::start().unwrap();
        let grpc = grpc(&receiver.grpc_endpoint(), |target| target.compression(compression));
        for signal in Signal::ALL {
            assert_eq!(send(&grpc, batch(signal, "the one")).await, Delivery::ACCEPTED);
        }
        assert_eq!(receiver.spans()[0].name, "the one");
        assert_eq!(receiver.metrics()[0].name, "the one");
        assert_eq!(receiver.log_records().len(), 1);
        let requests = receiver.requests();
        for (request, signal) in requests.iter().zip(Signal::ALL) {
            assert_eq!((request.signal, request.protocol), (signal, Protocol::Grpc));
            let encoding = request.header("grpc-encoding").filter(|encoding| *encoding != "identity");
            assert_eq!(encoding.is_some(), compression != Compression::None);
        }
        let peers: std::collections::HashSet<_> = requests.iter().map(|request| request.peer).collect();
        assert_eq!(peers.len(), 1, "one connection for the three of them");
    }
}

#[tokio::test]
async fn headers_are_metadata_and_the_distribution_is_named() {
    let receiver = OtlpReceiver::start().unwrap();
    let grpc = grpc(&receiver.grpc_endpoint(), |target| {
        target.header("X-Api-Key", "secret").header("token-bin", "\u{1}\u{2}")
    });
    assert_eq!(send(&grpc, batch(Signal::Traces, "x")).await, Delivery::ACCEPTED);
    let request = &receiver.requests()[0];
    assert_eq!(request.header("x-api-key"), Some("secret"));
    let metadata = MetadataMap::from_headers(request.headers.clone());
    let token = metadata.get_bin("token-bin").map(MetadataValue::to_bytes).unwrap().unwrap();
    assert_eq!(&token[..], [1, 2]);
    let agent = request.header("user-agent").unwrap();
    assert!(agent.starts_with("otel-kit/0.") && agent.contains(" OTel-OTLP-Exporter-Rust/0."), "{agent}");
    assert!(!format!("{grpc:?}").contains("secret"));
}

#[tokio::test]
async fn user_and_password_of_the_url_are_basic_authorization_unless_metadata_says_otherwise() {
    let receiver = OtlpReceiver::start().unwrap();
    let url = receiver.grpc_endpoint().replace("://", "://ada:hunter%4022@");
    let by_url = grpc(&url, |target| target);
    let by_metadata = grpc(&url, |target| target.header("authorization", "Bearer t0ken"));
    for grpc in [&by_url, &by_metadata] {
        assert_eq!(send(grpc, batch(Signal::Traces, "x")).await, Delivery::ACCEPTED);
        assert!(!format!("{grpc:?}").contains("ada"));
    }
    let requests = receiver.requests();
    assert_eq!(requests[0].header("authorization"), Some("Basic YWRhOmh1bnRlckAyMg=="));
    assert_eq!(requests[1].header("authorization"), Some("Bearer t0ken"));
}

#[tokio::test]
async fn codes_that_may_pass_are_tried_again_and_no_other() {
    let again = [1, 4, 10, 11, 14, 15];
    for code in 1..=16 {
        for delivery in with_fault(Fault::grpc_code(code)).await {
            let is_retry = matches!(delivery, Delivery::Retry { after: None, .. });
            assert_eq!(is_retry, again.contains(&code), "{code}: {delivery:?}");
            let (Delivery::Retry { reason, .. } | Delivery::Rejected { reason }) = delivery else {
                panic!("accepted")
            };
            assert!(reason.ends_with(": fault of the test receiver"), "{reason}");
        }
    }
}

#[tokio::test]
async fn retry_info_says_when_to_try_again_even_an_exhausted_receiver() {
    let delay = Duration::from_millis(1_200);
    for fault in [Fault::too_many_requests(), Fault::unavailable()] {
        for delivery in with_fault(fault.retry_after(delay)).await {
            assert!(
                matches!(&delivery, Delivery::Retry { after: Some(after), .. } if *after == delay),
                "{delivery:?}"
            );
        }
    }
    for delivery in with_fault(Fault::too_many_requests()).await {
        assert!(rejected_reason(delivery).starts_with("ResourceExhausted"));
    }
}

#[tokio::test]
async fn a_partial_success_is_accepted_with_its_count_and_words() {
    for delivery in with_fault(Fault::partial_success(3, "too old")).await {
        assert_eq!(delivery, Delivery::Accepted { rejected: 3, message: Some("too old".into()) });
    }
}

#[tokio::test]
async fn garbage_in_a_good_answer_is_accepted_and_told() {
    for delivery in with_fault(Fault::garbage()).await {
        assert!(matches!(delivery, Delivery::Accepted { rejected: 0, message: Some(_) }), "{delivery:?}");
    }
}

#[tokio::test]
async fn a_connection_that_fails_is_tried_again_and_comes_back() {
    for delivery in with_fault(Fault::refuse()).await {
        unanswered_reason(delivery);
    }
    let receiver = OtlpReceiver::start().unwrap();
    let grpc = plain(&receiver.grpc_endpoint());
    assert_eq!(send(&grpc, batch(Signal::Traces, "x")).await, Delivery::ACCEPTED);
    receiver.stop_listening().unwrap();
    let reason = unanswered_reason(send(&grpc, batch(Signal::Traces, "x")).await);
    assert!(!reason.is_empty());
    receiver.restart().unwrap();
    let mut delivery = send(&grpc, batch(Signal::Traces, "x")).await;
    while let Delivery::Unanswered { .. } = delivery {
        delivery = send(&grpc, batch(Signal::Traces, "x")).await;
    }
    assert_eq!(delivery, Delivery::ACCEPTED);
}

#[tokio::test]
async fn a_refused_connection_says_so() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let reason = unanswered_reason(send(&plain(&endpoint), batch(Signal::Traces, "x")).await);
    assert!(reason.contains("refused"), "{reason}");
}

#[tokio::test]
async fn a_request_that_hangs_can_be_left_and_the_next_one_works() {
    let receiver = OtlpReceiver::start().unwrap();
    let grpc = plain(&receiver.grpc_endpoint());
    receiver.fault(Fault::hang());
    let hanging = grpc.send(batch(Signal::Traces, "x"));
    assert!(tokio::time::timeout(Duration::from_millis(200), hanging).await.is_err());
    receiver.clear_faults();
    assert_eq!(send(&grpc, batch(Signal::Traces, "x")).await, Delivery::ACCEPTED);
}

#[tokio::test]
async fn what_speaks_no_grpc_is_tried_again_or_rejected_but_never_accepted() {
    let (url, _seen) = canned(response("200 OK", "", b"hello"));
    unanswered_reason(send(&plain(&url), batch(Signal::Traces, "x")).await);
}

#[tokio::test]
async fn an_answer_beyond_4_mib_fails_for_good() {
    let huge = || {
        let error_message = "x".repeat((4 << 20) + 1);
        let partial = ExportTracePartialSuccess { rejected_spans: 0, error_message };
        Ok(ExportTraceServiceResponse { partial_success: Some(partial) })
    };
    let reason = rejected_reason(send(&plain(&serve(huge).await), batch(Signal::Traces, "x")).await);
    assert!(reason.contains("too large"), "{reason}");
}

#[tokio::test]
async fn an_echoed_key_is_in_no_reason() {
    let echo = || Err(Status::unauthenticated("no such key: s3cr3t-key"));
    let grpc = grpc(&serve(echo).await, |target| target.header("x-api-key", "s3cr3t-key"));
    let reason = rejected_reason(send(&grpc, batch(Signal::Traces, "x")).await);
    assert_eq!(reason, "Unauthenticated: no such key: REDACTED");
}

#[tokio::test]
async fn details_that_are_no_base64_do_not_panic() {
    let broken = || {
        let mut headers = http::HeaderMap::new();
        headers.insert("grpc-status-details-bin", http::HeaderValue::from_static("!"));
        Err(Status::with_metadata(tonic::Code::Internal, "broken", MetadataMap::from_headers(headers)))
    };
    let delivery = send(&plain(&serve(broken).await), batch(Signal::Traces, "x")).await;
    assert!(matches!(delivery, Delivery::Rejected { .. }), "{delivery:?}");
}
