//! With an output of its own, telemetry leaves standard output and standard error to the program.

mod support;

use std::{process::Command, time::Duration};

use support::{Lines, builder, environment};

#[test]
fn nothing_is_printed_but_to_the_output_that_was_given() {
    let this_test = std::env::current_exe().unwrap();
    let arguments = ["--exact", "with_an_output_of_its_own", "--ignored", "--nocapture", "--quiet"];
    let output = Command::new(this_test).args(arguments).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{printed}");
    let harness = |line: &&str| {
        !(line.is_empty() || line.starts_with("running 1 test") || line.starts_with("test result:"))
    };
    assert_eq!(printed.lines().filter(harness).collect::<Vec<_>>(), ["."]);
}

#[test]
#[ignore = "runs in a process of its own, as a part of the other test"]
fn with_an_output_of_its_own() {
    let lines = Lines::default();
    let variables = [
        ("OTEL_TRACES_EXPORTER", "console"),
        ("OTEL_METRICS_EXPORTER", "console"),
        ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "http://127.0.0.1:1"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "many"),
    ];
    let telemetry = builder(&lines).environment(environment(&variables)).init().unwrap();
    support::work();
    assert!(builder(&lines).init().is_err());
    assert!(!telemetry.shutdown(Duration::from_secs(1)).is_complete()); // the log record is lost
    for part in [
        "exporting traces to console",
        "OTEL_BSP_MAX_QUEUE_SIZE",
        "working",
        "work ",
        "jobs{} 1",
        "lost at shutdown",
    ] {
        assert!(lines.text().contains(part), "{part}: {}", lines.text());
    }
}
