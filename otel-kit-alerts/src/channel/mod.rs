//! Where messages go: the console, webhooks, Slack, e-mail, an Alertmanager, or whatever implements [`Notify`].
//!
//! Titles and texts of messages are [Jinja templates](https://docs.rs/minijinja), compiled at the start. They name what
//! [Alertmanager's](https://prometheus.io/docs/alerting/latest/notifications/) do: `Receiver`, `Status`, `GroupLabels`,
//! `CommonLabels`, `CommonAnnotations`, `ExternalURL`, `NotificationReason`, and `Alerts` (with `Alerts.Firing` and
//! `Alerts.Resolved`), each of which has `Status`, `Labels`, `Annotations`, `StartsAt`, `EndsAt`, `GeneratorURL` and
//! `Fingerprint`. Beside those there are `Title`, and of each alert `Value`, `TraceID`, `SpanID` and `TraceURL`:
//!
//! ```
//! use otel_kit_alerts::channel::{Channel, SlackSettings};
//!
//! let mut slack = SlackSettings::new("https://hooks.slack.com/services/T000/B000/XXXX");
//! slack.text = Some("{% for alert in Alerts.Firing %}{{ alert.Annotations.summary }}\n{% endfor %}".into());
//! let channel = Channel::from(slack);
//! assert!(!format!("{channel:?}").contains("XXXX"));
//! ```
//!
//! Beside Jinja's filters there are Prometheus's `humanize`, `humanizePercentage` and `humanizeDuration`, and `number`,
//! which writes four digits.
//!
//! Values are escaped where they could be taken for markup. A template that fails leaves
//! `<error expanding template: ...>` in its place; the message is sent all the same.

mod alertmanager;
mod answer;
mod build;
mod console;
mod email;
mod http;
mod payload;
mod settings;
mod slack;
mod webhook;

pub use self::{
    answer::{Answer, Failure, Notify, Telling},
    console::ConsoleSettings,
    email::{EmailSettings, EmailTls},
    settings::{AlertmanagerSettings, Channel, ChannelKind, SlackSettings, WebhookSettings},
};
pub use crate::mask::Secret;
