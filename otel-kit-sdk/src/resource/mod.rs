//! Who reports: the [resource](https://opentelemetry.io/docs/specs/otel/resource/sdk/) of the service.
//!
//! [`detect`] looks around, [`describe`] puts what people said over what it found.
//!
//! ```
//! use std::path::Path;
//!
//! use opentelemetry::{Key, KeyValue, Value};
//! use otel_kit_sdk::resource::{describe, detect};
//!
//! let environment = |name: &str| std::env::var(name).ok();
//! let detected = detect(&environment, Path::new("/"));
//! let resource = describe(detected, [KeyValue::new("service.name", "checkout")]);
//!
//! assert_eq!(resource.get(&Key::new("service.name")), Some(Value::from("checkout")));
//! assert_eq!(resource.get(&Key::new("telemetry.distro.name")), Some(Value::from("otel-kit")));
//! ```

mod container;
mod host;
mod kubernetes;
mod os;
mod process;
mod telemetry;
mod unknown;

use std::{fs, path::Path};

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use otel_kit_core::semconv::SCHEMA_URL;

pub(crate) use self::container::id_in_groups;
#[cfg(any(feature = "http", feature = "grpc"))]
pub(crate) use self::telemetry::sdk_version;

/// What can be found out about this process and its surroundings.
///
/// `environment` reads a variable; `root` is the root of the file system, `/` outside of tests. What is
/// not there is left out. Nothing that is usually secret is read: no command line, no user.
#[must_use]
pub fn detect(environment: &dyn Fn(&str) -> Option<String>, root: &Path) -> Vec<KeyValue> {
    let around = Around { environment, root };
    let mut found = telemetry::detect();
    found.extend(process::detect(&around));
    found.extend(host::detect(&around));
    found.extend(os::detect(&around));
    found.extend(container::detect(&around));
    found.extend(kubernetes::detect(&around));
    found
}

/// The resource of what was `said` over what was `detected`: of attributes with the same name, the last one
/// counts ([merge rules](https://opentelemetry.io/docs/specs/otel/resource/sdk/#merge)).
///
/// Without a name the service is `unknown_service:<executable>`; without an id of the instance it has a
/// random one, the same for the life of the process.
#[must_use]
pub fn describe(
    detected: impl IntoIterator<Item = KeyValue>,
    said: impl IntoIterator<Item = KeyValue>,
) -> Resource {
    let all = unknown::service().into_iter().chain(detected).chain(said);
    Resource::builder_empty().with_schema_url(all, SCHEMA_URL).build()
}

/// Where detectors look.
struct Around<'a> {
    environment: &'a dyn Fn(&str) -> Option<String>,
    root: &'a Path,
}

impl Around<'_> {
    /// A variable that is set and not empty.
    fn variable(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|value| !value.is_empty())
    }

    /// The first of these that is set.
    fn one_of(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.variable(name))
    }

    /// A file, without white space around it; `None` if it is not there or empty.
    fn file(&self, path: &str) -> Option<String> {
        let text = fs::read_to_string(self.root.join(path)).ok()?;
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    }
}

fn attribute(name: &'static str, value: Option<String>) -> Option<KeyValue> {
    value.map(|value| KeyValue::new(name, value))
}

#[cfg(test)]
mod tests;
