use std::collections::BTreeMap;

use super::{Route, SettingsError, Silence, notifier};
use crate::channel::Channel;

/// Who is notified of alerts, and how.
///
/// ```
/// use otel_kit_alerts::{channel::{Channel, WebhookSettings}, notify::NotifySettings};
///
/// let mut settings = NotifySettings::default();
/// settings.channels.insert("ops".into(), Channel::from(WebhookSettings::new("https://hooks.example/T000/secret")));
/// settings.trace_url = Some("https://jaeger.example/trace/{trace_id}".into());
/// assert!(!format!("{settings:?}").contains("secret"));
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct NotifySettings {
    /// Which alerts go together, when, and where to.
    pub route: Route,
    /// The channels, by name.
    pub channels: BTreeMap<String, Channel>,
    /// What nobody wants to hear for a time.
    pub silences: Vec<Silence>,
    /// Where the service is found; messages link to it.
    pub external_url: Option<String>,
    /// Where traces are shown, with `{trace_id}` in it and, if it helps, `{span_id}`; messages link to the trace
    /// behind an alert.
    pub trace_url: Option<String>,
}

impl NotifySettings {
    /// Whether they hold: what [`Alerts::run`](crate::Alerts::run) would find. It reads certificates.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn check(&self) -> Result<(), SettingsError> {
        notifier::check(self)
    }
}
