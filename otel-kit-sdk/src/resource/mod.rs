//! Who reports: the [resource](https://opentelemetry.io/docs/specs/otel/resource/sdk/) of the service.
//!
//! [`detect`] looks around, [`Sources`] puts what it found below what people said.
//!
//! ```
//! use std::path::Path;
//!
//! use opentelemetry::{Key, Value};
//! use otel_kit_sdk::resource::{Service, Sources, detect};
//!
//! let environment = |name: &str| std::env::var(name).ok();
//! let (resource, warnings) = Sources::new()
//!     .detected(detect(&environment, Path::new("/")))
//!     .environment(None, Some("team=payments,region=eu%2Dwest"))
//!     .code(&Service::new().name("checkout"))
//!     .build();
//!
//! assert_eq!(resource.get(&Key::new("service.name")), Some(Value::from("checkout")));
//! assert_eq!(resource.get(&Key::new("region")), Some(Value::from("eu-west")));
//! assert!(warnings.is_empty());
//! ```

mod container;
mod host;
mod kubernetes;
mod os;
mod process;
mod service;
mod sources;
mod telemetry;

use std::{fs, path::Path};

use opentelemetry::KeyValue;

#[cfg(any(feature = "http", feature = "grpc"))]
pub(crate) use self::telemetry::sdk_version;
pub use self::{service::Service, sources::Sources};

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
