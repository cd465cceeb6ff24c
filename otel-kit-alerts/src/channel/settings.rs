use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use super::{ConsoleSettings, EmailSettings, Notify};
use crate::mask::Secret;

/// A way to somebody, with its limits.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Channel {
    /// What it is.
    pub kind: ChannelKind,
    /// Whether it is told what is over. By default webhooks and the console are, Slack and e-mail are not; an
    /// Alertmanager always is.
    pub send_resolved: Option<bool>,
    /// How often it may be told; 60 times a minute by default, a sixth of it at once.
    pub max_per_minute: u32,
    /// How many messages may wait for it; 100 by default. What finds no place is told at the group's next interval.
    pub queue: usize,
    /// Time limit of one try; 10 s by default.
    pub timeout: Duration,
}

/// What a [`Channel`] is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ChannelKind {
    /// Readable lines.
    Console(ConsoleSettings),
    /// Posts what Alertmanager would post.
    Webhook(WebhookSettings),
    /// Slack's incoming webhooks.
    Slack(SlackSettings),
    /// Mail over SMTP.
    Email(EmailSettings),
    /// Hands alerts over to an Alertmanager, which groups them with those of others.
    Alertmanager(AlertmanagerSettings),
    /// Somebody else's.
    Own(Arc<dyn Notify>),
}

/// Where and how to post what [Alertmanager would
/// post](https://prometheus.io/docs/alerting/latest/configuration/#webhook_config), version 4: every receiver for it
/// works.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WebhookSettings {
    /// Where to. A user and a password in it become `Authorization: Basic`.
    pub url: Secret,
    /// Headers to send along.
    pub headers: BTreeMap<String, Secret>,
    /// Signs the body: `X-Hub-Signature-256: sha256=<HMAC-SHA256, hexadecimal>`, as
    /// [GitHub](https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries) does.
    pub hmac_key: Option<Secret>,
    /// How many alerts a body may hold, those that fire first; 0, the default, means all. What is left out is counted
    /// in `truncatedAlerts`.
    pub max_alerts: usize,
    /// Certificates (PEM) to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
}

/// Where and how to post messages for [Slack](https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SlackSettings {
    /// The URL that Slack gave; all of its path is a secret.
    pub url: Secret,
    /// [Template](super) of the title.
    pub title: Option<String>,
    /// [Template](super) of the text.
    pub text: Option<String>,
}

/// Which [Alertmanager](https://prometheus.io/docs/alerting/latest/clients/) to hand alerts to. Its own routes and
/// timers hold; of the kit's settings the silences do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AlertmanagerSettings {
    /// Its address, such as `http://alertmanager:9093`; a path is where its API begins.
    pub url: Secret,
    /// Headers to send along.
    pub headers: BTreeMap<String, Secret>,
    /// Certificates (PEM) to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
}

impl Channel {
    /// A channel with the default limits.
    pub fn new(kind: impl Into<ChannelKind>) -> Self {
        let (max_per_minute, queue, timeout) = (60, 100, Duration::from_secs(10));
        Self { kind: kind.into(), send_resolved: None, max_per_minute, queue, timeout }
    }

    pub(crate) fn sends_resolved(&self) -> bool {
        let by_default = !matches!(self.kind, ChannelKind::Slack(_) | ChannelKind::Email(_));
        self.send_resolved.unwrap_or(by_default)
    }

    pub(crate) const fn groups_itself(&self) -> bool {
        matches!(self.kind, ChannelKind::Alertmanager(_))
    }
}

impl<K: Into<ChannelKind>> From<K> for Channel {
    fn from(kind: K) -> Self {
        Self::new(kind)
    }
}

impl ChannelKind {
    /// Its name in settings.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Console(_) => "console",
            Self::Webhook(_) => "webhook",
            Self::Slack(_) => "slack",
            Self::Email(_) => "email",
            Self::Alertmanager(_) => "alertmanager",
            Self::Own(_) => "own",
        }
    }
}

impl WebhookSettings {
    /// Posts there, unsigned.
    pub fn new(url: impl Into<Secret>) -> Self {
        Self { url: url.into(), headers: BTreeMap::new(), hmac_key: None, max_alerts: 0, ca_file: None }
    }
}

impl SlackSettings {
    /// Posts there, with the default texts.
    pub fn new(url: impl Into<Secret>) -> Self {
        Self { url: url.into(), title: None, text: None }
    }
}

impl AlertmanagerSettings {
    /// Hands over to this one.
    pub fn new(url: impl Into<Secret>) -> Self {
        Self { url: url.into(), headers: BTreeMap::new(), ca_file: None }
    }
}

impl From<ConsoleSettings> for ChannelKind {
    fn from(settings: ConsoleSettings) -> Self {
        Self::Console(settings)
    }
}

impl From<WebhookSettings> for ChannelKind {
    fn from(settings: WebhookSettings) -> Self {
        Self::Webhook(settings)
    }
}

impl From<SlackSettings> for ChannelKind {
    fn from(settings: SlackSettings) -> Self {
        Self::Slack(settings)
    }
}

impl From<EmailSettings> for ChannelKind {
    fn from(settings: EmailSettings) -> Self {
        Self::Email(settings)
    }
}

impl From<AlertmanagerSettings> for ChannelKind {
    fn from(settings: AlertmanagerSettings) -> Self {
        Self::Alertmanager(settings)
    }
}

impl From<Arc<dyn Notify>> for ChannelKind {
    fn from(own: Arc<dyn Notify>) -> Self {
        Self::Own(own)
    }
}
