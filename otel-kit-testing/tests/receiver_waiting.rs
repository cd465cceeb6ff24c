//! Waiting for what comes in, and how much of it is kept.

#[cfg(test)]
mod support;

use std::{
    thread,
    time::{Duration, Instant},
};

use otel_kit_testing::{OtlpReceiver, Signal};
use prost::Message;
use support::{JSON, PROTOBUF, SOON, http, log_record, metric, send_span};

#[test]
fn waiting_ends_when_the_last_item_comes_in() {
    let receiver = OtlpReceiver::start().unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| receiver.wait_for_spans(3, SOON).unwrap());
        for name in ["a", "b", "c"] {
            assert!(!waiting.is_finished());
            send_span(&receiver, name).unwrap();
        }
        let names: Vec<_> = waiting.join().unwrap().into_iter().map(|span| span.name).collect();
        assert_eq!(names, ["a", "b", "c"]);
    });
}

#[test]
fn what_is_there_already_is_not_waited_for() {
    let receiver = OtlpReceiver::start().unwrap();
    let send = |path, body: Vec<u8>| http(&receiver, path, PROTOBUF).body(body).send().unwrap();
    send("/v1/logs", log_record("WARN").encode_to_vec());
    send("/v1/metrics", metric("m").encode_to_vec());
    let none = Duration::ZERO;
    assert_eq!(receiver.wait_for_log_records(1, none).unwrap()[0].severity_text, "WARN");
    assert_eq!(receiver.wait_for_metric("m", none).unwrap().name, "m");
    receiver.wait_for(none, |received| received.requests().len() == 2).unwrap();
}

#[test]
fn traces_are_counted_by_their_ids() {
    let receiver = OtlpReceiver::start().unwrap();
    let span = |trace: u8, span: u8| format!(r#"{{"traceId":"{trace:032x}","spanId":"{span:016x}"}}"#);
    let spans = [span(1, 1), span(1, 2), span(2, 3)].join(",");
    let body = format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{spans}]}}]}}]}}"#);
    http(&receiver, "/v1/traces", JSON).body(body).send().unwrap();
    let traces = receiver.wait_for_traces(2, SOON).unwrap();
    assert_eq!(traces.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
    receiver.wait_for_traces(3, Duration::from_millis(1)).unwrap_err();
}

#[test]
fn an_error_says_after_the_time_given_what_came_instead() {
    let receiver = OtlpReceiver::start().unwrap();
    send_span(&receiver, "GET /orders").unwrap();
    http(&receiver, "/v1/span", PROTOBUF).send().unwrap();
    let start = Instant::now();
    let error = receiver.wait_for_spans(2, Duration::from_millis(30)).unwrap_err();
    assert!(start.elapsed() >= Duration::from_millis(30));
    let text = error.to_string();
    assert_eq!(text, format!("{error:?}"), "what unwrap prints is as readable");
    let first =
        "waited 30ms for 2 spans; received 1 request, 1 span, 0 metrics, 0 log records, 1 rejection\n";
    assert!(text.starts_with(first), "{text}");
    assert!(text.contains("request traces http/protobuf /v1/traces "), "{text}");
    assert!(text.contains("rejected POST /v1/span: unknown path"), "{text}");
    assert!(text.contains(r#"span  "GET /orders" internal"#), "{text}");
}

#[test]
fn only_the_last_items_are_kept_but_all_are_counted() {
    let receiver = OtlpReceiver::builder().keep(2).start().unwrap();
    for name in ["a", "b", "c", "d", "e"] {
        send_span(&receiver, name).unwrap();
    }
    let received = receiver.received();
    let names: Vec<_> = received.spans().iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, ["d", "e"]);
    assert_eq!(received.requests().len(), 2);
    assert_eq!((received.total(Signal::Traces), received.total_requests()), (5, 5));
    assert_eq!(receiver.wait_for_spans(5, Duration::ZERO).unwrap().len(), 2);

    receiver.clear();
    assert_eq!(receiver.received().total(Signal::Traces), 0);
    assert!(receiver.spans().is_empty());
}

#[test]
fn a_predicate_that_panics_leaves_the_receiver_usable() {
    let receiver = OtlpReceiver::start().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| receiver.wait_for(SOON, |_| panic!("boom"))).join().unwrap_err();
    });
    send_span(&receiver, "work").unwrap();
    assert_eq!(receiver.spans().len(), 1);
}
