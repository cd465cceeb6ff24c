//! The quickstart as a process of its own: what its last request left behind arrives, however it is asked to stop.
#![cfg(unix)]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use otel_kit_testing::{Fault, OtlpReceiver};
use serde_json::Value;

const PLENTY: Duration = Duration::from_secs(20);

struct Quickstart {
    process: Child,
    lines: mpsc::Receiver<Value>,
    address: String,
}

impl Quickstart {
    fn start(receiver: &OtlpReceiver) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_quickstart-process"))
            .current_dir(env!("CARGO_TARGET_TMPDIR")) // no otel-kit.yaml there
            .env_remove("RUST_LOG")
            .env("LISTEN", "127.0.0.1:0")
            .env("OTEL_SERVICE_NAME", "quickstart")
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.http_endpoint())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in output.lines() {
                let line = line.unwrap();
                sender
                    .send(serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}")))
                    .unwrap();
            }
        });
        let mut quickstart = Self { process, lines, address: String::new() };
        assert!(quickstart.next_line()["message"].as_str().unwrap().starts_with("exporting traces to "));
        let listening = quickstart.next_line();
        assert_eq!(listening["message"], "listening");
        listening["address"].as_str().unwrap().clone_into(&mut quickstart.address);
        quickstart
    }

    fn next_line(&self) -> Value {
        self.lines.recv_timeout(PLENTY).unwrap()
    }

    /// Asks for a greeting, and keeps the connection.
    fn greet(&self) -> TcpStream {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        connection.set_read_timeout(Some(PLENTY)).unwrap();
        connection.write_all(b"GET /hello/ada HTTP/1.1\r\nhost: quickstart\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        let mut byte = [0];
        while !answer.ends_with(b"Hello, ada!\n") {
            connection.read_exact(&mut byte).unwrap();
            answer.push(byte[0]);
        }
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
        connection
    }

    /// Sends a signal and waits for the end.
    fn stop(&mut self, signal: &str) -> (ExitStatus, Duration) {
        let start = Instant::now();
        let kill = Command::new("kill").args([signal, &self.process.id().to_string()]).status().unwrap();
        assert!(kill.success());
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return (status, start.elapsed());
            }
            assert!(start.elapsed() < PLENTY, "still running after {signal}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Quickstart {
    fn drop(&mut self) {
        // It is over already, unless the test failed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn ends_whole_on(signal: &str) {
    let receiver = OtlpReceiver::start().unwrap();
    let mut quickstart = Quickstart::start(&receiver);
    let connection = quickstart.greet();
    let (status, time) = quickstart.stop(signal);
    assert!(status.success(), "{status}");
    assert!(time < Duration::from_secs(5), "{time:?}");
    drop(connection);

    let received = receiver.received();
    let (server, inner) = (received.span("GET /hello/{name}").unwrap(), received.span("greeting").unwrap());
    assert_eq!(server.service(), "quickstart");
    assert!(server.is_root() && inner.is_child_of(server));
    assert_eq!(received.spans().len(), 2);
    let duration = received.metric("http.server.request.duration").unwrap();
    assert_eq!(
        (duration.points[0].count, duration.points[0].attr("http.route").as_str()),
        (1, Some("/hello/{name}"))
    );
    let record = received.log_records().iter().find(|record| record.body == "greeting").unwrap();
    assert_eq!((&record.trace_id, &record.span_id), (&server.trace_id, &server.span_id));
    let line = quickstart.next_line();
    assert_eq!(
        (line["message"].as_str(), line["trace_id"].as_str()),
        (Some("greeting"), Some(&*server.trace_id))
    );
    assert!(quickstart.lines.recv_timeout(PLENTY).is_err(), "nothing was lost, so nothing is said");
}

#[test]
fn sigterm_ends_the_quickstart_and_everything_arrives() {
    ends_whole_on("-TERM");
}

#[test]
fn ctrl_c_ends_the_quickstart_and_everything_arrives() {
    ends_whole_on("-INT");
}

#[test]
fn sigterm_ends_the_quickstart_in_time_though_the_receiver_hangs_and_the_last_line_says_what_is_lost() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.fault(Fault::hang());
    let mut quickstart = Quickstart::start(&receiver);
    quickstart.greet();
    let (status, time) = quickstart.stop("-TERM");
    assert!(status.success(), "{status}");
    assert!(time < Duration::from_secs(8), "{time:?}");
    let last = quickstart.lines.iter().last().unwrap();
    assert_eq!(
        (&last["level"], &last["message"]),
        (&"WARN".into(), &"telemetry was lost at shutdown".into())
    );
    assert!(last["lost"].as_str().unwrap().starts_with("traces: 2 shutdown, metrics: "), "{last}");
}
