//! A sampler that logs while a statement becomes a span, which is in the middle of another event.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use otel_kit::{
    opentelemetry::{
        Context, KeyValue,
        trace::{Link, SpanKind, TraceId},
    },
    sdk::{
        sdk::trace::{Sampler, SamplingResult, ShouldSample},
        transport::Memory,
    },
    transport::Signal,
};
use sqlx::SqlitePool;

#[derive(Clone, Debug)]
struct Talkative;

impl ShouldSample for Talkative {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        tracing::info!(target: "sampler", name, "deciding");
        Sampler::AlwaysOn.should_sample(parent, trace_id, name, kind, attributes, links)
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_line_of_the_sampler_lets_no_hidden_line_of_sqlx_through() {
    let (lines, memory) = (Lines::default(), Arc::new(Memory::new()));
    let telemetry = otel_kit::builder()
        .config_text("none", "")
        .environment(|_| None)
        .log_output(lines.clone())
        .transport(Signal::Traces, memory.clone())
        .pipeline(|pipeline| pipeline.sampler(Talkative))
        .init()
        .unwrap();
    let pool = SqlitePool::connect("sqlite::memory:").await.unwrap();
    for _ in 0..2 {
        sqlx::query("SELECT 'secret'").fetch_one(&pool).await.unwrap();
    }
    pool.close().await;
    assert!(telemetry.flush(Duration::from_secs(20)).is_in_time());
    let lines = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let decisions = lines.lines().filter(|line| line.contains(r#""name":"SELECT""#)).count();
    assert_eq!(decisions, 2, "{lines}");
    assert!(!lines.contains("sqlx::query") && !lines.contains("secret"), "{lines}");
}
