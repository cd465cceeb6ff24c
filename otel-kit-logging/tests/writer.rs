//! A slow, stuck or broken output.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use std::{
    io::{self, Write},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use common::{Captured, Line};
use otel_kit_logging::{Format, LogLayer, LogWriter, LogWriterBuilder};
use tracing::{info, subscriber::with_default};
use tracing_subscriber::{layer::SubscriberExt, registry};

/// An output that takes nothing until it is opened.
#[derive(Clone, Default)]
struct Gate {
    open: Arc<(Mutex<bool>, Condvar)>,
    reached: Arc<AtomicBool>,
    captured: Captured,
}

impl Gate {
    fn open(&self) {
        *self.open.0.lock().unwrap() = true;
        self.open.1.notify_all();
    }

    fn wait_until_stuck(&self) {
        poll(|| self.reached.load(Ordering::SeqCst));
    }
}

impl Write for Gate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.reached.store(true, Ordering::SeqCst);
        let _open = self.open.1.wait_while(self.open.0.lock().unwrap(), |open| !*open).unwrap();
        self.captured.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Fails as long as the flag is set.
struct Failing(Arc<AtomicBool>, Captured);

impl Write for Failing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.load(Ordering::SeqCst) {
            Err(io::ErrorKind::BrokenPipe.into())
        } else {
            self.1.write(bytes)
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn poll(done: impl Fn() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < PATIENCE, "not in time");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn log(writer: &LogWriter, lines: impl FnOnce()) {
    let layer = LogLayer::builder().output(Format::Json, writer.clone()).build();
    with_default(registry().with(layer), lines);
}

fn build(builder: LogWriterBuilder) -> LogWriter {
    builder.build().unwrap()
}

fn numbers(lines: &[Line]) -> Vec<Option<i64>> {
    lines.iter().map(|line| line.get("n").as_i64()).collect()
}

#[test]
fn a_stuck_output_holds_nobody_up_and_lost_lines_are_told_of() {
    let gate = Gate::default();
    let writer = build(LogWriter::builder().output(gate.clone()).max_lines(3));
    let start = Instant::now();
    log(&writer, || {
        info!(n = 0);
        gate.wait_until_stuck();
        (1..1_000).for_each(|n| info!(n));
    });
    assert!(!writer.flush(Duration::from_millis(10)));
    assert_eq!(writer.losses().queue_full, 997);
    assert!(start.elapsed() < PATIENCE);

    gate.open();
    assert!(writer.flush(PATIENCE));
    log(&writer, || info!(n = 1_000));
    assert!(writer.shutdown(PATIENCE));
    let lines = gate.captured.lines();
    assert_eq!(numbers(&lines), [Some(0), Some(1), Some(2), None, Some(1_000)]);
    let told = &lines[3];
    assert_eq!(
        (told.get("level"), told.get("target"), told.get("dropped")),
        (&"WARN".into(), &"otel_kit".into(), &997.into())
    );
    assert_eq!(writer.dropped(), 997);
}

#[test]
fn the_queue_is_bounded_in_bytes_too() {
    let captured = Captured::default();
    let writer = build(LogWriter::builder().output(captured.clone()).max_bytes(1_000));
    log(&writer, || {
        info!(n = 1, long = "x".repeat(1_000));
        info!(n = 2);
    });
    assert!(writer.shutdown(PATIENCE));
    assert_eq!(writer.losses().queue_full, 1);
    let mut lines = numbers(&captured.lines());
    lines.sort_unstable();
    assert_eq!(lines, [None, Some(2)]);
}

#[test]
fn shutdown_leaves_a_stuck_thread_behind() {
    let gate = Gate::default();
    let writer = build(LogWriter::builder().output(gate.clone()));
    log(&writer, || info!("stuck"));
    gate.wait_until_stuck();
    let start = Instant::now();
    assert!(!writer.shutdown(Duration::from_millis(50)));
    log(&writer, || info!("too late"));
    drop(writer);
    assert!(start.elapsed() < PATIENCE);
    gate.open();
}

#[test]
fn lines_after_shutdown_are_counted() {
    let captured = Captured::default();
    let writer = build(LogWriter::builder().output(captured.clone()));
    log(&writer, || info!("in time"));
    assert!(writer.shutdown(PATIENCE));
    assert!(writer.shutdown(PATIENCE));
    log(&writer, || info!("too late"));
    assert_eq!((captured.lines().len(), writer.losses().shut_down), (1, 1));
}

#[test]
fn a_broken_output_costs_lines_and_nothing_else() {
    for blocking in [false, true] {
        let (broken, captured) = (Arc::new(AtomicBool::new(true)), Captured::default());
        let output = Failing(Arc::clone(&broken), captured.clone());
        let writer = build(LogWriter::builder().output(output).blocking(blocking));
        log(&writer, || (0..3).for_each(|n| info!(n)));
        assert!(writer.flush(PATIENCE));
        poll(|| writer.losses().write_failed == 3);

        broken.store(false, Ordering::SeqCst);
        log(&writer, || info!(n = 3));
        assert!(writer.shutdown(PATIENCE));
        let lines = captured.lines();
        assert_eq!(numbers(&lines), [Some(3), None]);
        assert_eq!(lines[1].get("dropped"), 3);
        assert_eq!(writer.losses().total(), 3);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_and_a_closed_pipe_cost_lines_and_nothing_else() {
    let full: fn() -> Box<dyn Write + Send> =
        || Box::new(std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
    let closed: fn() -> Box<dyn Write + Send> = || Box::new(io::pipe().unwrap().1);
    for (output, blocking) in [(full, false), (full, true), (closed, false), (closed, true)] {
        let writer = build(LogWriter::builder().output(output()).blocking(blocking));
        log(&writer, || (0..100).for_each(|n| info!(n)));
        assert!(writer.shutdown(PATIENCE));
        assert_eq!((writer.losses().write_failed, writer.losses().total()), (100, 100));
    }
}

#[test]
fn a_stuck_pipe_holds_up_neither_the_service_nor_its_end() {
    let (reader, pipe) = io::pipe().unwrap();
    let writer = build(LogWriter::builder().output(pipe).max_bytes(256 * 1024));
    let start = Instant::now();
    let line = "x".repeat(1_000);
    log(&writer, || (0..2_000).for_each(|n| info!(n, line)));
    assert!(writer.losses().queue_full > 1_000);
    assert!(!writer.shutdown(Duration::from_millis(50)));
    assert!(start.elapsed() < PATIENCE);
    drop(reader);
    poll(|| writer.flush(Duration::ZERO));
    assert!(writer.losses().write_failed > 0);
}

#[test]
fn the_last_clone_writes_what_is_left() {
    let captured = Captured::default();
    let writer = build(LogWriter::builder().output(captured.clone()));
    log(&writer, || (0..1_000).for_each(|n| info!(n)));
    drop(writer);
    assert_eq!(captured.lines().len(), 1_000);
}

#[test]
fn lines_of_many_threads_stay_whole() {
    let captured = Captured::default();
    let writer = build(LogWriter::builder().output(captured.clone()));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let writer = &writer;
            scope.spawn(move || log(writer, || (0..500).for_each(|n| info!(thread, n, "a line"))));
        }
    });
    assert!(writer.shutdown(PATIENCE));
    assert_eq!((captured.lines().len(), writer.dropped()), (2_000, 0));
}

const PATIENCE: Duration = Duration::from_secs(20);
