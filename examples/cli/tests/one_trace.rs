//! The program as a shell starts it.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::process::{Command, Output};

use otel_kit_testing::OtlpReceiver;

const TRACE: &str = "12345678901234567890123456789012";
const PARENT: &str = "1234567890123456";

fn run(receiver: &OtlpReceiver, files: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cli"))
        .args(files)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.http_endpoint())
        .env("TRACEPARENT", format!("00-{TRACE}-{PARENT}-01"))
        .env_remove("TRACESTATE")
        .env_remove("BAGGAGE")
        .output()
        .unwrap()
}

#[test]
fn a_trace_of_the_shell_goes_on_through_both_processes_and_is_exported_before_they_exit() {
    let receiver = OtlpReceiver::start().unwrap();
    let output = run(&receiver, &["Cargo.toml", "otel-kit.yaml"]);
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed.lines().count(), 2, "{printed}");

    // Nobody waits: what is not here when the process has ended is lost.
    let received = receiver.received();
    assert_eq!(received.trace_ids(), [TRACE]);
    let report = received.span("report").unwrap();
    assert_eq!(report.parent_span_id, PARENT);
    let counts: Vec<_> = received.spans().iter().filter(|span| span.name == "count").collect();
    assert_eq!(counts.len(), 2);
    assert!(counts.iter().all(|span| span.is_child_of(report) && span.service() == "cli"));
}

#[test]
fn a_failure_is_exported_too() {
    let receiver = OtlpReceiver::start().unwrap();
    let output = run(&receiver, &["no such file"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let received = receiver.received();
    assert_eq!(received.spans().len(), 2);
    assert!(received.log_records().iter().any(|record| record.trace_id == TRACE));
}
