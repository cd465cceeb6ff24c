//! The configuration as a whole.

mod exporter_variables;
mod features;
mod files;
mod keys;
mod precedence;
mod printing;
mod prometheus;
mod specification;
mod variables;
mod without_endpoint;
mod wrong_files;

use std::collections::BTreeMap;

use super::{
    Config, ConfigError, FileConfig, PartialConfig, Warning, layers::Features, resolve::resolve_for,
};

pub(super) const ALL: Features = Features {
    alerts: true,
    exceptions: true,
    axum: true,
    grpc: true,
    http: true,
    kafka: true,
    prometheus: true,
    reqwest: true,
    sqlx: true,
    tls: true,
    zstd: true,
};
const NONE: Features = Features {
    alerts: false,
    exceptions: false,
    axum: false,
    grpc: false,
    http: false,
    kafka: false,
    prometheus: false,
    reqwest: false,
    sqlx: false,
    tls: false,
    zstd: false,
};

/// What `resolve` is given.
struct Given {
    features: Features,
    code: PartialConfig,
    env: BTreeMap<&'static str, String>,
    file: String,
    is_terminal: bool,
}

fn given() -> Given {
    Given {
        features: ALL,
        code: PartialConfig::default(),
        env: BTreeMap::new(),
        file: String::new(),
        is_terminal: false,
    }
}

impl Given {
    fn features(self, features: Features) -> Self {
        Self { features, ..self }
    }

    fn code(mut self, set: impl FnOnce(&mut PartialConfig)) -> Self {
        set(&mut self.code);
        self
    }

    fn env(mut self, name: &'static str, value: &str) -> Self {
        self.env.insert(name, value.to_owned());
        self
    }

    fn file(self, text: &str) -> Self {
        Self { file: text.to_owned(), ..self }
    }

    fn terminal(self) -> Self {
        Self { is_terminal: true, ..self }
    }

    fn resolve(&self) -> Result<(Config, Vec<Warning>), ConfigError> {
        let env = |name: &str| self.env.get(name).cloned();
        let file = FileConfig::parse("otel-kit.yaml", &self.file, &env)?;
        resolve_for(self.features, self.code.clone(), &env, Some(file), self.is_terminal)
    }

    /// The configuration as it prints; there must be no warning.
    fn printed(&self) -> String {
        let (config, warnings) = self.resolve().unwrap();
        assert_eq!(warnings, []);
        config.to_string()
    }

    /// The value of one key as it prints.
    fn value(&self, key: &str) -> Option<String> {
        let prefix = format!("{key}: ");
        self.printed().lines().find_map(|line| line.strip_prefix(&prefix).map(str::to_owned))
    }

    fn warnings(&self) -> Vec<String> {
        self.resolve().unwrap().1.iter().map(ToString::to_string).collect()
    }

    fn error(&self) -> String {
        self.resolve().unwrap_err().to_string()
    }
}
