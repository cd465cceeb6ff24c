//! Alerts in a real Alertmanager, and as mail at a real server.

use std::{
    collections::BTreeMap,
    fs,
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime},
};

use axum::{Router, extract::State, http::Uri, routing::post};
use opentelemetry::{SpanId, TraceId};
use otel_kit_alerts::{
    channel::{AlertmanagerSettings, Channel, EmailSettings, WebhookSettings},
    notify::{Notifier, NotifySettings},
};
use otel_kit_core::{
    Clock,
    alert::Alert,
    runtime::{Runtime, Task},
};
use otel_kit_testing::Telemetry;
use serde::Deserialize;
use serde_json::Value;

use crate::service::Service;

const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(100);

/// What Alertmanager posts to webhooks, as its documentation has it: a field that is not known fails the test.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Message {
    version: String,
    group_key: String,
    truncated_alerts: u64,
    status: String,
    receiver: String,
    group_labels: BTreeMap<String, String>,
    common_labels: BTreeMap<String, String>,
    common_annotations: BTreeMap<String, String>,
    #[serde(rename = "externalURL")]
    external_url: String,
    #[serde(rename = "notification_reason")]
    notification_reason: String,
    /// Of its newest version only.
    #[serde(default)]
    route_labels: BTreeMap<String, String>,
    alerts: Vec<MessageAlert>,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct MessageAlert {
    status: String,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    starts_at: String,
    ends_at: String,
    #[serde(rename = "generatorURL")]
    generator_url: String,
    fingerprint: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alertmanager_groups_our_alerts_and_says_when_they_are_over_as_our_own_webhook_does() {
    let receiver = Receiver::start().await;
    let alertmanager = tokio::task::block_in_place(|| {
        Service::start_with("alertmanager", ["ALERTMANAGER_PORT"], &[&receiver.url("/alertmanager")])
    });
    let house = House::new([
        ("alertmanager", AlertmanagerSettings::new(alertmanager.address.clone()).into()),
        ("hook", WebhookSettings::new(receiver.url("/ours")).into()),
    ]);
    let mut alerts = ["/orders", "/carts"].map(alert);
    house.tell(&alerts).await;
    let theirs = receiver.wait_for("/alertmanager", |message| message.alerts.len() == 2).await;
    let ours = receiver.wait_for("/ours", |message| message.alerts.len() == 2).await;
    assert_eq!((theirs.status.as_str(), ours.status.as_str()), ("firing", "firing"));
    assert_eq!(theirs.version, ours.version);
    assert_eq!((&theirs.group_labels, &theirs.common_labels), (&ours.group_labels, &ours.common_labels));
    assert_eq!((&theirs.group_key, &theirs.common_annotations), (&ours.group_key, &ours.common_annotations));
    assert_eq!(comparable(&theirs), comparable(&ours));
    held_until_nobody_says_so(&alertmanager.address).await;

    for alert in &mut alerts {
        alert.resolved_at = Some(SystemTime::now());
    }
    house.tell(&alerts).await;
    let over = receiver.wait_for("/alertmanager", |message| message.status == "resolved").await;
    let ours_over = receiver.wait_for("/ours", |message| message.status == "resolved").await;
    assert_eq!(comparable(&over), comparable(&ours_over));
    assert_eq!(over.alerts.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_arrives_at_a_server_that_takes_none_without_starttls_and_login() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let identity = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    fs::write(path("cert.pem"), identity.cert.pem()).unwrap();
    fs::write(path("key.pem"), identity.signing_key.serialize_pem()).unwrap();
    let arguments = [path("cert.pem"), path("key.pem"), path("mails")];
    let arguments = arguments.each_ref().map(String::as_str);
    let server = tokio::task::block_in_place(|| Service::start_with("smtp", ["SMTP_PORT"], &arguments));

    let mut settings =
        EmailSettings::new(&server.address, "Alerts <alerts@shop.example>", ["ops@shop.example"]);
    settings.ca_file = Some(path("cert.pem").into());
    settings.username = Some("shop".into());
    settings.password = Some("hunter2".into());
    let house = House::new([("mail", settings.into())]);
    house.tell(&[alert("/orders")]).await;

    let mails = fs::read_to_string(path("mails")).unwrap();
    let mail: Value = serde_json::from_str(mails.trim()).unwrap();
    assert_eq!((&mail["tls"], &mail["from"]), (&Value::Bool(true), &Value::from("alerts@shop.example")));
    assert!(mail["login"].as_str().is_some_and(|login| login.ends_with(" shop:hunter2")), "{mail}");
    assert_eq!(mail["headers"]["Subject"], "[FIRING:1] HighErrorRatio (/orders page)");
    assert!(mail["headers"]["References"].as_str().is_some_and(|id| id.starts_with("<alert-")), "{mail}");
    for form in ["text", "html"] {
        let text = mail[form].as_str().unwrap();
        assert!(text.contains("0000000000000000000000000000abcd"), "{text}");
    }
    assert!(mail["text"].as_str().unwrap().contains(TRACE_URL), "{mail}");
}

/// As long as it is told each minute, and a few minutes longer.
async fn held_until_nobody_says_so(alertmanager: &str) {
    let answer = reqwest::get(format!("{alertmanager}/api/v2/alerts")).await.unwrap().text().await.unwrap();
    let held: Vec<Value> = serde_json::from_str(&answer).unwrap();
    assert_eq!(held.len(), 2, "{answer}");
    for alert in &held {
        assert_eq!(
            (&alert["status"]["state"], &alert["generatorURL"]),
            (&"active".into(), &TRACE_URL.into())
        );
        assert!(alert["endsAt"].as_str() > alert["updatedAt"].as_str(), "{alert}");
    }
}

/// What does not depend on who sends it: Alertmanager has its own fingerprints, cuts times to milliseconds, and takes
/// what is over for over when it hears of it.
fn comparable(message: &Message) -> Vec<[String; 4]> {
    let alerts = message.alerts.iter().map(|alert| {
        assert_eq!(alert.fingerprint.len(), 16, "{alert:?}");
        assert_eq!(alert.ends_at == "0001-01-01T00:00:00Z", alert.status == "firing", "{alert:?}");
        let start = alert.starts_at.chars().take("2026-01-02T03:04:05".len()).collect();
        assert_eq!(alert.generator_url, TRACE_URL);
        [start, format!("{:?}", alert.labels), format!("{:?}", alert.annotations), alert.status.clone()]
    });
    let mut alerts: Vec<_> = alerts.collect();
    alerts.sort();
    alerts
}

/// An alert with a trace behind it.
fn alert(route: &str) -> Alert {
    let labels = [("alertname", "HighErrorRatio"), ("http_route", route), ("severity", "page")];
    let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let now = SystemTime::now();
    let mut alert = Alert::new(BTreeMap::from(labels), format!("{:016x}", route.len()), now);
    alert.fired_at = Some(now);
    alert.annotations.insert("summary".into(), format!("{route} fails"));
    alert.exemplar = Some((TraceId::from(0xabcd_u128), SpanId::from(0xef_u64)));
    alert
}

const TRACE_URL: &str = "https://jaeger.example/trace/0000000000000000000000000000abcd";

/// A notifier that waits for nothing.
struct House {
    notifier: Notifier,
}

impl House {
    fn new<const N: usize>(channels: [(&str, Channel); N]) -> Self {
        let mut settings = NotifySettings::default();
        settings.channels = channels.map(|(name, channel)| (name.to_owned(), channel)).into();
        settings.trace_url = Some("https://jaeger.example/trace/{trace_id}".into());
        settings.route.group_wait = Duration::ZERO;
        settings.route.group_interval = Duration::from_secs(1);
        let runtime = Arc::new(TokioRuntime(Clock::system()));
        Self { notifier: Notifier::new(&settings, runtime, Telemetry::new().kit()).unwrap() }
    }

    /// After the group's interval.
    async fn tell(&self, alerts: &[Alert]) {
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        self.notifier.receive(alerts, SystemTime::now() + Duration::from_secs(240));
        assert!(self.notifier.flush(PATIENCE).await);
    }
}

#[derive(Debug)]
struct TokioRuntime(Clock);

impl Runtime for TokioRuntime {
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

/// A receiver of webhooks.
struct Receiver {
    address: String,
    messages: Messages,
}

/// By path.
type Messages = Arc<Mutex<Vec<(String, Value)>>>;

impl Receiver {
    async fn start() -> Self {
        let messages = Messages::default();
        let note = |State(messages): State<Messages>, uri: Uri, body: String| async move {
            messages.lock().unwrap().push((uri.path().to_owned(), serde_json::from_str(&body).unwrap()));
        };
        let app = Router::new().route("/{who}", post(note)).with_state(messages.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { address, messages }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    async fn wait_for(&self, path: &str, is_meant: impl Fn(&Message) -> bool) -> Message {
        let until = Instant::now() + PATIENCE;
        loop {
            let messages = self.messages.lock().unwrap().clone();
            let found = messages.iter().filter(|(to, _)| to == path).find_map(|(_, message)| {
                let message =
                    Message::deserialize(message).unwrap_or_else(|error| panic!("{error}: {message}"));
                is_meant(&message).then_some(message)
            });
            if let Some(found) = found {
                return found;
            }
            assert!(Instant::now() < until, "it did not come: {messages:?}");
            tokio::time::sleep(POLL).await;
        }
    }
}
