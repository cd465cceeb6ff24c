//! A receiver that goes away and comes back, as the service's own log tells it.

mod support;

use std::time::Duration;

use otel_kit::transport::Signal;
use otel_kit_testing::OtlpReceiver;

use support::{Lines, PLENTY, builder};

#[test]
fn an_outage_is_one_line_when_it_begins_and_one_when_it_ends_and_loses_nothing() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let telemetry = builder(&lines).endpoint(receiver.http_endpoint()).init().unwrap();
    receiver.stop_listening().unwrap();
    for _ in 0..3 {
        support::work();
        assert!(!telemetry.flush(Duration::from_millis(100)).is_complete());
    }
    support::wait_until("a word about it", || lines.text().contains("cannot be delivered"));
    receiver.restart().unwrap();
    let report = telemetry.flush(PLENTY);
    assert!(report.is_complete(), "{report}");

    let received = receiver.received();
    assert_eq!((received.total(Signal::Traces), received.total(Signal::Logs)), (3, 3));
    assert_eq!(received.metric("jobs").unwrap().points[0].value, 3);
    let messages = lines.messages();
    let own: Vec<_> = messages.iter().filter(|message| *message != "working").collect();
    assert_eq!(own.len(), 3, "{own:?}");
    assert!(own[0].starts_with("exporting traces to "));
    assert_eq!(own[1], "telemetry cannot be delivered; it is kept and sent again");
    assert_eq!(own[2], "telemetry is delivered again");
}
