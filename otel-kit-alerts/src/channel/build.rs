use std::sync::Arc;

use super::{
    Channel, ChannelKind, Notify, alertmanager::Alertmanager, console::Console, email, slack::Slack,
    webhook::Webhook,
};
use crate::notify::SettingsError;

impl Channel {
    /// What tells it. The error's path is relative to the channel.
    pub(crate) fn build(&self) -> Result<Arc<dyn Notify>, SettingsError> {
        let built: Result<Arc<dyn Notify>, SettingsError> = match &self.kind {
            ChannelKind::Console(settings) => Console::new(settings).map(ready),
            ChannelKind::Webhook(settings) => Webhook::new(settings).map(ready),
            ChannelKind::Slack(settings) => Slack::new(settings).map(ready),
            ChannelKind::Email(settings) => email::build(settings),
            ChannelKind::Alertmanager(settings) => Alertmanager::new(settings).map(ready),
            ChannelKind::Own(own) => Ok(own.clone()),
        };
        built.map_err(|error| error.below(self.kind.name()))
    }
}

fn ready(channel: impl Notify + 'static) -> Arc<dyn Notify> {
    Arc::new(channel)
}
