use std::sync::OnceLock;

use opentelemetry::{KeyValue, Value};
use otel_kit_core::semconv::attribute::{
    DEPLOYMENT_ENVIRONMENT_NAME, SERVICE_INSTANCE_ID, SERVICE_NAME, SERVICE_NAMESPACE, SERVICE_VERSION,
};

use super::process;

/// What somebody says about the service: its code, its file, or `init!` for its crate.
///
/// What is empty counts as not said.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Service {
    attributes: Vec<KeyValue>,
    named: Vec<KeyValue>,
}

impl Service {
    /// Nothing said.
    pub fn new() -> Self {
        Self::default()
    }

    /// `service.name`.
    pub fn name(self, name: impl Into<String>) -> Self {
        self.say(SERVICE_NAME, name.into())
    }

    /// `service.version`.
    pub fn version(self, version: impl Into<String>) -> Self {
        self.say(SERVICE_VERSION, version.into())
    }

    /// `service.namespace`.
    pub fn namespace(self, namespace: impl Into<String>) -> Self {
        self.say(SERVICE_NAMESPACE, namespace.into())
    }

    /// `deployment.environment.name`: `production`, `staging`, `test`, `development` or an own one.
    pub fn environment(self, environment: impl Into<String>) -> Self {
        self.say(DEPLOYMENT_ENVIRONMENT_NAME, environment.into())
    }

    /// `service.instance.id`; random by default, the same for the life of the process.
    pub fn instance_id(self, id: impl Into<String>) -> Self {
        self.say(SERVICE_INSTANCE_ID, id.into())
    }

    /// Any other attribute of the resource. The names above win over it.
    pub fn attribute(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.attributes.push(KeyValue::new(key.into(), value.into()));
        self
    }

    /// The later ones win.
    pub(super) fn attributes(&self) -> impl Iterator<Item = KeyValue> {
        self.attributes.iter().chain(&self.named).cloned()
    }

    fn say(mut self, name: &'static str, value: String) -> Self {
        if !value.is_empty() {
            self.named.push(KeyValue::new(name, value));
        }
        self
    }
}

/// What is true of a service of which nobody said anything.
pub(super) fn unknown() -> [KeyValue; 2] {
    let name = process::executable()
        .map_or_else(|| "unknown_service".to_owned(), |executable| format!("unknown_service:{executable}"));
    [KeyValue::new(SERVICE_NAME, name), KeyValue::new(SERVICE_INSTANCE_ID, instance_id())]
}

fn instance_id() -> &'static str {
    static ID: OnceLock<String> = OnceLock::new();
    ID.get_or_init(|| uuid::Uuid::new_v4().to_string())
}
