use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Answer, Failure, Notify, SlackSettings, Telling,
    http::{Endpoint, Policy},
};
use crate::{
    mask::clip,
    notify::{Notification, SettingsError, Status},
    template::{Engine, Kind, MessageData, SLACK_TEXT, SLACK_TITLE, Template},
};

/// Posts messages for Slack.
#[derive(Debug)]
pub(super) struct Slack {
    endpoint: Endpoint,
    engine: Engine,
    title: Template,
    text: Template,
}

#[derive(Debug, Serialize)]
struct Message<'a> {
    attachments: [Attachment<'a>; 1],
}

#[derive(Debug, Serialize)]
struct Attachment<'a> {
    color: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    title_link: &'a str,
    text: &'a str,
    fields: Vec<Field<'a>>,
    fallback: &'a str,
    mrkdwn_in: [&'static str; 3],
}

#[derive(Debug, Serialize)]
struct Field<'a> {
    title: &'static str,
    value: &'a str,
    short: bool,
}

impl Slack {
    pub(super) fn new(settings: &SlackSettings) -> Result<Self, SettingsError> {
        let policy = Policy { retries_too_many: true, reads_ok: true };
        let mut engine = Engine::new(MessageData::trial());
        let title = settings.title.as_deref().unwrap_or(SLACK_TITLE);
        let text = settings.text.as_deref().unwrap_or(SLACK_TEXT);
        Ok(Self {
            endpoint: Endpoint::new(&settings.url, &BTreeMap::new(), None, policy)?,
            title: engine.add_setting("title", title, Kind::Slack)?,
            text: engine.add_setting("text", text, Kind::Slack)?,
            engine,
        })
    }

    async fn post(&self, notification: &Notification) -> Answer {
        match self.message(notification) {
            Ok(body) => self.endpoint.post(body.into_bytes(), None).await,
            Err(error) => Answer::Failed(Failure::new("payload", error.to_string())),
        }
    }

    fn message(&self, notification: &Notification) -> serde_json::Result<String> {
        let data = MessageData::of(notification);
        let title = self.engine.render(&self.title, data.clone());
        let title = clip(title.trim(), LONGEST_TITLE);
        let text = self.engine.render(&self.text, data);
        let text = clip(text.trim(), LONGEST_TEXT);
        let reason = Field { title: "Why now", value: notification.reason.name(), short: true };
        let attachment = Attachment {
            color: if notification.status() == Status::Firing { "danger" } else { "good" },
            title: &title,
            title_link: title_link(notification),
            text: &text,
            fields: vec![reason],
            fallback: &title,
            mrkdwn_in: ["fallback", "pretext", "text"],
        };
        serde_json::to_string(&Message { attachments: [attachment] })
    }
}

impl Notify for Slack {
    fn notify<'a>(&'a self, notification: &'a Notification) -> Telling<'a> {
        Box::pin(self.post(notification))
    }
}

/// The service, or the first trace.
fn title_link(notification: &Notification) -> &str {
    let trace = notification.alerts.iter().find_map(|alert| alert.trace_url.as_deref());
    if notification.external_url.is_empty() { trace.unwrap_or_default() } else { &notification.external_url }
}

const LONGEST_TITLE: usize = 300;
/// Longer texts are cut by Slack, in the middle of a link.
const LONGEST_TEXT: usize = 3_000;

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::notify::example;

    fn message(notification: &Notification) -> Value {
        let slack =
            Slack::new(&SlackSettings::new("http://hooks.slack.com/services/T000/B000/s3cr3t")).unwrap();
        serde_json::from_str(&slack.message(notification).unwrap()).unwrap()
    }

    #[test]
    fn a_message_is_an_attachment_to_the_letter() {
        let golden: Value = serde_json::from_str(include_str!("golden/slack.json")).unwrap();
        assert_eq!(message(&example()), golden);
    }

    #[test]
    fn what_is_over_is_good_and_what_looks_like_markup_is_none() {
        let mut notification = example();
        notification.alerts.remove(0);
        notification.alerts[0].annotations.insert("summary".into(), "<!channel> & co".into());
        let attachment = &message(&notification)["attachments"][0];
        assert_eq!(attachment["color"], "good");
        assert!(attachment["text"].as_str().unwrap().contains("&lt;!channel&gt; &amp; co"), "{attachment}");
    }

    #[test]
    fn a_message_about_many_alerts_stays_short() {
        let mut notification = example();
        let alert = notification.alerts[0].clone();
        notification.alerts.extend((0..1000).map(|_| alert.clone()));
        let message = message(&notification);
        let text = message["attachments"][0]["text"].as_str().unwrap();
        assert!(text.len() <= LONGEST_TEXT && text.ends_with("and 992 more"), "{text}");
    }
}
