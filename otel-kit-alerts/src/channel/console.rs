use std::{fmt, sync::Arc};

use super::{Answer, Notify, Telling};
use crate::{
    notify::{Notification, SettingsError},
    template::{Engine, Kind, LINE, MessageData, Template},
};

/// Readable lines, for whoever takes lines: a log writer, a terminal.
#[derive(Clone)]
#[non_exhaustive]
pub struct ConsoleSettings {
    /// Takes each line, without its end. It must not block.
    pub writer: Arc<dyn Fn(&str) + Send + Sync>,
    /// Template of the lines.
    pub text: Option<String>,
}

impl ConsoleSettings {
    /// Lines go to `writer`, which must not block.
    pub fn new(writer: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self { writer: Arc::new(writer), text: None }
    }
}

impl fmt::Debug for ConsoleSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsoleSettings").field("text", &self.text).finish_non_exhaustive()
    }
}

/// Writes lines.
#[derive(Debug)]
pub(super) struct Console {
    settings: ConsoleSettings,
    engine: Engine,
    text: Template,
}

impl Console {
    pub(super) fn new(settings: &ConsoleSettings) -> Result<Self, SettingsError> {
        let mut engine = Engine::new(MessageData::trial());
        let text = engine.add_setting("text", settings.text.as_deref().unwrap_or(LINE), Kind::Line)?;
        Ok(Self { settings: settings.clone(), engine, text })
    }
}

impl Notify for Console {
    fn notify<'a>(&'a self, notification: &'a Notification) -> Telling<'a> {
        Box::pin(async move {
            let text = self.engine.render(&self.text, MessageData::of(notification));
            for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
                (self.settings.writer)(line);
            }
            Answer::Sent
        })
    }
}
