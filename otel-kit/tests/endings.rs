//! Flushing and ending, blocking and not, with receivers and outputs that do not play along.
#![allow(clippy::unwrap_used)] // helpers of tests

mod support;

use std::{
    io::{self, Write},
    panic::resume_unwind,
    sync::{Mutex, mpsc},
    thread,
    time::{Duration, Instant},
};

use otel_kit::sdk::{LossReason, Report};
use otel_kit::{Guard, transport::Signal};
use otel_kit_testing::{Fault, OtlpReceiver};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    runtime,
};
use tracing::dispatcher::with_default;

use support::{Lines, PLENTY, builder, subscriber, work_with};

fn telemetry(receiver: &OtlpReceiver, lines: &Lines) -> Guard {
    builder(lines).endpoint(receiver.http_endpoint()).build().unwrap()
}

fn timed(end: impl FnOnce() -> Report) -> (Report, Duration) {
    let start = Instant::now();
    (end(), start.elapsed())
}

fn assert_one_of_each_was_lost(report: &Report) {
    for signal in Signal::ALL {
        let lost = (report.lost(signal), report.stats().lost_by(signal, LossReason::Shutdown));
        assert_eq!((lost, report.pending(signal)), ((1, 1), 0), "{report}");
    }
}

#[test]
fn a_flush_brings_out_everything_so_far_lines_included_and_goes_on() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let telemetry = telemetry(&receiver, &lines);
    for round in 1..=3 {
        work_with(&telemetry);
        let report = telemetry.flush(PLENTY);
        assert!(report.is_complete(), "{report}");
        let received = receiver.received();
        assert!(Signal::ALL.iter().all(|signal| received.total(*signal) == round), "{received:?}");
        assert_eq!(lines.json().len() as u64, round);
        assert_eq!(received.metric("jobs").unwrap().points[0].value, i64::try_from(round).unwrap());
    }
    let stats = telemetry.stats();
    assert!(
        Signal::ALL.iter().all(|signal| (stats.exported(*signal), stats.lost(*signal)) == (3, 0)),
        "{stats:?}"
    );
    assert_eq!(telemetry.lost_lines().total(), 0);
}

#[test]
fn every_further_shutdown_gives_the_report_of_the_first_and_what_comes_later_is_lost() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let telemetry = telemetry(&receiver, &lines);
    work_with(&telemetry);
    let first = telemetry.shutdown(Duration::MAX);
    assert!(first.is_complete(), "{first}");
    work_with(&telemetry);
    assert_eq!(telemetry.shutdown(Duration::ZERO).to_string(), first.to_string());
    assert!(telemetry.flush(Duration::MAX).is_complete());
    let runtime = runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(telemetry.shutdown_async(Duration::MAX)).stats(), first.stats());
    drop(telemetry);
    assert_eq!(receiver.received().total_requests(), 3);
    assert_eq!(lines.messages(), ["working", "working"]); // those are still written
}

#[tokio::test]
async fn flush_and_shutdown_do_not_block_a_receiver_on_the_same_thread() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(answer(connection));
        }
    });
    let telemetry = builder(&Lines::default()).endpoint(endpoint).build().unwrap();
    for _ in 0..2 {
        work_with(&telemetry);
        let report = telemetry.flush_async(PLENTY).await;
        assert!(report.is_complete(), "{report}");
    }
    work_with(&telemetry);
    let report = telemetry.shutdown_async(PLENTY).await;
    assert!(report.is_complete(), "{report}");
    assert!(Signal::ALL.iter().all(|signal| report.stats().exported(*signal) == 3), "{report:?}");
}

/// Accepts every request of a connection.
async fn answer(connection: TcpStream) -> io::Result<()> {
    let mut connection = BufReader::new(connection);
    loop {
        let mut body = 0;
        loop {
            let mut line = String::new();
            if connection.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(length) = line.strip_prefix("content-length: ") {
                body = length.parse().unwrap();
            }
        }
        connection.read_exact(&mut vec![0; body]).await?;
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n";
        connection.write_all(head).await?;
    }
}

/// An output that writes nothing until it is told.
struct Stuck(Mutex<mpsc::Receiver<()>>);

impl Stuck {
    fn new() -> (mpsc::Sender<()>, Self) {
        let (release, held) = mpsc::channel();
        (release, Self(Mutex::new(held)))
    }
}

