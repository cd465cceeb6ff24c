//! Statements of pools that nobody wrapped, by `init` alone.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use otel_kit_testing::{OtlpReceiver, received::ReceivedSpan};
use sqlx::sqlite::SqlitePoolOptions;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    /// Those of this target.
    fn of(&self, target: &str) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let target = format!(r#""target":"{target}""#);
        text.lines().filter(|line| line.contains(&target)).map(str::to_owned).collect()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const SELECT: &str = "SELECT 'secret', 40 + 2 AS answer";

/// As long as anything may take. Slow statements are told of on another thread, so that a flush may leave some.
const PLENTY: Duration = Duration::from_secs(20);

#[tokio::test]
async fn each_statement_has_one_span_and_lines_are_as_the_level_says() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let telemetry = otel_kit::builder()
        .config_text("none", "sql: {slow: 0}")
        .environment(|_| None)
        .log_output(lines.clone())
        .endpoint(receiver.http_endpoint())
        .init()
        .unwrap();
    let plain = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await.unwrap();
    let wrapped = otel_kit::sqlx::Pool::from(plain.clone());
    let run = async || {
        handler(sqlx::query(SELECT).fetch_all(&plain)).await.unwrap();
        handler(sqlx::query(SELECT).fetch_all(&wrapped)).await.unwrap();
        wait_until(|| {
            assert!(telemetry.flush(PLENTY).is_in_time());
            receiver.spans().iter().filter(|span| span.name == "handler").count() == 2
        });
        let (handlers, statements): (Vec<_>, Vec<_>) =
            receiver.spans().into_iter().partition(|span| span.name == "handler");
        receiver.clear();
        let below =
            |handler: &ReceivedSpan| statements.iter().filter(|span| span.is_child_of(handler)).count();
        assert_eq!(handlers.iter().map(below).collect::<Vec<_>>(), [1, 1], "{statements:?}");
    };
    wait_until(|| {
        assert!(telemetry.flush(PLENTY).is_in_time());
        !receiver.spans().is_empty() // what sqlx sets on a new connection
    });
    receiver.clear();

    run().await;
    assert!(lines.of("sqlx::query").is_empty(), "the level is info");
    wait_until(|| {
        assert!(telemetry.flush(PLENTY).is_in_time());
        lines.of("otel_kit_sqlx::slow").len() >= 2
    });

    telemetry.set_log_level("info,sqlx=debug").unwrap();
    run().await;
    assert!(telemetry.flush(PLENTY).is_in_time());
    assert_eq!(lines.of("sqlx::query").len(), 2, "one for each statement");

    telemetry.set_log_level("info").unwrap();
    run().await;
    assert!(telemetry.flush(PLENTY).is_in_time());
    assert_eq!(lines.of("sqlx::query").len(), 2, "no more");
    assert!(!format!("{:?}", receiver.received()).contains("secret"));
}

#[tracing::instrument(skip_all)]
async fn handler<T>(work: impl Future<Output = T>) -> T {
    work.await
}

fn wait_until(is_so: impl Fn() -> bool) {
    let started = std::time::Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PLENTY, "it never came about");
        std::thread::sleep(Duration::from_millis(5));
    }
}
