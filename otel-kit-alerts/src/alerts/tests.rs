use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::SystemTime,
};

use opentelemetry::KeyValue;
use otel_kit_core::{
    exception::{Group, GroupSource},
    metrics::{SnapshotError, SnapshotSource, Taking},
};
use otel_kit_testing::Telemetry;

use super::*;
use crate::{
    channel::{Answer, Channel, ChannelKind, Notify, Telling},
    notify::{Notification, VirtualRuntime},
    rule::{Expr, Rule},
};

const MINUTE: Duration = Duration::from_secs(60);

/// Notes the titles of what it is told.
#[derive(Debug, Default)]
struct Notes(Mutex<Vec<String>>);

impl Notes {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Notify for Notes {
    fn notify<'a>(&'a self, notification: &'a Notification) -> Telling<'a> {
        self.0.lock().unwrap().push(notification.title());
        Box::pin(async { Answer::Sent })
    }
}

/// Metrics that never come, or cannot be collected.
struct Broken(bool);

impl SnapshotSource for Broken {
    fn snapshot(&self, _: Duration) -> Taking {
        if self.0 {
            return Box::pin(std::future::pending());
        }
        Box::pin(async { Err(SnapshotError::Failed("a reader is gone".to_owned())) })
    }
}

#[derive(Debug, Default)]
struct Groups(AtomicBool);

impl GroupSource for Groups {
    fn groups(&self) -> Vec<Group> {
        let group = Group::new(
            "0123456789abcdef".into(),
            "shop::Error".into(),
            "shop::Error".into(),
            SystemTime::now(),
        );
        if self.0.load(Ordering::Relaxed) { vec![group] } else { Vec::new() }
    }
}

fn builder(notes: &Arc<Notes>) -> AlertsBuilder {
    let mut settings = NotifySettings::default();
    let notes: Arc<dyn Notify> = notes.clone();
    let mut channel = Channel::new(ChannelKind::from(notes));
    channel.send_resolved = Some(true);
    settings.channels.insert("notes".into(), channel);
    settings.route.group_wait = Duration::from_secs(20);
    Alerts::builder().notify(settings)
}

fn queue_is_long() -> Rule {
    Rule::new("QueueIsLong", Expr::value("queue.size")).above(10.0).hold(2 * MINUTE).label("severity", "page")
}

fn runtime() -> Arc<dyn Runtime> {
    Arc::new(VirtualRuntime::new())
}

fn set(telemetry: &Telemetry, size: u64) {
    let gauge = telemetry.kit().meter("shop", "1").u64_gauge("queue.size").build();
    gauge.record(size, &[KeyValue::new("queue.name", "a")]);
}

async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

#[tokio::test(start_paused = true)]
async fn an_alert_goes_from_the_metrics_to_the_channel_and_its_changes_are_logged() {
    let (telemetry, notes) = (Telemetry::new(), Arc::new(Notes::default()));
    set(&telemetry, 11);
    let rule = queue_is_long().annotation("summary", "see https://me:secret@h/{{ labels.queue_name }}");
    let alerts = builder(&notes).rule(rule).build().unwrap();
    alerts.run(runtime(), telemetry.kit().clone()).unwrap();
    pass(MINUTE).await;
    assert_eq!(notes.take(), Vec::<String>::new());
    assert_eq!(alerts.alerts()[0].state.name(), "pending");
    pass(2 * MINUTE).await;
    assert_eq!(notes.take(), ["[FIRING:1] QueueIsLong (a page)"]);
    assert_eq!(telemetry.kit().alerts().unwrap().alerts(), alerts.alerts());
    set(&telemetry, 1);
    pass(10 * MINUTE).await;
    assert_eq!(notes.take(), ["[RESOLVED] QueueIsLong (a page)"]);

    let records = telemetry.log_records();
    let bodies: Vec<_> =
        records.iter().map(|record| (record.severity_text.as_str(), record.body.to_string())).collect();
    let expected = [("INFO", "pending"), ("WARN", "firing"), ("INFO", "inactive")];
    assert_eq!(
        bodies,
        expected.map(|(level, state)| (
            level,
            format!("alert QueueIsLong is {state}: see https://REDACTED:REDACTED@h/a")
        ))
    );
    assert!(records.iter().all(|record| record.event_name == "otel_kit.alert"));
    assert_eq!(records[1].attr("otel_kit.alert.value"), 11.0);
}

#[tokio::test(start_paused = true)]
async fn between_two_times_that_an_alert_is_said_it_goes_on_to_fire() {
    for interval in [15, 600] {
        let (telemetry, notes) = (Telemetry::new(), Arc::new(Notes::default()));
        set(&telemetry, 11);
        let rule = queue_is_long().hold(Duration::ZERO);
        let alerts = builder(&notes).rule(rule).interval(Duration::from_secs(interval)).build().unwrap();
        alerts.run(runtime(), telemetry.kit().clone()).unwrap();
        pass(Duration::from_secs(25)).await;
        assert_eq!(notes.take(), ["[FIRING:1] QueueIsLong (a page)"], "{interval}");
        pass(60 * MINUTE).await;
        assert_eq!(notes.take(), Vec::<String>::new(), "{interval}");
    }
}

#[tokio::test(start_paused = true)]
async fn alerts_are_metrics_as_long_as_they_wait_or_fire() {
    let (telemetry, notes) = (Telemetry::new(), Arc::new(Notes::default()));
    set(&telemetry, 11);
    let alerts = builder(&notes).rule(queue_is_long()).build().unwrap();
    alerts.run(runtime(), telemetry.kit().clone()).unwrap();
    let mut states = Vec::new();
    for size in [11, 11, 11, 1, 1] {
        set(&telemetry, size);
        pass(MINUTE).await;
        let points = telemetry.metric("ALERTS").map(|metric| metric.points).unwrap_or_default();
        let of =
            |key: &str| points.iter().map(|point| point.attr(key).to_string()).collect::<Vec<_>>().join(" ");
        states.push((of("alertname"), of("alertstate"), of("queue_name"), of("severity")));
    }
    let state = |state: &str| ("QueueIsLong".to_owned(), state.to_owned(), "a".to_owned(), "page".to_owned());
    assert_eq!(states[..3], [state("pending"), state("pending"), state("firing")]);
    assert_eq!(states[4].1, "");
}

#[tokio::test(start_paused = true)]
async fn metrics_that_never_come_or_fail_are_an_alert_and_rules_over_exceptions_go_on() {
    for (never, why) in [
        (true, "the metrics were not there in time"),
        (false, "metrics cannot be collected: a reader is gone"),
    ] {
        let groups = Arc::new(Groups::default());
        let kit = Kit::builder().snapshots(Arc::new(Broken(never))).exception_groups(groups.clone()).build();
        let notes = Arc::new(Notes::default());
        let new = Rule::new("New", Expr::new_exception(100_000 * MINUTE));
        let alerts = builder(&notes).rule(queue_is_long().hold(Duration::ZERO)).rule(new).build().unwrap();
        alerts.run(runtime(), kit).unwrap();
        pass(MINUTE + Duration::from_secs(1)).await;
        let error = alerts.alerts().remove(0);
        assert_eq!(error.labels["alertname"], "DatasourceError");
        assert_eq!(error.annotations["summary"], format!("The rule QueueIsLong fails: {why}"));
        groups.0.store(true, Ordering::Relaxed);
        pass(2 * MINUTE).await;
        let names: Vec<_> =
            alerts.alerts().into_iter().map(|mut alert| alert.labels.remove("alertname").unwrap()).collect();
        assert_eq!(names, ["DatasourceError", "New"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_restart_says_nothing_twice_and_says_what_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("alerts.json");
    let notes = Arc::new(Notes::default());
    let house: Arc<dyn Runtime> = runtime();
    let rule = || queue_is_long().hold(Duration::ZERO);
    for (size, expected) in [
        (11, vec!["[FIRING:1] QueueIsLong (a page)"]),
        (11, vec![]),
        (1, vec!["[RESOLVED] QueueIsLong (a page)"]),
        (1, vec![]),
    ] {
        let telemetry = Telemetry::new();
        set(&telemetry, size);
        let alerts = builder(&notes).rule(rule()).state_file(&file).build().unwrap();
        alerts.run(house.clone(), telemetry.kit().clone()).unwrap();
        pass(8 * MINUTE).await;
        assert!(alerts.shutdown(Duration::from_secs(5)).await);
        assert_eq!(notes.take(), expected, "{size}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_the_end_nothing_is_evaluated() {
    let (telemetry, notes) = (Telemetry::new(), Arc::new(Notes::default()));
    let alerts = builder(&notes).rule(queue_is_long().hold(Duration::ZERO)).build().unwrap();
    alerts.run(runtime(), telemetry.kit().clone()).unwrap();
    assert_eq!(alerts.run(runtime(), telemetry.kit().clone()), Err(AlertsError::Running));
    pass(MINUTE).await;
    assert!(alerts.shutdown(Duration::from_secs(5)).await);
    let before = alerts.alerts();
    set(&telemetry, 11);
    pass(5 * MINUTE).await;
    assert_eq!(alerts.alerts(), before);
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_runs() {
    let error = Alerts::builder().rule(Rule::new("A", Expr::value("g"))).build().unwrap_err();
    assert_eq!(error.to_string(), "rules[0]: no threshold; say above: 0.05, or another comparison");
    let error = Alerts::builder().interval(Duration::from_millis(10)).build().unwrap_err();
    assert!(error.to_string().starts_with("interval: 10ms is too short"), "{error}");
    let error = Alerts::builder().label("service.name", "x").build().unwrap_err();
    assert!(error.to_string().starts_with("labels.service.name: "), "{error}");
}
