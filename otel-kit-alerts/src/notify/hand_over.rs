use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

use otel_kit_core::alert::Alert;

use super::{Links, Notification, Reason, Silences, notification::common};

/// What is given to somebody who groups and repeats himself, such as an Alertmanager: what fires, again and again so
/// that it does not end by itself there, and what is over, a few times so that it arrives.
#[derive(Debug)]
pub(crate) struct HandOver {
    receiver: String,
    silences: Silences,
    links: Arc<Links>,
    alerts: BTreeMap<String, Given>,
}

#[derive(Debug)]
struct Given {
    alert: Alert,
    expires_at: SystemTime,
    /// When it was given last, and whether it was over then.
    last: Option<(SystemTime, bool)>,
}

impl HandOver {
    pub(crate) const fn new(receiver: String, silences: Silences, links: Arc<Links>) -> Self {
        Self { receiver, silences, links, alerts: BTreeMap::new() }
    }

    pub(crate) fn receive(&mut self, alerts: &[Alert], expires_at: SystemTime) {
        for alert in alerts {
            let given = self.alerts.entry(alert.fingerprint.clone());
            let given = given.or_insert_with(|| Given { alert: alert.clone(), expires_at, last: None });
            given.alert = alert.clone();
            given.expires_at = expires_at;
        }
    }

    /// What has to be given now, in portions.
    pub(crate) fn due(&mut self, now: SystemTime) -> Vec<Notification> {
        self.alerts.retain(|_, given| given.is_needed(now));
        let mut shown = Vec::new();
        for given in self.alerts.values_mut() {
            if given.is_due(now) && !self.silences.mute(&given.alert.labels, now) {
                given.last = Some((now, given.alert.resolved_at.is_some()));
                shown.push(self.links.shown(&given.alert, given.alert.resolved_at, given.expires_at));
            }
        }
        let portions = shown.chunks(PORTION).map(|alerts| Notification {
            receiver: self.receiver.clone(),
            group_key: String::new(),
            group_labels: BTreeMap::new(),
            common_labels: common(alerts.iter().map(|alert| &alert.labels)),
            common_annotations: common(alerts.iter().map(|alert| &alert.annotations)),
            external_url: self.links.external_url.clone(),
            reason: Reason::HandedOver,
            at: now,
            alerts: alerts.to_vec(),
        });
        portions.collect()
    }
}

impl Given {
    /// What was never given does not have to end; what is not spoken of any more ends by itself.
    fn is_needed(&self, now: SystemTime) -> bool {
        match (self.alert.resolved_at, self.last) {
            (Some(_), None) => false,
            (Some(ended), Some((_, was_over))) => !was_over || now < ended + RESOLVED_FOR,
            (None, _) => now < self.expires_at,
        }
    }

    fn is_due(&self, now: SystemTime) -> bool {
        self.last.is_none_or(|(at, was_over)| {
            was_over != self.alert.resolved_at.is_some() || now >= at + RESEND_DELAY
        })
    }
}

/// As [Prometheus](https://prometheus.io/docs/alerting/latest/clients/) does.
pub(crate) const RESEND_DELAY: Duration = Duration::from_secs(60);
const RESOLVED_FOR: Duration = Duration::from_secs(5 * 60);
/// Alerts of one request.
const PORTION: usize = 256;

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::{
        notify::{Silence, Status},
        rule::Matcher,
    };

    const SECOND: Duration = Duration::from_secs(1);

    fn at(seconds: u32) -> SystemTime {
        UNIX_EPOCH + seconds * SECOND
    }

    fn alert(name: &str, resolved_at: Option<u32>) -> Alert {
        let labels = BTreeMap::from([("alertname".to_owned(), name.to_owned())]);
        let mut alert = Alert::new(labels, name.to_owned(), at(0));
        alert.fired_at = Some(at(0));
        alert.resolved_at = resolved_at.map(at);
        alert
    }

    fn hand_over(silences: &[Silence]) -> HandOver {
        HandOver::new("am".into(), Silences::compile(silences).unwrap(), Arc::default())
    }

    /// When and how it was given, if it is evaluated every 15 s and is over from `end` on.
    fn given(mut hand_over: HandOver, end: u32, until: u32) -> Vec<(u32, Status)> {
        let mut given = Vec::new();
        for seconds in 0..until {
            if seconds % 15 == 0 {
                let alert = alert("a", (seconds >= end).then_some(end));
                hand_over.receive(&[alert], at(seconds + 240));
            }
            let due = hand_over.due(at(seconds));
            given.extend(due.iter().flat_map(|one| &one.alerts).map(|alert| (seconds, alert.status)));
        }
        given
    }

    #[test]
    fn what_fires_is_given_each_minute_and_what_is_over_for_five_minutes() {
        let given = given(hand_over(&[]), 150, 1200);
        let (firing, over): (Vec<_>, Vec<_>) =
            given.into_iter().partition(|(_, status)| *status == Status::Firing);
        let times = |given: Vec<(u32, Status)>| given.into_iter().map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!(times(firing), [0, 60, 120]);
        assert_eq!(times(over), [150, 210, 270, 330, 390]);
    }

    #[test]
    fn what_was_over_before_it_was_given_is_not_given() {
        assert_eq!(given(hand_over(&[]), 0, 600), []);
    }

    #[test]
    fn what_was_over_for_long_before_anybody_heard_is_given_once() {
        let mut hand_over = hand_over(&[]);
        hand_over.receive(&[alert("a", None)], at(240));
        assert_eq!(hand_over.due(at(0)).len(), 1);
        hand_over.receive(&[alert("a", Some(10))], at(900));
        assert_eq!(hand_over.due(at(600)).len(), 1);
        assert_eq!(hand_over.due(at(660)).len(), 0);
    }

    #[test]
    fn what_a_silence_mutes_is_given_after_it() {
        let silence = Silence::new([Matcher::equal("alertname", "a")], at(30), at(200));
        let given = given(hand_over(&[silence]), 10_000, 250);
        assert_eq!(given.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 200]);
    }

    #[test]
    fn what_is_not_spoken_of_any_more_is_forgotten_and_ends_by_itself() {
        let mut hand_over = hand_over(&[]);
        hand_over.receive(&[alert("a", None)], at(240));
        let given: Vec<_> = (0..600).flat_map(|seconds| hand_over.due(at(seconds))).collect();
        assert_eq!(given.len(), 4);
        assert_eq!(given[3].alerts[0].expires_at, at(240));
        assert!(hand_over.alerts.is_empty());
    }

    #[test]
    fn many_alerts_are_given_in_portions() {
        let mut hand_over = hand_over(&[]);
        let alerts: Vec<_> = (0..600).map(|name| alert(&name.to_string(), None)).collect();
        hand_over.receive(&alerts, at(240));
        let sizes: Vec<_> = hand_over.due(at(0)).iter().map(|one| one.alerts.len()).collect();
        assert_eq!(sizes, [256, 256, 88]);
    }
}
