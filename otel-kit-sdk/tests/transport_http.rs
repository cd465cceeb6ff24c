//! OTLP over HTTP against a receiver, good and bad.
#![allow(clippy::unwrap_used)] // helpers of tests
#![cfg(feature = "http")]

mod transports;

use std::time::Duration;

use otel_kit_core::{Delivery, Signal, Transport};
use otel_kit_sdk::transport::{Compression, Http, HttpEncoding, Target, TlsSettings};
use otel_kit_testing::{Fault, OtlpReceiver, received::Protocol};
use transports::{batch, canned, rejected_reason, response, send, unanswered_reason};

fn http(base: &str, encoding: HttpEncoding, prepare: impl Fn(Target) -> Target) -> Http {
    let target = |signal: Signal| prepare(Target::new(format!("{base}/v1/{}", signal.name())));
    Http::new(Signal::ALL.map(|signal| (signal, target(signal))), encoding, &TlsSettings::new()).unwrap()
}

fn plain(base: &str) -> Http {
    http(base, HttpEncoding::Protobuf, |target| target)
}

/// What each encoding makes of one fault.
async fn with_fault(fault: Fault) -> Vec<Delivery> {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(fault);
    let mut deliveries = Vec::new();
    for encoding in [HttpEncoding::Protobuf, HttpEncoding::Json] {
        let http = http(&receiver.http_endpoint(), encoding, |target| target);
        for signal in Signal::ALL {
            deliveries.push(send(&http, batch(signal, "x")).await);
        }
    }
    deliveries
}

#[tokio::test]
async fn every_signal_arrives_in_every_encoding_and_compression() {
    for encoding in [HttpEncoding::Protobuf, HttpEncoding::Json] {
        for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
            let receiver = OtlpReceiver::start().unwrap();
            let http = http(&receiver.http_endpoint(), encoding, |target| target.compression(compression));
            for signal in Signal::ALL {
                assert_eq!(send(&http, batch(signal, "the one")).await, Delivery::ACCEPTED);
            }
            assert_eq!(receiver.spans()[0].name, "the one");
            assert_eq!(receiver.metrics()[0].name, "the one");
            assert_eq!(receiver.log_records().len(), 1);
            for (request, signal) in receiver.requests().iter().zip(Signal::ALL) {
                assert_eq!(request.signal, signal);
                assert_eq!(request.path, format!("/v1/{}", signal.name()));
                assert_eq!(request.protocol.name(), encoding.name());
                let compressed = request.header("content-encoding");
                assert_eq!(compressed.is_some(), compression != Compression::None);
            }
        }
    }
}

#[tokio::test]
async fn the_headers_of_a_signal_and_the_name_of_the_distribution_are_sent() {
    let receiver = OtlpReceiver::start().unwrap();
    let target = |signal: Signal| {
        let url = format!("{}/v1/{}", receiver.http_endpoint(), signal.name());
        let target = Target::new(url).header("x-for", signal.name());
        (signal, target.header("Content-Type", "text/plain").header("content-length", "1"))
    };
    let targets = [target(Signal::Traces), target(Signal::Logs)];
    let http = Http::new(targets, HttpEncoding::Protobuf, &TlsSettings::new()).unwrap();
    for signal in [Signal::Traces, Signal::Logs] {
        assert_eq!(send(&http, batch(signal, "x")).await, Delivery::ACCEPTED);
    }
    for request in receiver.requests() {
        assert_eq!(request.header("x-for"), Some(request.signal.name()));
        assert_eq!(request.protocol, Protocol::HttpProtobuf);
        let agent = request.header("user-agent").unwrap();
        assert!(agent.starts_with("otel-kit/0.") && agent.contains(" OTel-OTLP-Exporter-Rust/0."), "{agent}");
    }
    let reason = rejected_reason(send(&http, batch(Signal::Metrics, "x")).await);
    assert_eq!(reason, "no endpoint for metrics");
}

#[tokio::test]
async fn user_and_password_of_the_url_are_basic_authorization_unless_a_header_says_otherwise() {
    let receiver = OtlpReceiver::start().unwrap();
    let base = receiver.http_endpoint().replace("://", "://ada:hunter%4022@");
    let by_url = plain(&base);
    let by_header = http(&base, HttpEncoding::Json, |target| target.header("Authorization", "Bearer t0ken"));
    for http in [&by_url, &by_header] {
        assert_eq!(send(http, batch(Signal::Traces, "x")).await, Delivery::ACCEPTED);
        assert!(!format!("{http:?}").contains("ada"));
    }
    let requests = receiver.requests();
    assert_eq!(requests[0].header("authorization"), Some("Basic YWRhOmh1bnRlckAyMg=="));
    assert_eq!(requests[1].header("authorization"), Some("Bearer t0ken"));
    assert_eq!(requests[0].header("host").map(|host| host.contains('@')), Some(false));
}

#[tokio::test]
async fn statuses_that_may_pass_are_tried_again_when_the_receiver_says() {
    for status in [429, 502, 503, 504] {
        for delivery in with_fault(Fault::http_status(status)).await {
            let Delivery::Retry { after: None, reason } = delivery else { panic!("{delivery:?}") };
            assert!(reason.starts_with(&status.to_string()), "{reason}");
            assert!(reason.ends_with("fault of the test receiver"), "{reason}");
        }
        let told = Fault::http_status(status).retry_after(Duration::from_secs(7));
        for delivery in with_fault(told).await {
            let after = Some(Duration::from_secs(7));
            assert!(
                matches!(&delivery, Delivery::Retry { after: told, .. } if *told == after),
                "{delivery:?}"
            );
        }
    }
}

