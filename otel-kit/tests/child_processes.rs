//! A trace that goes from process to process, by their environments: the first one's is a shell's, and each
//! starts the next. All of them are this file.
#![allow(clippy::unwrap_used)] // helpers of tests

mod support;

use std::{
    env,
    process::{Command, exit},
};

use otel_kit::environment;
use otel_kit::opentelemetry::{Context, baggage::BaggageExt};
use otel_kit_testing::OtlpReceiver;

use support::{Lines, PLENTY};

/// How many processes are to come below this one.
const BELOW: &str = "OTEL_KIT_TEST_PROCESSES_BELOW";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// This test again, in a process of its own.
fn process(below: u32) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args([
        "--exact",
        "a_trace_goes_on_in_child_processes_and_arrives_before_they_exit",
        "--nocapture",
    ]);
    command.env(BELOW, below.to_string());
    command
}

fn run(mut command: Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// A program of short life: continues what its environment names, starts the next one, and ends; the last one
/// ends as no guard likes it.
fn program(below: u32) {
    let telemetry = otel_kit::builder().config_text("none", "").log_output(Lines::default()).init().unwrap();
    let _parent = environment::context().attach();
    let user = Context::current().baggage().get("user").map(ToString::to_string).unwrap_or_default();
    let state = env::var("TRACESTATE").unwrap_or_default();
    tracing::info_span!("program", below, user, state).in_scope(|| {
        if below > 0 {
            let mut command = process(below - 1);
            environment::inject(&Context::current(), &mut command);
            run(command);
        }
    });
    if below == 0 {
        assert!(telemetry.shutdown(PLENTY).is_complete());
        exit(0);
    }
}

#[test]
fn a_trace_goes_on_in_child_processes_and_arrives_before_they_exit() {
    if let Some(below) = env::var(BELOW).ok().and_then(|below| below.parse().ok()) {
        return program(below);
    }
    let several = [("X_B3_TRACEID", TRACE), ("X_B3_SPANID", PARENT), ("X_B3_SAMPLED", "1")];
    let parent = format!("00-{TRACE}-{PARENT}-01");
    let (b3, jaeger) = (format!("{TRACE}-{PARENT}-1"), format!("{TRACE}:{PARENT}:0:1"));
    let formats: [(&str, &[(&str, &str)]); 4] = [
        ("tracecontext,baggage", &[("TRACEPARENT", &parent), ("TRACESTATE", "shell=1")]),
        ("b3,baggage", &[("B3", &b3)]),
        ("b3multi,baggage", &several),
        ("jaeger,baggage", &[("UBER_TRACE_ID", &jaeger)]),
    ];
    for (propagators, variables) in formats {
        let receiver = OtlpReceiver::start().unwrap();
        let mut command = process(2);
        // Of another trace, which counts where nothing better is known, and only in its own format.
        command.env("TRACEPARENT", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        command.envs(variables.iter().copied()).env("BAGGAGE", "user=ada%20lovelace");
        command.env("OTEL_PROPAGATORS", propagators);
        command.env("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.http_endpoint());
        run(command);

        // Nobody waits: what a process has not sent when it has ended is lost.
        let received = receiver.received();
        assert_eq!(received.trace_ids(), [TRACE], "{propagators}");
        let mut programs = received.spans().to_vec();
        programs.sort_by_key(|span| span.start_nanos);
        assert_eq!(programs.len(), 3, "{propagators}");
        assert_eq!(programs[0].parent_span_id, PARENT);
        assert!(programs.windows(2).all(|pair| pair[1].is_child_of(&pair[0])), "{programs:?}");
        assert!(programs.iter().all(|span| span.attr("user") == "ada lovelace"), "{programs:?}");
        if propagators.starts_with("tracecontext") {
            assert!(programs.iter().all(|span| span.attr("state") == "shell=1"), "{programs:?}");
        }
    }
}
