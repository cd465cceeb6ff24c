use lettre::{
    Message,
    message::{Mailbox, MultiPart},
};
use sha2::{Digest, Sha256};

use super::{
    EmailSettings,
    texts::{HTML, SUBJECT, TEXT},
};
use crate::{
    mask::clip,
    notify::{Notification, SettingsError},
    template::{Engine, Kind, MessageData, Template},
    time::rfc3339,
};

/// Makes mails.
#[derive(Debug)]
pub(super) struct Mail {
    from: Mailbox,
    to: Vec<Mailbox>,
    engine: Engine,
    subject: Template,
    text: Template,
    html: Template,
}

impl Mail {
    pub(super) fn new(settings: &EmailSettings) -> Result<Self, SettingsError> {
        let mut engine = Engine::new(MessageData::trial());
        let to = settings.to.iter().enumerate();
        let to = to.map(|(index, to)| mailbox(&format!("to[{index}]"), to)).collect::<Result<Vec<_>, _>>()?;
        if to.is_empty() {
            return Err(SettingsError::new("to", "nobody would get the mail", "name at least one receiver"));
        }
        let or = |own: &Option<String>, default: &str| own.clone().unwrap_or_else(|| default.to_owned());
        Ok(Self {
            from: mailbox("from", &settings.from)?,
            to,
            subject: engine.add_setting("subject", &or(&settings.subject, SUBJECT), Kind::Plain)?,
            text: engine.add_setting("text", &or(&settings.text, TEXT), Kind::Plain)?,
            html: engine.add_setting("html", &or(&settings.html, HTML), Kind::Html)?,
            engine,
        })
    }

    pub(super) fn about(&self, notification: &Notification) -> Result<Message, lettre::error::Error> {
        let data = MessageData::of(notification);
        let subject = self.engine.render(&self.subject, data.clone());
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = self.engine.render(&self.text, data.clone());
        let html = self.engine.render(&self.html, data);
        let thread = self.thread(notification);
        let message = Message::builder()
            .from(self.from.clone())
            .subject(clip(&subject, LONGEST_SUBJECT))
            .date(notification.at)
            .message_id(None)
            .in_reply_to(thread.clone())
            .references(thread);
        let message = self.to.iter().fold(message, |message, to| message.to(to.clone()));
        message.multipart(MultiPart::alternative_plain_html(text, html))
    }

    /// The same for each mail about a group on a day; no mail has it as its own.
    fn thread(&self, notification: &Notification) -> String {
        let hash = Sha256::digest(notification.group_key.as_bytes());
        let hash: String = hash.iter().take(HASH_BYTES).map(|byte| format!("{byte:02x}")).collect();
        let time = rfc3339(notification.at);
        let day = time.split('T').next().unwrap_or_default();
        format!("<alert-{hash}-{day}@{}>", self.from.email.domain())
    }
}

fn mailbox(path: &str, text: &str) -> Result<Mailbox, SettingsError> {
    text.parse().map_err(|error| {
        let message = format!("`{text}` is no address: {error}");
        SettingsError::new(path, message, "such as `Alerts <alerts@orders.example>`")
    })
}

/// Bytes.
const LONGEST_SUBJECT: usize = 300;
const HASH_BYTES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notify::example;

    fn mail(notification: &Notification) -> String {
        let settings = EmailSettings::new(
            "smtp.example",
            "Alerts <alerts@orders.example>",
            ["a@x.example", "B <b@x.example>"],
        );
        String::from_utf8(Mail::new(&settings).unwrap().about(notification).unwrap().formatted()).unwrap()
    }

    fn header<'a>(mail: &'a str, name: &str) -> &'a str {
        let head = mail.split("\r\n\r\n").next().unwrap_or_default();
        head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default()
    }

    #[test]
    fn a_mail_has_a_subject_two_forms_and_the_trace() {
        let mail = mail(&example());
        assert_eq!(header(&mail, "Subject"), "[FIRING:1] HighErrorRatio (page)");
        assert_eq!(header(&mail, "From"), "Alerts <alerts@orders.example>");
        assert_eq!(header(&mail, "To"), "a@x.example, B <b@x.example>");
        assert_eq!(header(&mail, "Date"), "Fri, 02 Jan 2026 03:09:35 +0000");
        assert!(header(&mail, "Content-Type").starts_with("multipart/alternative"), "{mail}");
        for kind in ["text/plain; charset=utf-8", "text/html; charset=utf-8"] {
            assert!(mail.contains(kind), "{mail}");
        }
        assert!(mail.contains("FIRING 12 % of POST /orders fail"), "{mail}");
        let unfolded = mail.replace("=\r\n", "");
        let url = "https://jaeger.example/trace/4bf92f3577b34da6a3ce929d0e0e4736";
        assert!(unfolded.contains(url), "{unfolded}");
        assert!(unfolded.contains(&url.replace('/', "&#x2f;")), "{unfolded}");
    }

    #[test]
    fn mails_about_a_group_are_a_thread_of_the_day() {
        let references = |mail: &str| header(mail, "References").to_owned();
        let first = mail(&example());
        assert_eq!(references(&first), header(&first, "In-Reply-To"));
        assert!(references(&first).ends_with("-2026-01-02@orders.example>"), "{first}");

        let mut resolved = example();
        resolved.alerts.remove(0);
        let second = mail(&resolved);
        assert_eq!(references(&second), references(&first));
        assert_ne!(header(&second, "Message-ID"), header(&first, "Message-ID"));

        let mut other = example();
        other.group_key = "{}:{}".into();
        assert_ne!(references(&mail(&other)), references(&first));
    }

    #[test]
    fn a_label_cannot_add_headers_or_markup() {
        let mut notification = example();
        notification.group_labels.insert("alertname".into(), "A\r\nBcc: evil@x.example".into());
        notification.alerts[0].labels.insert("http_route".into(), "<script>".into());
        let mail = mail(&notification);
        assert_eq!(header(&mail, "Bcc"), "");
        assert!(mail.replace("=\r\n", "").contains("<td>&lt;script&gt;</td>"), "{mail}");
    }

    #[test]
    fn addresses_that_are_none_are_refused() {
        let path = |from: &str, to: &[&str]| {
            Mail::new(&EmailSettings::new("smtp.example", from, to.iter().copied())).unwrap_err().path
        };
        assert_eq!(path("nobody", &["a@x"]), "from");
        assert_eq!(path("a@x.example", &["a@x.example", ""]), "to[1]");
        assert_eq!(path("a@x.example", &[]), "to");
    }
}
