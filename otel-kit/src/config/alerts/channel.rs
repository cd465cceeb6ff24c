use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use serde::Deserialize;

use crate::config::{Secret, read};

/// An entry of `alerts.channels`: exactly one kind, and its limits.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialChannel {
    /// Lines where log lines go.
    pub console: Option<PartialConsole>,
    /// Posts what Alertmanager would post.
    pub webhook: Option<PartialWebhook>,
    /// Slack's incoming webhooks.
    pub slack: Option<PartialSlack>,
    /// Mail over SMTP.
    pub email: Option<PartialEmail>,
    /// Hands alerts over to an Alertmanager.
    pub alertmanager: Option<PartialAlertmanager>,
    /// Whether it is told what is over; by default webhooks and the console are, Slack and e-mail are not.
    pub send_resolved: Option<bool>,
    /// How often it may be told; default 60.
    pub max_per_minute: Option<u32>,
    /// How many messages may wait for it; default 100.
    pub queue: Option<u32>,
    /// Time limit of one try; default `10s`.
    #[serde(deserialize_with = "read::duration")]
    pub timeout: Option<Duration>,
}

impl PartialChannel {
    /// What it is, in a word.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self { console: Some(_), .. } => "console",
            Self { webhook: Some(_), .. } => "webhook",
            Self { slack: Some(_), .. } => "slack",
            Self { email: Some(_), .. } => "email",
            _ => "alertmanager",
        }
    }
}

/// `console`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialConsole {
    /// Template of the lines.
    pub text: Option<String>,
}

/// `webhook`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialWebhook {
    /// Where to.
    pub url: Option<Secret>,
    /// Headers to send along.
    #[serde(deserialize_with = "read::map")]
    pub headers: BTreeMap<String, Secret>,
    /// Signs the body with HMAC-SHA256.
    pub hmac_key: Option<Secret>,
    /// How many alerts a body may hold; all by default.
    pub max_alerts: Option<u32>,
    /// Certificates to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
}

/// `slack`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialSlack {
    /// The URL that Slack gave.
    pub url: Option<Secret>,
    /// Template of the title.
    pub title: Option<String>,
    /// Template of the text.
    pub text: Option<String>,
}

/// `email`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialEmail {
    /// The mail server and its port: `smtp.example:587`.
    pub smarthost: Option<String>,
    /// Who sends.
    pub from: Option<String>,
    /// To whom.
    pub to: Option<Vec<String>>,
    /// Who logs in.
    pub username: Option<String>,
    /// With what.
    pub password: Option<Secret>,
    /// `starttls` (default), `implicit` or `none`.
    pub tls: Option<String>,
    /// Certificates to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
    /// Template of the subject.
    pub subject: Option<String>,
    /// Template of the text.
    pub text: Option<String>,
    /// Template of the HTML.
    pub html: Option<String>,
}

/// `alertmanager`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialAlertmanager {
    /// Its address.
    pub url: Option<Secret>,
    /// Headers to send along.
    #[serde(deserialize_with = "read::map")]
    pub headers: BTreeMap<String, Secret>,
    /// Certificates to trust in place of the system's.
    pub ca_file: Option<PathBuf>,
}
