use std::{collections::BTreeMap, fmt};

use opentelemetry::{KeyValue, Value};
use serde::Deserialize;

use super::{
    ConfigError, env, env::Env, error::Problem, layers::Layers, print::Printer, read, values::not_empty,
};
use otel_kit_core::semconv::attribute;

/// Section `service`: who sends the telemetry.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialService {
    /// `service.name`; default: the crate that calls `init!`.
    pub name: Option<String>,
    /// `service.version`; default: that of the crate that calls `init!`.
    pub version: Option<String>,
    /// `service.namespace`: the product or team that the name is unique in.
    pub namespace: Option<String>,
    /// `deployment.environment.name`: `production`, `staging`, `test`, `development` or an own word.
    pub environment: Option<String>,
    /// `service.instance.id`; default: random at each start.
    pub instance_id: Option<String>,
    /// Further resource attributes by name: text, number, boolean, or a list of one kind of these.
    #[serde(deserialize_with = "read::attributes")]
    pub attributes: BTreeMap<String, Value>,
}

/// Who sends the telemetry, as configured; what is `None` is found out at start.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Service {
    /// `service.name`.
    pub name: Option<String>,
    /// `service.version`.
    pub version: Option<String>,
    /// `service.namespace`.
    pub namespace: Option<String>,
    /// `deployment.environment.name`.
    pub environment: Option<String>,
    /// `service.instance.id`.
    pub instance_id: Option<String>,
    /// Further resource attributes.
    pub attributes: Vec<KeyValue>,
}

impl Service {
    /// All of it as resource attributes with the names of the
    /// [conventions](https://opentelemetry.io/docs/specs/semconv/resource/service/).
    pub fn resource(&self) -> impl Iterator<Item = KeyValue> + '_ {
        let named = [
            (attribute::SERVICE_NAME, &self.name),
            (attribute::SERVICE_VERSION, &self.version),
            (attribute::SERVICE_NAMESPACE, &self.namespace),
            (attribute::DEPLOYMENT_ENVIRONMENT_NAME, &self.environment),
            (attribute::SERVICE_INSTANCE_ID, &self.instance_id),
        ];
        let named = named.into_iter().filter_map(|(name, value)| Some(KeyValue::new(name, value.clone()?)));
        named.chain(self.attributes.iter().cloned())
    }

    pub(super) fn resolve(layers: &mut Layers) -> Result<Self, ConfigError> {
        let attributes = layers.merge("service.attributes", |p| &p.service.attributes, attribute)?;
        let mut text = |key: &str, of: fn(&PartialService) -> &Option<String>| {
            layers.pick(&path(key), |p| of(&p.service).clone(), not_empty)
        };
        Ok(Self {
            name: text("name", |service| &service.name)?,
            version: text("version", |service| &service.version)?,
            namespace: text("namespace", |service| &service.namespace)?,
            environment: text("environment", |service| &service.environment)?,
            instance_id: text("instance_id", |service| &service.instance_id)?,
            attributes: attributes.into_iter().map(|(name, value)| KeyValue::new(name, value)).collect(),
        })
    }

    pub(super) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.optional("name", self.name.as_ref())?;
        out.optional("version", self.version.as_ref())?;
        out.optional("namespace", self.namespace.as_ref())?;
        out.optional("environment", self.environment.as_ref())?;
        out.optional("instance_id", self.instance_id.as_ref())?;
        out.section("attributes", |out| {
            self.attributes.iter().try_for_each(|KeyValue { key, value, .. }| out.line(key.as_str(), value))
        })
    }
}

impl PartialService {
    pub(super) fn from_env(env: &mut Env<'_>) -> Self {
        let mut service = Self::default();
        let pairs = env.value("service.attributes", "OTEL_RESOURCE_ATTRIBUTES", env::pairs);
        for (name, value) in pairs.unwrap_or_default() {
            if let Some((key, field)) = service.field_of(&name) {
                *field = Some(value);
                env.stands_for(&path(key), "OTEL_RESOURCE_ATTRIBUTES");
            } else {
                service.attributes.insert(name, value.into());
            }
        }
        let name = env.value(&path("name"), "OTEL_SERVICE_NAME", env::text);
        service.name = name.or(service.name);
        service
    }

    /// The key that stands for a resource attribute, if there is one.
    fn field_of(&mut self, attribute: &str) -> Option<(&'static str, &mut Option<String>)> {
        match attribute {
            attribute::SERVICE_NAME => Some(("name", &mut self.name)),
            attribute::SERVICE_VERSION => Some(("version", &mut self.version)),
            attribute::SERVICE_NAMESPACE => Some(("namespace", &mut self.namespace)),
            attribute::DEPLOYMENT_ENVIRONMENT_NAME => Some(("environment", &mut self.environment)),
            attribute::SERVICE_INSTANCE_ID => Some(("instance_id", &mut self.instance_id)),
            _ => None,
        }
    }
}

fn path(key: &str) -> String {
    format!("service.{key}")
}

fn attribute(name: &str, value: Value) -> Result<(String, Value), Problem> {
    if name.is_empty() {
        return Err(Problem::new("the attribute has no name", "write one such as team"));
    }
    match PartialService::default().field_of(name) {
        Some((key, _)) => {
            Err(Problem::new("this attribute has a key of its own", format_args!("write {}", path(key))))
        }
        None => Ok((name.to_owned(), value)),
    }
}
