//! What people see.
#![allow(clippy::unwrap_used)] // helpers of tests

mod transports;

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use otel_kit_core::{Delivery, OtlpRequest, Signal, Transport};
use otel_kit_sdk::transport::Console;
use transports::{batch, rejected_reason, send, span, spans, text};

#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Vec<u8>>>);

impl Screen {
    fn shows(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A child of a span that has not ended.
fn orphan() -> OtlpRequest {
    let mut orphan = span("query");
    orphan.span_id = vec![2; 8];
    orphan.parent_span_id = vec![1; 8];
    orphan.attributes.push(text("rows", "3"));
    OtlpRequest::new(Signal::Traces, 1, spans(vec![orphan]).into())
}

#[tokio::test]
async fn a_trace_is_shown_as_a_tree_when_it_is_whole() {
    let screen = Screen::default();
    let console = Console::writer(screen.clone());
    assert_eq!(send(&console, orphan()).await, Delivery::ACCEPTED);
    assert_eq!(screen.shows(), "");
    assert_eq!(send(&console, batch(Signal::Traces, "checkout")).await, Delivery::ACCEPTED);
    assert_eq!(
        screen.shows(),
        "checkout 12.3ms k=v trace=4b4b4b4b\n\
         └─ query 12.3ms k=v rows=3\n"
    );
}

#[tokio::test]
async fn logs_are_lines_and_metrics_are_shown_only_when_asked_for() {
    let screen = Screen::default();
    let console = Console::writer(screen.clone());
    assert_eq!(send(&console, batch(Signal::Logs, "hello")).await, Delivery::ACCEPTED);
    assert_eq!(screen.shows(), "00:00:00.000       hello\n");
    assert_eq!(send(&console, batch(Signal::Metrics, "heat")).await, Delivery::ACCEPTED);
    assert!(!screen.shows().contains("heat"));
    let console = console.metrics(true);
    assert_eq!(send(&console, batch(Signal::Metrics, "heat")).await, Delivery::ACCEPTED);
    assert!(screen.shows().ends_with("heat{} 7 \n"), "{}", screen.shows());
}

#[tokio::test]
async fn what_waits_for_its_root_is_shown_at_the_end() {
    let screen = Screen::default();
    let console = Console::writer(screen.clone());
    send(&console, orphan()).await;
    console.flush().unwrap();
    let incomplete = "query 12.3ms k=v rows=3 trace=4b4b4b4b (incomplete)\n";
    assert_eq!(screen.shows(), incomplete);
    console.flush().unwrap();
    assert_eq!(screen.shows(), incomplete);
}

#[tokio::test]
async fn dropping_the_console_shows_what_waits() {
    let screen = Screen::default();
    let console = Console::writer(screen.clone());
    send(&console.clone(), orphan()).await;
    assert_eq!(screen.shows(), "");
    drop(console);
    assert!(screen.shows().contains("(incomplete)"));
}

#[tokio::test]
async fn colours_are_shown_only_when_told() {
    for coloured in [false, true] {
        let screen = Screen::default();
        let console = Console::writer(screen.clone()).coloured(coloured);
        send(&console, batch(Signal::Traces, "x")).await;
        send(&console, batch(Signal::Logs, "x")).await;
        assert_eq!(screen.shows().contains('\u{1b}'), coloured);
    }
}

#[tokio::test]
async fn a_closed_output_is_a_loss_and_no_panic() {
    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    let console = Console::writer(Closed);
    let reason = rejected_reason(send(&console, batch(Signal::Logs, "x")).await);
    assert!(reason.contains("broken pipe"), "{reason}");
    send(&console, orphan()).await;
    assert!(console.flush().is_err());
    drop(console);
}

#[tokio::test]
async fn what_is_no_protobuf_is_rejected() {
    for signal in Signal::ALL {
        let garbage = OtlpRequest::new(signal, 1, vec![0xff; 20].into());
        rejected_reason(send(&Console::writer(io::sink()).metrics(true), garbage).await);
    }
}

#[tokio::test]
async fn an_output_that_is_stuck_blocks_one_thread_and_not_the_runtime() {
    struct Stuck(mpsc::Receiver<()>, Screen);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            self.1.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let (free, stuck) = mpsc::channel();
    let screen = Screen::default();
    let console = Console::writer(Stuck(stuck, screen.clone()));
    for _ in 0..20 {
        let sending = console.send(batch(Signal::Logs, "x"));
        assert!(tokio::time::timeout(Duration::from_millis(5), sending).await.is_err());
    }
    assert_eq!(screen.shows(), "");
    drop(free);
    assert_eq!(send(&console, batch(Signal::Logs, "last")).await, Delivery::ACCEPTED);
    // The first one was being written when it was given up; the others never began.
    assert_eq!(screen.shows().lines().count(), 2);
}
