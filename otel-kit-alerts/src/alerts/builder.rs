use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use tokio::sync::watch;

use super::{Alerts, AlertsError, Inner};
use crate::{
    engine::{Engine, EngineSettings},
    notify::NotifySettings,
    persist::StateFile,
    rule::{Rule, RuleError, is_label_name},
};

/// Builds [`Alerts`].
#[derive(Clone, Debug)]
#[must_use]
pub struct AlertsBuilder {
    rules: Vec<Rule>,
    interval: Duration,
    memory: usize,
    labels: BTreeMap<String, String>,
    notify: NotifySettings,
    file: Option<PathBuf>,
}

impl AlertsBuilder {
    /// One more rule.
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// More rules.
    pub fn rules(mut self, rules: impl IntoIterator<Item = Rule>) -> Self {
        self.rules.extend(rules);
        self
    }

    /// Time between evaluations; a minute by default.
    pub const fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval;
        self
    }

    /// Most memory for what rules have to know of the past, in bytes; 16 MiB by default.
    pub const fn memory(mut self, bytes: usize) -> Self {
        self.memory = bytes;
        self
    }

    /// A label of all alerts that have no other of this name, such as the service's.
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(name.into(), value.into());
        self
    }

    /// Who is notified, and how; nobody by default.
    pub fn notify(mut self, settings: NotifySettings) -> Self {
        self.notify = settings;
        self
    }

    /// Keeps the state of alerts in this file over a restart; by default it is lost.
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// The alerts; nothing is evaluated yet.
    ///
    /// # Errors
    /// Names the first rule that makes no sense, as `rules[2].expr.window`, and what helps.
    pub fn build(self) -> Result<Alerts, AlertsError> {
        if self.interval < SHORTEST {
            let message = format!("{:?} is too short", self.interval);
            return Err(RuleError::new("interval", message, "say 15s, and 1s at the least").into());
        }
        if let Some(name) = self.labels.keys().find(|name| !is_label_name(name)) {
            let remedy = "write letters, digits and underscores: service_name";
            return Err(RuleError::new(format!("labels.{name}"), "no name of a label", remedy).into());
        }
        let settings = EngineSettings { interval: self.interval, memory: self.memory, labels: self.labels };
        let engine = Engine::new(self.rules, &settings)?;
        let inner = Inner {
            engine: Mutex::new(engine),
            published: Mutex::new(Arc::default()),
            interval: self.interval,
            notify: self.notify,
            file: self.file.map(StateFile::new),
            running: OnceLock::new(),
            over: watch::Sender::new(false),
        };
        Ok(Alerts { inner: Arc::new(inner) })
    }
}

impl Default for AlertsBuilder {
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            interval: Duration::from_secs(60),
            memory: 16 << 20,
            labels: BTreeMap::new(),
            notify: NotifySettings::default(),
            file: None,
        }
    }
}

/// More often makes no sense of metrics.
const SHORTEST: Duration = Duration::from_secs(1);
