//! A house for channels: time and tasks of tokio, and a server that notes what it is sent.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may
#![allow(dead_code, reason = "each test uses a part of it")]

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime},
};

use opentelemetry::{SpanId, TraceId};
use otel_kit_alerts::{
    channel::Channel,
    notify::{Notifier, NotifySettings},
};
use otel_kit_core::{
    Clock,
    alert::Alert,
    runtime::{Runtime, Task},
};
use otel_kit_testing::{Telemetry, received::DataPoint};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The system's time.
#[derive(Debug, Default)]
pub(crate) struct System(Clock);

impl Runtime for System {
    fn spawn(&self, task: Task) {
        drop(tokio::spawn(task));
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        drop(tokio::task::spawn_blocking(work));
    }

    fn sleep(&self, duration: Duration) -> Task {
        Box::pin(tokio::time::sleep(duration))
    }

    fn clock(&self) -> &Clock {
        &self.0
    }
}

/// A notifier of one channel that waits for nothing.
pub(crate) struct House {
    pub(crate) notifier: Notifier,
    pub(crate) telemetry: Telemetry,
}

impl House {
    pub(crate) fn new(channel: impl Into<Channel>) -> Self {
        let mut settings = NotifySettings::default();
        settings.channels.insert("ops".into(), channel.into());
        settings.route.group_wait = Duration::ZERO;
        settings.route.group_interval = Duration::from_secs(15);
        settings.trace_url = Some("https://jaeger.example/trace/{trace_id}".into());
        Self::with(&settings)
    }

    pub(crate) fn with(settings: &NotifySettings) -> Self {
        let telemetry = Telemetry::new();
        let notifier = Notifier::new(settings, Arc::new(System::default()), telemetry.kit()).unwrap();
        Self { notifier, telemetry }
    }

    /// Tells of alerts, until it has arrived or been given up.
    pub(crate) async fn tell(&self, alerts: &[Alert]) {
        self.notifier.receive(alerts, SystemTime::now() + Duration::from_secs(240));
        assert!(self.notifier.flush(PATIENCE).await, "it took too long");
    }

    /// Outcome and reason of what was sent or not.
    pub(crate) fn outcomes(&self) -> Vec<(String, String)> {
        let text = |point: &DataPoint, name| point.attr(name).as_str().unwrap_or_default().to_owned();
        let points = self.telemetry.metric("otel_kit.alerts.notifications").map(|metric| metric.points);
        points
            .unwrap_or_default()
            .iter()
            .map(|point| (text(point, "outcome"), text(point, "reason")))
            .collect()
    }
}

/// An alert that fires since now, with a trace behind it.
pub(crate) fn firing(name: &str) -> Alert {
    let labels = [("alertname", name), ("service", "checkout"), ("severity", "page")];
    let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let now = SystemTime::now();
    let mut alert = Alert::new(BTreeMap::from(labels), format!("{:016x}", name.len()), now);
    alert.fired_at = Some(now);
    alert.annotations.insert("summary".into(), "5 % of the orders fail <now>".into());
    alert.value = Some(0.05);
    alert.exemplar = Some((TraceId::from(0xabcd_u128), SpanId::from(0xef_u64)));
    alert
}

pub(crate) const TRACE_URL: &str = "https://jaeger.example/trace/0000000000000000000000000000abcd";

pub(crate) fn over(mut alert: Alert) -> Alert {
    alert.resolved_at = Some(SystemTime::now());
    alert
}

/// A server that answers as it is told, then with 200, and notes what it is sent.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) address: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) line: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
    pub(crate) at: Instant,
}

impl Server {
    /// `answers` are all after `HTTP/1.1 `.
    pub(crate) async fn answering(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = Self { address, requests: Arc::default() };
        let serving = server.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let serving = serving.clone();
                tokio::spawn(async move { serving.serve(stream, answers).await });
            }
        });
        server
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    async fn serve(&self, mut stream: TcpStream, answers: &[&str]) {
        let Some(request) = read(&mut stream).await else { return };
        let count = {
            let mut requests = self.requests.lock().unwrap();
            requests.push(request);
            requests.len()
        };
        let answer = answers.get(count - 1).copied().unwrap_or("200 OK\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(format!("HTTP/1.1 {answer}").as_bytes()).await.ok();
    }
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let line = lines.next().unwrap_or_default().to_owned();
            let headers: BTreeMap<_, _> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            if headers
                .get("content-length")
                .is_none_or(|length| length.parse::<usize>().unwrap() <= body.len())
            {
                return Some(Request { line, headers, body: body.to_owned(), at: Instant::now() });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
