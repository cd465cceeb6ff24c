use std::collections::BTreeMap;

use otel_kit_alerts::channel::{
    AlertmanagerSettings, Channel, ChannelKind, ConsoleSettings, EmailSettings, EmailTls, SlackSettings,
    WebhookSettings,
};

use super::Lines;
use crate::config::{
    Secret,
    alerts::{PartialAlertmanager, PartialChannel, PartialEmail, PartialSlack, PartialWebhook},
    choice::{Choice, named},
    error::Problem,
};

type Masked = otel_kit_alerts::channel::Secret;

/// The channel that is written.
pub(super) fn channel(written: &PartialChannel, lines: &Lines) -> Result<Channel, Problem> {
    let console = |text: &Option<String>| {
        let lines = Lines::clone(lines);
        let mut settings = ConsoleSettings::new(move |line| lines(line));
        settings.text.clone_from(text);
        settings
    };
    let all = [
        ("console", written.console.as_ref().map(|it| Ok(ChannelKind::from(console(&it.text))))),
        ("webhook", written.webhook.as_ref().map(webhook)),
        ("slack", written.slack.as_ref().map(slack)),
        ("email", written.email.as_ref().map(email)),
        ("alertmanager", written.alertmanager.as_ref().map(alertmanager)),
    ];
    let mut given = all.into_iter().filter_map(|(name, made)| Some((name, made?)));
    let one = "write exactly one of console, webhook, slack, email, alertmanager";
    let (name, kind) = given.next().ok_or_else(|| Problem::new("the channel leads nowhere", one))?;
    if let Some((other, _)) = given.next() {
        return Err(Problem::new(format_args!("there are both {name} and {other}"), one));
    }
    let mut channel = Channel::new(kind.map_err(|problem: Problem| problem.at_name(name))?);
    channel.send_resolved = written.send_resolved;
    channel.max_per_minute = written.max_per_minute.unwrap_or(channel.max_per_minute);
    channel.queue = written.queue.and_then(|queue| usize::try_from(queue).ok()).unwrap_or(channel.queue);
    channel.timeout = written.timeout.unwrap_or(channel.timeout);
    Ok(channel)
}

fn webhook(written: &PartialWebhook) -> Result<ChannelKind, Problem> {
    let mut settings = WebhookSettings::new(required(&written.url, "url")?);
    settings.headers = masked(&written.headers);
    settings.hmac_key = written.hmac_key.as_ref().map(|key| Masked::from(key.expose()));
    settings.max_alerts = written.max_alerts.and_then(|most| usize::try_from(most).ok()).unwrap_or_default();
    settings.ca_file.clone_from(&written.ca_file);
    Ok(settings.into())
}

fn slack(written: &PartialSlack) -> Result<ChannelKind, Problem> {
    let mut settings = SlackSettings::new(required(&written.url, "url")?);
    settings.title.clone_from(&written.title);
    settings.text.clone_from(&written.text);
    Ok(settings.into())
}

fn alertmanager(written: &PartialAlertmanager) -> Result<ChannelKind, Problem> {
    let mut settings = AlertmanagerSettings::new(required(&written.url, "url")?);
    settings.headers = masked(&written.headers);
    settings.ca_file.clone_from(&written.ca_file);
    Ok(settings.into())
}

fn email(written: &PartialEmail) -> Result<ChannelKind, Problem> {
    let text = |text: &Option<String>, name: &str| text.clone().ok_or_else(|| missing(name));
    let to = written.to.clone().ok_or_else(|| missing("to"))?;
    let mut settings =
        EmailSettings::new(text(&written.smarthost, "smarthost")?, text(&written.from, "from")?, to);
    settings.username.clone_from(&written.username);
    settings.password = written.password.as_ref().map(|password| Masked::from(password.expose()));
    if let Some(tls) = written.tls.as_deref() {
        settings.tls = Some(named(tls).map_err(|problem| problem.at_name("tls"))?);
    }
    settings.ca_file.clone_from(&written.ca_file);
    settings.subject.clone_from(&written.subject);
    settings.text.clone_from(&written.text);
    settings.html.clone_from(&written.html);
    Ok(settings.into())
}

fn required(secret: &Option<Secret>, name: &str) -> Result<Masked, Problem> {
    secret.as_ref().map(|secret| Masked::from(secret.expose())).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Problem {
    Problem::new(format_args!("`{name}` is missing"), "write it")
}

fn masked(headers: &BTreeMap<String, Secret>) -> BTreeMap<String, Masked> {
    headers.iter().map(|(name, value)| (name.clone(), Masked::from(value.expose()))).collect()
}

impl Choice for EmailTls {
    const NAMES: &'static [(&'static str, Self)] =
        &[("starttls", Self::StartTls), ("implicit", Self::Implicit), ("none", Self::None)];
}
