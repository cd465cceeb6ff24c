//! The configuration file: found, read, taken apart.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use super::{
    ConfigError, PartialConfig, de,
    error::Place,
    layers::lookup,
    yaml::{Node, Position},
};

/// A configuration file, read and checked for unknown keys and wrong types.
///
/// ```
/// use otel_kit::config::FileConfig;
///
/// let file = FileConfig::parse("otel-kit.yaml", "service: {name: \"${NAME:-shop}\"}", &|_| None).unwrap();
/// assert_eq!(file.values().service.name.as_deref(), Some("shop"));
///
/// let error = FileConfig::parse("otel-kit.yaml", "service:\n  nmae: shop", &|_| None).unwrap_err();
/// assert_eq!(error.to_string(), "otel-kit.yaml:2:3: service.nmae: unknown key; did you mean `name`?");
/// ```
#[derive(Clone, PartialEq)]
pub struct FileConfig {
    name: String,
    pub(super) values: PartialConfig,
    positions: BTreeMap<String, Position>,
}

impl FileConfig {
    /// Reads the file that `OTEL_KIT_CONFIG` names, else `otel-kit.yaml` in `directory` if it is there.
    ///
    /// # Errors
    /// The file is named but not there, cannot be read, is not YAML, has unknown keys or wrong types.
    pub fn find(directory: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Option<Self>, ConfigError> {
        let named = env("OTEL_KIT_CONFIG")
            .as_deref()
            .map(str::trim)
            .filter(|path| !path.is_empty())
            .map(PathBuf::from);
        let is_named = named.is_some();
        let path = named.unwrap_or_else(|| directory.join(DEFAULT_NAME));
        // The default file goes by its bare name in messages, as it is known.
        let name = if is_named { path.display().to_string() } else { DEFAULT_NAME.to_owned() };
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&name, &text, env).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !is_named => Ok(None),
            Err(source) => Err(ConfigError::Read { file: name, source }),
        }
    }

    /// Reads the file at `path`.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), or if the file cannot be read.
    pub fn read(path: &Path, env: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Self::parse(&name, &text, env),
            Err(source) => Err(ConfigError::Read { file: name, source }),
        }
    }

    /// Takes a text apart as if it were the file `name`.
    ///
    /// # Errors
    /// The text is not YAML, has unknown keys or wrong types, or malformed references to variables.
    pub fn parse(name: &str, text: &str, env: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let node = Node::parse(text, env).map_err(|malformed| ConfigError::Syntax {
            place: place(name, malformed.position),
            message: malformed.message,
        })?;
        let positions = node.positions();
        let file = |values| Self { name: name.to_owned(), values, positions: positions.clone() };
        match de::from_node(&node) {
            Ok(values) => Ok(file(values)),
            Err(de::Fault { key, message }) => {
                Err(ConfigError::Value { place: file(PartialConfig::default()).place_of(&key), key, message })
            }
        }
    }

    /// What the file says.
    #[must_use]
    pub fn values(&self) -> &PartialConfig {
        &self.values
    }

    /// Where `key` stands, else the nearest key above it.
    pub(super) fn place_of(&self, key: &str) -> Place {
        let start = Position { line: 1, column: 1 };
        place(&self.name, lookup(&self.positions, key).copied().unwrap_or(start))
    }
}

impl fmt::Debug for FileConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileConfig").field("name", &self.name).field("values", &self.values).finish()
    }
}

fn place(name: &str, Position { line, column }: Position) -> Place {
    Place::File { name: name.to_owned(), line, column }
}

const DEFAULT_NAME: &str = "otel-kit.yaml";
