use std::{fmt, path::PathBuf};

use serde::Deserialize;

use crate::config::{
    ConfigError,
    choice::{Choice, name_of},
    error::Problem,
    layers::Layers,
    print::Printer,
    read,
    values::at_least_one,
};

/// Keys of `logs.file`: a file that gets all lines too, as JSON.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialLogFile {
    /// Path of the file; without it there is none.
    pub path: Option<PathBuf>,
    /// When a new file is begun; default `daily`.
    #[serde(deserialize_with = "read::choice")]
    pub rotate: Option<LogRotation>,
    /// Most files that are kept, the current one included; default: all.
    pub max_files: Option<u32>,
    /// Most bytes of one file; default: no limit.
    pub max_bytes: Option<u32>,
}

/// A file that gets all lines too.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LogFile {
    /// Path of the file.
    pub path: PathBuf,
    /// When a new file is begun.
    pub rotate: LogRotation,
    /// Most files that are kept; `None`: all.
    pub max_files: Option<u32>,
    /// Most bytes of one file; `None`: no limit.
    pub max_bytes: Option<u32>,
}

/// When a new log file is begun, in UTC.
#[allow(clippy::exhaustive_enums)] // whoever writes files must know them all
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogRotation {
    /// At midnight.
    Daily,
    /// At each full hour.
    Hourly,
    /// Only when it is full.
    Never,
}

impl LogFile {
    pub(in crate::config) fn resolve(layers: &mut Layers) -> Result<Option<Self>, ConfigError> {
        let path = layers.pick("logs.file.path", |p| p.logs.file.path.clone(), not_empty)?;
        let max_files = layers.pick("logs.file.max_files", |p| p.logs.file.max_files, at_least_one)?;
        let max_bytes = layers.pick("logs.file.max_bytes", |p| p.logs.file.max_bytes, at_least_one)?;
        let rotate = layers.take(|p| p.logs.file.rotate);
        let Some(path) = path else {
            let is_set = |file: &PartialLogFile| (*file != PartialLogFile::default()).then_some(());
            let no_path = |()| Err(Problem::new("the file has no path", "write logs.file.path"));
            let nothing: Option<()> = layers.pick("logs.file", |p| is_set(&p.logs.file), no_path)?;
            return Ok(nothing.and(None));
        };
        Ok(Some(Self { path, rotate: rotate.unwrap_or(LogRotation::Daily), max_files, max_bytes }))
    }

    pub(in crate::config) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.line("path", self.path.display())?;
        out.line("rotate", name_of(self.rotate))?;
        out.optional("max_files", self.max_files)?;
        out.optional("max_bytes", self.max_bytes)
    }
}

impl Choice for LogRotation {
    const NAMES: &'static [(&'static str, Self)] =
        &[("daily", Self::Daily), ("hourly", Self::Hourly), ("never", Self::Never)];
}

fn not_empty(path: PathBuf) -> Result<PathBuf, Problem> {
    match path.file_name() {
        None => Err(Problem::new("this is no path of a file", "write one such as app.log")),
        Some(_) => Ok(path),
    }
}
