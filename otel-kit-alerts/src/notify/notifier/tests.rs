use std::{
    collections::{BTreeMap, VecDeque},
    time::UNIX_EPOCH,
};

use opentelemetry::KeyValue;
use otel_kit_testing::{Telemetry, received::Value};
use proptest::prelude::*;

use super::*;
use crate::{
    channel::{Answer, ConsoleSettings, Failure, Telling, WebhookSettings},
    notify::{GroupBy, Route, virtual_runtime::VirtualRuntime},
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

/// A channel that does as it is told: what it answers, one after the other, then `Sent`.
#[derive(Debug)]
struct Scripted {
    start: tokio::time::Instant,
    script: Mutex<VecDeque<Step>>,
    /// Seconds since the start, title.
    tries: Mutex<Vec<(f64, String)>>,
}

#[derive(Debug)]
enum Step {
    Answer(Answer),
    Hang,
    Panic,
    PanicAtOnce,
}

impl Scripted {
    fn new(script: impl IntoIterator<Item = Step>) -> Arc<Self> {
        let script = Mutex::new(script.into_iter().collect());
        Arc::new(Self { start: tokio::time::Instant::now(), script, tries: Mutex::default() })
    }

    fn tries(&self) -> Vec<(f64, String)> {
        self.tries.lock().unwrap().clone()
    }

    /// Seconds since the start.
    fn times(&self) -> Vec<u64> {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // small numbers
        self.tries().iter().map(|(at, _)| at.round() as u64).collect()
    }
}

impl Notify for Scripted {
    fn notify<'a>(&'a self, notification: &'a Notification) -> Telling<'a> {
        self.tries.lock().unwrap().push((self.start.elapsed().as_secs_f64(), notification.title()));
        let step = self.script.lock().unwrap().pop_front();
        if matches!(step, Some(Step::PanicAtOnce)) {
            panic!("told to");
        }
        Box::pin(async move {
            match step {
                None => Answer::Sent,
                Some(Step::Answer(answer)) => answer,
                Some(Step::Hang) => std::future::pending().await,
                Some(Step::Panic | Step::PanicAtOnce) => panic!("told to"),
            }
        })
    }
}

fn retry(reason: &'static str, after: Option<Duration>) -> Step {
    Step::Answer(Answer::Retry { after, failure: Failure::new(reason, "it was told to") })
}

fn failed(reason: &'static str) -> Step {
    Step::Answer(Answer::Failed(Failure::new(reason, "it was told to")))
}

/// A notifier whose time jumps.
struct House {
    runtime: Arc<VirtualRuntime>,
    notifier: Notifier,
    telemetry: Telemetry,
}

impl House {
    fn new(settings: &NotifySettings) -> Self {
        let runtime = Arc::new(VirtualRuntime::new());
        let telemetry = Telemetry::new();
        let notifier = Notifier::new(settings, runtime.clone(), telemetry.kit()).unwrap();
        Self { runtime, notifier, telemetry }
    }

    fn of(channels: &[(&str, Channel)]) -> Self {
        Self::new(&settings(channels))
    }

    fn now(&self) -> SystemTime {
        self.runtime.clock().now().wall()
    }

    fn receive(&self, names: &[&str]) {
        let alerts: Vec<_> = names.iter().map(|name| alert(name, self.now())).collect();
        self.notifier.receive(&alerts, self.now() + 4 * MINUTE);
    }

    async fn run(&self, duration: Duration) {
        let end = tokio::time::Instant::now() + duration;
        while tokio::time::Instant::now() < end {
            self.notifier.tick(self.now());
            tokio::time::sleep(SECOND).await;
        }
    }

    fn count(&self, channel: &str, outcome: &'static str, reason: &str) -> usize {
        let attributes = [
            KeyValue::new("notifier", channel.to_owned()),
            KeyValue::new("outcome", outcome),
            KeyValue::new("reason", reason.to_owned()),
        ];
        let metric = self.telemetry.metric("otel_kit.alerts.notifications");
        match metric.and_then(|metric| metric.point(&attributes).map(|point| point.value.clone())) {
            Some(Value::Int(count)) => usize::try_from(count).unwrap(),
            _ => 0,
        }
    }

    fn log(&self) -> Vec<(String, usize)> {
        self.notifier.snapshot().into_iter().map(|entry| (entry.channel, entry.firing.len())).collect()
    }
}

fn settings(channels: &[(&str, Channel)]) -> NotifySettings {
    let channels = channels.iter().map(|(name, channel)| ((*name).to_owned(), channel.clone())).collect();
    let route = Route { group_by: GroupBy::All, ..Route::default() };
    NotifySettings { channels, route, ..NotifySettings::default() }
}

fn channel(scripted: &Arc<Scripted>) -> Channel {
    let own: Arc<dyn Notify> = scripted.clone();
    Channel::from(own)
}

fn alert(name: &str, now: SystemTime) -> Alert {
    let labels = BTreeMap::from([("alertname".to_owned(), name.to_owned())]);
    let mut alert = Alert::new(labels, name.to_owned(), now);
    alert.fired_at = Some(now);
    alert
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_fails_once_is_told_once_and_that_is_recorded_once() {
    let hook = Scripted::new([retry("500", None)]);
    let house = House::of(&[("hook", channel(&hook))]);
    house.receive(&["A"]);
    house.run(10 * MINUTE).await;
    let titles: Vec<_> = hook.tries().into_iter().map(|(_, title)| title).collect();
    assert_eq!(titles, ["[FIRING:1] A", "[FIRING:1] A"]);
    let between = hook.tries()[1].0 - hook.tries()[0].0;
    assert!((0.25..=0.76).contains(&between), "{between}");
    assert_eq!(house.log(), [("hook".to_owned(), 1)]);
    assert_eq!(house.count("hook", "sent", "first notification"), 1);
    assert_eq!(house.count("hook", "failed", "500"), 0);
}

#[tokio::test(start_paused = true)]
async fn tries_go_on_until_the_group_interval_and_begin_again_with_the_next() {
    let hook = Scripted::new((0..1000).map(|_| retry("503", None)));
    let house = House::of(&[("hook", channel(&hook))]);
    house.receive(&["A"]);
    house.run(30 * SECOND + 5 * MINUTE + SECOND).await;
    let tries = hook.tries().len();
    assert!((8..30).contains(&tries), "{tries}");
    assert_eq!((house.count("hook", "failed", "503"), house.log().len()), (1, 0));
    house.run(5 * MINUTE).await;
    assert!(hook.tries().len() >= tries + 8);
    assert_eq!((house.count("hook", "failed", "503"), house.log().len()), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn what_the_receiver_asks_for_is_waited_for() {
    let hook = Scripted::new([retry("429", Some(100 * SECOND)), retry("429", Some(10 * MINUTE))]);
    let house = House::of(&[("hook", channel(&hook))]);
    house.receive(&["A"]);
    house.run(30 * MINUTE).await;
    assert_eq!(hook.times(), [30, 130, 730], "within its time it is tried again, and not before");
    assert_eq!(house.count("hook", "sent", "first notification"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_final_refusal_is_tried_again_with_the_next_interval_only() {
    let hook = Scripted::new([failed("404")]);
    let house = House::of(&[("hook", channel(&hook))]);
    house.receive(&["A"]);
    house.run(10 * MINUTE).await;
    assert_eq!(hook.times(), [30, 330]);
    assert_eq!(house.count("hook", "failed", "404"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_hangs_or_panics_disturbs_no_other() {
    let (hung, panicking, well) = (
        Scripted::new((0..1000).map(|_| Step::Hang)),
        Scripted::new([Step::Panic, Step::PanicAtOnce]),
        Scripted::new([]),
    );
    let house =
        House::of(&[("hung", channel(&hung)), ("panics", channel(&panicking)), ("well", channel(&well))]);
    house.receive(&["A"]);
    house.run(31 * SECOND).await;
    assert_eq!(well.times(), [30]);
    house.run(11 * MINUTE).await;
    assert!(house.count("hung", "failed", "timeout") >= 2);
    let first = hung.tries()[..2].iter().map(|(at, _)| *at).collect::<Vec<_>>();
    assert!(first[1] - first[0] >= 10.0, "each try has its time: {first:?}");
    assert_eq!(panicking.times(), [30, 330, 630]);
    assert_eq!(house.count("panics", "sent", "first notification"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_drops_and_counts_and_the_next_interval_tells() {
    let hook = Scripted::new([Step::Hang]);
    let mut slow = channel(&hook);
    slow.queue = 2;
    slow.timeout = 20 * SECOND;
    let house = House::of(&[("hook", slow)]);
    house.receive(&["A", "B", "C", "D", "E"]);
    house.run(31 * SECOND).await;
    assert_eq!(house.count("hook", "dropped", "queue_full"), 3, "two wait");
    house.run(20 * MINUTE).await;
    assert_eq!(house.log().len(), 5, "in the end all are told");
    assert!(house.notifier.flush(SECOND).await, "nothing is left");
    assert_eq!(house.count("hook", "sent", "first notification"), 5);
}

#[tokio::test(start_paused = true)]
async fn no_channel_is_told_more_often_than_it_may_be() {
    let hook = Scripted::new([]);
    let mut capped = channel(&hook);
    capped.max_per_minute = 6;
    let house = House::of(&[("hook", capped)]);
    house.receive(&["A", "B", "C", "D"]);
    house.run(2 * MINUTE).await;
    assert_eq!(hook.times(), [30, 40, 50, 60]);
}

#[tokio::test(start_paused = true)]
async fn what_finds_no_place_in_its_time_is_counted_as_that() {
    let hook = Scripted::new([]);
    let mut capped = channel(&hook);
    capped.max_per_minute = 1;
    let house = House::of(&[("hook", capped)]);
    house.receive(&["A", "B", "C", "D", "E", "F", "G", "H"]);
    house.run(5 * MINUTE).await;
    assert_eq!(hook.times(), [30, 90, 150, 210, 270]);
    house.run(30 * SECOND).await;
    assert_eq!(house.count("hook", "failed", "rate_limited"), 3);
    house.run(3 * MINUTE).await;
    assert_eq!(hook.times()[5..], [330, 390, 450], "what was not sent takes no place");
}

#[tokio::test(start_paused = true)]
async fn flushing_waits_for_what_is_on_its_way_and_not_longer_than_it_may() {
    let slow = Scripted::new([retry("500", Some(3 * SECOND))]);
    let house = House::of(&[("slow", channel(&slow))]);
    assert!(house.notifier.flush(SECOND).await, "nothing to do");
    house.receive(&["A"]);
    tokio::time::sleep(30 * SECOND).await;
    assert!(!house.notifier.flush(SECOND).await);
    assert!(house.notifier.flush(5 * SECOND).await);
    assert_eq!(slow.tries().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_told_before_a_restart_is_not_told_again() {
    let before = Scripted::new([]);
    let house = House::of(&[("hook", channel(&before))]);
    house.receive(&["A"]);
    house.run(MINUTE).await;
    let kept = serde_json::to_string(&house.notifier.snapshot()).unwrap();

    let after = Scripted::new([]);
    let restarted = House::of(&[("hook", channel(&after))]);
    restarted.notifier.restore(serde_json::from_str(&kept).unwrap());
    let mut alerts = ["A", "B"].map(|name| alert(name, restarted.now() - MINUTE));
    restarted.notifier.receive(&alerts, restarted.now() + 4 * MINUTE);
    restarted.run(SECOND).await;
    assert_eq!(after.tries().iter().map(|(_, title)| title.as_str()).collect::<Vec<_>>(), ["[FIRING:1] B"]);
    alerts[0].resolved_at = Some(restarted.now());
    restarted.notifier.receive(&alerts, restarted.now() + 4 * MINUTE);
    restarted.run(6 * MINUTE).await;
    assert_eq!(after.tries()[1].1, "[RESOLVED] A");
}

#[tokio::test(start_paused = true)]
async fn channels_that_group_themselves_are_given_alerts_each_minute() {
    let settings = settings(&[]);
    assert!(settings.channels.is_empty());
    let house = House::new(&settings);
    house.receive(&["A"]);
    house.run(MINUTE).await;
    assert_eq!(house.log(), [], "without channels nobody is told");
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_where_they_stand() {
    let refused = |settings: NotifySettings| {
        let runtime: Arc<dyn Runtime> = Arc::new(VirtualRuntime::new());
        Notifier::new(&settings, runtime, Telemetry::new().kit()).unwrap_err()
    };
    let console = || Channel::from(ConsoleSettings::new(|_| {}));
    let mut unknown = settings(&[("out", console())]);
    unknown.route.channels = vec!["out".into(), "ops".into()];
    let error = refused(unknown);
    let said =
        "route.channels[1]: there is no channel `ops`; declare it under `channels`, or take one of `out`";
    assert_eq!(error.to_string(), said);

    let hook = settings(&[("ops", WebhookSettings::new("hooks.example/secret").into())]);
    assert_eq!(refused(hook).path, "channels.ops.webhook.url");

    let mut unused = settings(&[("out", console()), ("ops", WebhookSettings::new("nowhere").into())]);
    unused.route.channels = vec!["out".into()];
    assert_eq!(refused(unused).path, "channels.ops.webhook.url", "also where nobody is told");

    let mut broken = ConsoleSettings::new(|_| {});
    broken.text = Some("{{ a".into());
    let error = refused(settings(&[("out", broken.into())]));
    assert_eq!(error.path, "channels.out.console.text");
    assert!(error.message.contains("syntax error"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_channel_that_is_named_twice_is_told_once() {
    let hook = Scripted::new([]);
    let mut settings = settings(&[("hook", channel(&hook))]);
    settings.route.channels = vec!["hook".into(), "hook".into()];
    let house = House::new(&settings);
    house.receive(&["A"]);
    house.run(MINUTE).await;
    assert_eq!(hook.times(), [30]);
}

#[tokio::test(start_paused = true)]
async fn the_console_shows_lines() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = lines.clone();
    let console = ConsoleSettings::new(move |line: &str| sink.lock().unwrap().push(line.to_owned()));
    let house = House::of(&[("out", console.into())]);
    house.receive(&["DiskFull"]);
    house.run(MINUTE).await;
    let lines = lines.lock().unwrap();
    assert_eq!(*lines, ["ALERT firing DiskFull (since 2026-01-02T03:04:05Z)"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever a channel does, in the end it is told of what fires exactly once.
    #[test]
    fn each_alert_is_told_once_in_the_end(script in prop::collection::vec(0..4_u8, 0..12), alerts in 1..4_usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let steps = script.into_iter().map(|step| match step {
                0 => retry("500", None),
                1 => failed("404"),
                2 => Step::Hang,
                _ => retry("429", Some(30 * SECOND)),
            });
            let hook = Scripted::new(steps);
            let house = House::of(&[("hook", channel(&hook))]);
            house.receive(&["A", "B", "C"][..alerts]);
            house.run(200 * MINUTE).await;
            assert_eq!(house.count("hook", "sent", "first notification"), alerts);
            assert_eq!(house.log().len(), alerts);
            assert!(UNIX_EPOCH < house.now());
        });
    }
}
