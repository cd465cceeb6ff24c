//! The kit's own requests are nobody's telemetry.
#![cfg(feature = "grpc")]

mod support;

use otel_kit::config::{OtlpProtocol, Protocol};
use otel_kit_testing::OtlpReceiver;

use support::{Lines, PLENTY, builder};

#[test]
fn the_kits_own_traffic_is_neither_traced_nor_logged_to_the_receiver() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let telemetry = builder(&lines)
        .configure(|config| {
            config.traces.filter = Some("trace".into());
            config.traces.events = Some(true);
            config.logs.level = Some("trace".into());
            let export = &mut config.export;
            export.traces.endpoint = Some(receiver.grpc_endpoint().into());
            export.traces.protocol = Some(Protocol::Otlp(OtlpProtocol::Grpc));
            export.all.endpoint = Some(receiver.http_endpoint().into());
        })
        .init()
        .unwrap();
    for _ in 0..5 {
        support::work();
        let report = telemetry.flush(PLENTY);
        assert!(report.is_complete(), "{report}");
    }
    drop(telemetry);

    let received = receiver.received();
    assert!(received.spans().iter().all(|span| span.name == "work"), "{:?}", received.spans());
    assert_eq!(received.spans().len(), 5);
    assert!(received.log_records().iter().all(|log| log.body == "working"), "{:?}", received.log_records());
    assert_eq!(received.log_records().len(), 5);
    // There was something to be told: the libraries do speak of it.
    assert!(
        lines
            .json()
            .iter()
            .any(|line| line["target"].as_str().is_some_and(|target| target.starts_with("hyper")))
    );
}