impl Write for Stuck {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _released = self.0.lock().unwrap().recv();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn flush_and_shutdown_do_not_block_what_the_output_waits_for() {
    let (release, stuck) = Stuck::new();
    let telemetry = builder(&Lines::default()).log_output(stuck).build().unwrap();
    work_with(&telemetry);
    let start = Instant::now();
    let (report, _) = tokio::join!(telemetry.flush_async(PLENTY), async { release.send(()) });
    assert!(report.is_complete());
    work_with(&telemetry);
    let (report, _) = tokio::join!(telemetry.shutdown_async(PLENTY), async { release.send(()) });
    assert!(report.is_complete());
    assert!(start.elapsed() < PLENTY / 2, "{:?}", start.elapsed());
}

#[test]
fn everything_arrives_when_the_thread_that_has_the_guard_panics() {
    let receiver = OtlpReceiver::start().unwrap();
    let telemetry = telemetry(&receiver, &Lines::default());
    let panicking = thread::spawn(move || {
        work_with(&telemetry);
        resume_unwind(Box::new("as planned"));
    });
    assert!(panicking.join().is_err());
    support::assert_work_arrived_apart(&receiver);
}

#[test]
fn an_output_that_is_stuck_holds_up_a_shutdown_no_longer_than_its_time() {
    let (release, stuck) = Stuck::new();
    let telemetry = builder(&Lines::default()).log_output(stuck).build().unwrap();
    work_with(&telemetry);
    let (report, time) = timed(|| telemetry.shutdown(Duration::from_millis(300)));
    assert!(report.is_complete(), "{report}");
    assert!((Duration::from_millis(200)..Duration::from_secs(3)).contains(&time), "{time:?}");
    drop(release);
}

#[test]
fn with_a_receiver_that_hangs_shutdown_ends_in_time_and_says_what_is_lost() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    receiver.fault(Fault::hang());
    let telemetry = telemetry(&receiver, &lines);
    work_with(&telemetry);
    let (report, time) =
        timed(|| with_default(&subscriber(&telemetry), || telemetry.shutdown(Duration::from_secs(1))));
    assert!((Duration::from_millis(700)..Duration::from_secs(3)).contains(&time), "{time:?}");
    assert!(!report.is_in_time());
    assert_one_of_each_was_lost(&report);
    let line = lines.line("telemetry was lost at shutdown");
    assert_eq!(line["lost"], "traces: 1 shutdown, metrics: 1 shutdown, logs: 1 shutdown");
}

#[test]
fn with_a_receiver_that_hangs_and_an_output_that_is_stuck_dropping_takes_5_seconds() {
    let (receiver, (release, stuck)) = (OtlpReceiver::start().unwrap(), Stuck::new());
    receiver.fault(Fault::hang());
    let telemetry =
        builder(&Lines::default()).log_output(stuck).endpoint(receiver.http_endpoint()).build().unwrap();
    work_with(&telemetry);
    let start = Instant::now();
    drop(telemetry);
    let time = start.elapsed();
    assert!((Duration::from_secs(4)..Duration::from_secs(6)).contains(&time), "{time:?}");
    drop(release);
}

#[test]
fn with_nobody_listening_shutdown_does_not_wait_for_better_times() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.stop_listening().unwrap();
    let telemetry = telemetry(&receiver, &Lines::default());
    work_with(&telemetry);
    let flush = telemetry.flush(Duration::from_millis(200));
    assert!(!flush.is_complete());
    assert!(
        Signal::ALL.iter().all(|signal| (flush.pending(*signal), flush.lost(*signal)) == (1, 0)),
        "{flush}"
    );
    let (report, time) = timed(|| telemetry.shutdown(PLENTY));
    assert!(time < PLENTY / 2, "{time:?}");
    assert!(Signal::ALL.iter().all(|signal| report.lost(*signal) >= 1), "{report}");
}

#[test]
fn a_short_life_with_nobody_listening_ends_at_once() {
    let receiver = OtlpReceiver::start().unwrap();
    let endpoints = [
        ("http/protobuf", receiver.http_endpoint()),
        #[cfg(feature = "grpc")]
        ("grpc", receiver.grpc_endpoint()),
    ];
    receiver.stop_listening().unwrap();
    for (protocol, endpoint) in endpoints {
        let file =
            format!("export: {{protocol: {protocol}, endpoint: '{endpoint}'}}\nmetrics: {{runtime: false}}");
        let telemetry = builder(&Lines::default()).config_text("otel-kit.yaml", file).build().unwrap();
        work_with(&telemetry);
        let (report, time) = timed(|| telemetry.shutdown(PLENTY));
        assert!(time < Duration::from_secs(3), "{protocol}: {time:?}");
        assert_one_of_each_was_lost(&report);
    }
}