#[tokio::test]
async fn every_other_status_is_final() {
    for status in [301, 400, 401, 403, 404, 413, 500, 501] {
        for delivery in with_fault(Fault::http_status(status)).await {
            let reason = rejected_reason(delivery);
            assert!(reason.starts_with(&status.to_string()), "{reason}");
        }
    }
}

#[tokio::test]
async fn a_partial_success_is_accepted_with_its_count_and_words() {
    for delivery in with_fault(Fault::partial_success(3, "too old")).await {
        assert_eq!(delivery, Delivery::Accepted { rejected: 3, message: Some("too old".into()) });
    }
    for delivery in with_fault(Fault::partial_success(0, "soon too old")).await {
        assert_eq!(delivery, Delivery::Accepted { rejected: 0, message: Some("soon too old".into()) });
    }
}

#[tokio::test]
async fn garbage_in_a_good_answer_is_accepted_and_told() {
    for delivery in with_fault(Fault::garbage()).await {
        assert!(matches!(delivery, Delivery::Accepted { rejected: 0, message: Some(_) }), "{delivery:?}");
    }
}

#[tokio::test]
async fn a_connection_that_fails_is_tried_again() {
    for delivery in with_fault(Fault::refuse()).await {
        unanswered_reason(delivery);
    }
    let receiver = OtlpReceiver::start().unwrap();
    let http = plain(&receiver.http_endpoint());
    receiver.stop_listening().unwrap();
    let reason = unanswered_reason(send(&http, batch(Signal::Traces, "x")).await);
    assert!(reason.contains("refused"), "{reason}");
    receiver.restart().unwrap();
    assert_eq!(send(&http, batch(Signal::Traces, "x")).await, Delivery::ACCEPTED);
}

#[tokio::test]
async fn a_slow_receiver_is_waited_for_and_can_be_left() {
    let receiver = OtlpReceiver::start().unwrap();
    let http = plain(&receiver.http_endpoint());
    receiver.fault(Fault::delay(Duration::from_millis(100)).times(1));
    assert_eq!(send(&http, batch(Signal::Traces, "x")).await, Delivery::ACCEPTED);
    receiver.fault(Fault::hang());
    let hanging = http.send(batch(Signal::Traces, "x"));
    assert!(tokio::time::timeout(Duration::from_millis(100), hanging).await.is_err());
    receiver.clear_faults();
    assert_eq!(send(&http, batch(Signal::Traces, "x")).await, Delivery::ACCEPTED);
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_takes_no_header_elsewhere() {
    let elsewhere = OtlpReceiver::start().unwrap();
    for status in ["301 Moved Permanently", "307 Temporary Redirect", "308 Permanent Redirect"] {
        let location = format!("location: {}/v1/traces\r\n", elsewhere.http_endpoint());
        let (url, _seen) = canned(response(status, &location, b""));
        let http = http(&url, HttpEncoding::Protobuf, |target| target.header("x-api-key", "secret"));
        assert_eq!(rejected_reason(send(&http, batch(Signal::Traces, "x")).await), status);
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn an_answer_beyond_4_mib_is_not_read() {
    let (url, _seen) = canned(response("200 OK", "", &vec![0; (4 << 20) + 1]));
    let reason = rejected_reason(send(&plain(&url), batch(Signal::Traces, "x")).await);
    assert!(reason.contains("4 MiB"), "{reason}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_after_a_yes_is_accepted() {
    let (url, _seen) = canned("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
    let delivery = send(&plain(&url), batch(Signal::Traces, "x")).await;
    assert!(matches!(delivery, Delivery::Accepted { rejected: 0, message: Some(_) }), "{delivery:?}");
}

#[tokio::test]
async fn what_speaks_no_http_is_tried_again() {
    let (url, _seen) = canned("SSH-2.0-OpenSSH\r\n");
    unanswered_reason(send(&plain(&url), batch(Signal::Traces, "x")).await);
}

#[tokio::test]
async fn a_date_to_come_back_is_understood() {
    let now = std::time::SystemTime::now() + Duration::from_secs(3_600);
    let header = format!("retry-after: {}\r\n", httpdate::fmt_http_date(now));
    let (url, _seen) = canned(response("503 Service Unavailable", &header, b""));
    let Delivery::Retry { after: Some(after), .. } = send(&plain(&url), batch(Signal::Traces, "x")).await
    else {
        panic!("not to be tried again later")
    };
    assert!(after > Duration::from_secs(3_500) && after <= Duration::from_secs(3_600), "{after:?}");
}

#[tokio::test]
async fn an_echoed_key_is_in_no_reason() {
    let (url, seen) = canned(response("401 Unauthorized", "", b"no such key: s3cr3t-key"));
    let http = http(&url, HttpEncoding::Json, |target| target.header("x-api-key", "s3cr3t-key"));
    let reason = rejected_reason(send(&http, batch(Signal::Traces, "x")).await);
    assert_eq!(reason, "401 Unauthorized: no such key: REDACTED");
    assert!(seen.recv().unwrap().contains("s3cr3t-key"));
    assert!(!format!("{http:?}").contains("s3cr3t-key"));
}
