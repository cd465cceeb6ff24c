use std::{collections::BTreeMap, sync::Arc, time::UNIX_EPOCH};

use minijinja::{
    Value, context,
    value::{Enumerator, Object, ObjectRepr},
};

use crate::{
    notify::{Notification, NotifiedAlert, Reason, Status},
    time::rfc3339,
};

/// What templates of messages can name: `Receiver`, `Status`, `Alerts` (and `Alerts.Firing`, `Alerts.Resolved`),
/// `GroupLabels`, `CommonLabels`, `CommonAnnotations`, `ExternalURL`, `NotificationReason` and `Title`, as in
/// [Alertmanager](https://prometheus.io/docs/alerting/latest/notifications/).
pub(crate) struct MessageData;

impl MessageData {
    /// Of a message that says nothing, to try templates with.
    pub(crate) fn trial() -> Value {
        let alert = |status| NotifiedAlert {
            status,
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            starts_at: UNIX_EPOCH,
            ends_at: Some(UNIX_EPOCH),
            expires_at: UNIX_EPOCH,
            generator_url: String::new(),
            fingerprint: String::new(),
            value: Some(1.0),
            exemplar: None,
            trace_url: None,
        };
        Self::of(&Notification {
            receiver: String::new(),
            group_key: String::new(),
            group_labels: BTreeMap::new(),
            common_labels: BTreeMap::new(),
            common_annotations: BTreeMap::new(),
            external_url: String::new(),
            reason: Reason::FirstNotification,
            at: UNIX_EPOCH,
            alerts: vec![alert(Status::Firing), alert(Status::Resolved)],
        })
    }

    pub(crate) fn of(notification: &Notification) -> Value {
        let all = |alerts: &mut dyn Iterator<Item = &NotifiedAlert>| alerts.map(alert).collect::<Vec<_>>();
        let alerts = Alerts {
            all: all(&mut notification.alerts.iter()),
            firing: all(&mut notification.firing()),
            resolved: all(&mut notification.resolved()),
        };
        context! {
            Receiver => notification.receiver.clone(),
            Status => notification.status().name(),
            Alerts => Value::from_object(alerts),
            GroupLabels => notification.group_labels.clone(),
            CommonLabels => notification.common_labels.clone(),
            CommonAnnotations => notification.common_annotations.clone(),
            ExternalURL => notification.external_url.clone(),
            NotificationReason => notification.reason.name(),
            Title => notification.title(),
        }
    }
}

/// A list that has two parts with names.
#[derive(Debug)]
struct Alerts {
    all: Vec<Value>,
    firing: Vec<Value>,
    resolved: Vec<Value>,
}

impl Object for Alerts {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match key.as_str() {
            Some("Firing") => Some(self.firing.clone().into()),
            Some("Resolved") => Some(self.resolved.clone().into()),
            _ => self.all.get(key.as_usize()?).cloned(),
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.all.len())
    }
}

fn alert(alert: &NotifiedAlert) -> Value {
    let (trace, span) = alert.exemplar.map(|(trace, span)| (trace.to_string(), span.to_string())).unzip();
    context! {
        Status => alert.status.name(),
        Labels => alert.labels.clone(),
        Annotations => alert.annotations.clone(),
        StartsAt => rfc3339(alert.starts_at),
        EndsAt => alert.ends_at.map(rfc3339).filter(|_| alert.status == Status::Resolved),
        GeneratorURL => alert.generator_url.clone(),
        Fingerprint => alert.fingerprint.clone(),
        Value => alert.value,
        TraceID => trace,
        SpanID => span,
        TraceURL => alert.trace_url.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        notify::example,
        template::{Engine, Kind, LINE},
    };

    fn rendered(source: &str) -> String {
        let mut engine = Engine::new(MessageData::trial());
        let template = engine.add(source, Kind::Plain).unwrap();
        engine.render(&template, MessageData::of(&example()))
    }

    #[test]
    fn templates_name_what_alertmanagers_name() {
        let cases = [
            ("{{ Receiver }} {{ Status }} {{ NotificationReason }}", "ops firing first notification"),
            ("{{ Alerts|length }} {{ Alerts.Firing|length }} {{ Alerts.Resolved|length }}", "2 1 1"),
            (
                "{{ Alerts[1].Labels.alertname }} {{ Alerts.Resolved[0].EndsAt }}",
                "HighErrorRatio 2026-01-02T03:09:05Z",
            ),
            ("{% for alert in Alerts %}{{ alert.Status }} {% endfor %}", "firing resolved "),
            (
                "{{ GroupLabels.alertname }} {{ CommonLabels.severity }} {{ ExternalURL }}",
                "HighErrorRatio page https://orders.example",
            ),
            ("{{ Title }}", "[FIRING:1] HighErrorRatio (page)"),
        ];
        for (source, expected) in cases {
            assert_eq!(rendered(source), expected, "{source}");
        }
    }

    #[test]
    fn the_default_line_says_what_where_since_when_and_names_the_trace() {
        let lines = rendered(LINE);
        let lines: Vec<_> = lines.lines().filter(|line| !line.is_empty()).collect();
        let expected = [
            "ALERT firing HighErrorRatio: 12 % of POST /orders fail (http_route=/orders severity=page \
             since 2026-01-02T03:04:05Z, value 0.12) trace_id=4bf92f3577b34da6a3ce929d0e0e4736 \
             https://jaeger.example/trace/4bf92f3577b34da6a3ce929d0e0e4736",
            "ALERT resolved HighErrorRatio (http_route=/carts severity=page since 2026-01-02T03:04:05Z, value 0.01)",
        ];
        assert_eq!(lines, expected);
    }
}
