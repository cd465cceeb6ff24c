use std::{fmt, time::Duration};

use serde::Deserialize;
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::{
    Batch, ConfigError, LogLimits, PartialBatch, PartialLogLimits,
    choice::{Choice, name_of, none_of},
    env::Env,
    error::Problem,
    layers::Layers,
    print::Printer,
    read,
    values::{directives, info, is_level},
};
use otel_kit_core::diag;

mod file;
mod keys;

pub use self::{
    file::{LogFile, LogRotation, PartialLogFile},
    keys::{LogKeys, PartialLogKeys},
};

/// Section `logs`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialLogs {
    /// Which events become log lines and records: levels for targets, such as `info,sqlx=warn`; default
    /// `info`.
    pub level: Option<String>,
    /// Whether lines go to standard output; default `true`.
    pub stdout: Option<bool>,
    /// A file that gets all lines too.
    pub file: PartialLogFile,
    /// How lines on standard output look; default `auto`.
    #[serde(deserialize_with = "read::choice")]
    pub format: Option<LogFormat>,
    /// Whether log records are exported too; default `true`.
    pub otlp: Option<bool>,
    /// Names of the fields of JSON lines.
    pub keys: PartialLogKeys,
    /// How log records wait for their export.
    pub batch: PartialBatch,
    /// How much one log record may hold.
    pub limits: PartialLogLimits,
    /// Whether a line waits for a slow reader instead of being dropped and counted; default `false`.
    pub blocking: Option<bool>,
    /// Level of the kit's own events; the environment alone sets it.
    #[serde(skip)]
    pub(super) own_level: Option<LevelFilter>,
}

/// How log lines and log records are made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Logs {
    /// Which events become log lines and records.
    pub level: Targets,
    /// Whether lines go to standard output.
    pub stdout: bool,
    /// A file that gets all lines too.
    pub file: Option<LogFile>,
    /// How lines on standard output look.
    pub format: LineFormat,
    /// Names of the fields of JSON lines.
    pub keys: LogKeys,
    /// How log records wait for their export.
    pub batch: Batch,
    /// How much one log record may hold.
    pub limits: LogLimits,
    /// Whether a line waits for a slow reader instead of being dropped and counted.
    pub blocking: bool,
}

/// How log lines shall look.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LogFormat {
    /// For people on a terminal, else JSON.
    Auto,
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
    /// One JSON object a line, with the names of the Elastic Common Schema.
    Ecs,
}

/// How log lines look.
#[allow(clippy::exhaustive_enums)] // whoever writes lines must know them all
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LineFormat {
    /// One JSON object a line.
    Json,
    /// For people.
    Pretty,
    /// One JSON object a line, with the names of the Elastic Common Schema.
    Ecs,
}

impl Logs {
    pub(super) fn resolve(layers: &mut Layers, is_terminal: bool) -> Result<Self, ConfigError> {
        let level = layers.pick("logs.level", |p| p.logs.level.clone(), |text| directives(&text))?;
        let own_level = layers.take(|p| p.logs.own_level);
        let format = layers.take(|p| p.logs.format).unwrap_or(LogFormat::Auto);
        if format == LogFormat::Ecs {
            refuse_keys(layers)?;
        }
        Ok(Self {
            stdout: layers.take(|p| p.logs.stdout).unwrap_or(true),
            file: LogFile::resolve(layers)?,
            level: with_own_level(level.unwrap_or_else(info), own_level),
            format: match format {
                LogFormat::Auto if is_terminal => LineFormat::Pretty,
                LogFormat::Pretty => LineFormat::Pretty,
                LogFormat::Ecs => LineFormat::Ecs,
                LogFormat::Auto | LogFormat::Json => LineFormat::Json,
            },
            keys: LogKeys::resolve(layers)?,
            batch: Batch::resolve(layers, "logs", DEFAULT_DELAY, |p| &p.logs.batch)?,
            limits: LogLimits::resolve(layers)?,
            blocking: layers.take(|p| p.logs.blocking).unwrap_or(false),
        })
    }

    pub(super) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.line("level", &self.level)?;
        out.line("stdout", self.stdout)?;
        out.section("file", |out| self.file.as_ref().map_or(Ok(()), |file| file.print(out)))?;
        out.line("format", name_of(self.format))?;
        out.section("keys", |out| self.keys.print(out))?;
        out.section("batch", |out| self.batch.print(out))?;
        out.section("limits", |out| self.limits.print(out))?;
        out.line("blocking", self.blocking)
    }
}

impl PartialLogs {
    pub(super) fn from_env(env: &mut Env<'_>) -> Self {
        Self {
            level: env.value("logs.level", "RUST_LOG", rust_log),
            own_level: env.value("logs.level", "OTEL_LOG_LEVEL", own_level),
            batch: PartialBatch::from_env(env, "logs", BATCH_VARIABLES),
            limits: PartialLogLimits::from_env(env),
            ..Self::default()
        }
    }
}

impl Choice for LogFormat {
    const NAMES: &'static [(&'static str, Self)] =
        &[("auto", Self::Auto), ("json", Self::Json), ("pretty", Self::Pretty), ("ecs", Self::Ecs)];
}

impl Choice for LineFormat {
    const NAMES: &'static [(&'static str, Self)] =
        &[("json", Self::Json), ("pretty", Self::Pretty), ("ecs", Self::Ecs)];
}

fn refuse_keys(layers: &mut Layers) -> Result<(), ConfigError> {
    let is_set = |keys: &PartialLogKeys| (*keys != PartialLogKeys::default()).then_some(());
    let fixed =
        |()| Err(Problem::new("the names of format ecs are fixed", "remove the keys, or use format json"));
    layers.pick("logs.keys", |p| is_set(&p.logs.keys), fixed).map(Option::unwrap_or_default)
}

/// Unlike the file, this variable belongs to many: a bare target (`app`) means all its levels, as always.
fn rust_log(text: &str) -> Result<String, Problem> {
    let complete = |directive: &str| match directive.trim() {
        bare if bare.is_empty() || bare.contains('=') || is_level(bare) => bare.to_owned(),
        target => format!("{target}=trace"),
    };
    let text = text.split(',').map(complete).collect::<Vec<_>>().join(",");
    directives(&text).map(|_| text)
}

fn own_level(text: &str) -> Result<LevelFilter, Problem> {
    match text.to_ascii_lowercase().as_str() {
        "none" | "off" => Ok(LevelFilter::OFF),
        "fatal" | "error" => Ok(LevelFilter::ERROR),
        "warn" | "warning" => Ok(LevelFilter::WARN),
        "info" => Ok(LevelFilter::INFO),
        "debug" => Ok(LevelFilter::DEBUG),
        "trace" | "verbose" | "all" => Ok(LevelFilter::TRACE),
        _ => Err(none_of(text, &["none", "error", "warn", "info", "debug", "trace"])),
    }
}

/// A directive that names the kit's own target is more exact than the variable for it.
fn with_own_level(level: Targets, own_level: Option<LevelFilter>) -> Targets {
    match own_level {
        Some(own_level) if !level.iter().any(|(target, _)| target == diag::TARGET) => {
            level.with_target(diag::TARGET, own_level)
        }
        _ => level,
    }
}

const BATCH_VARIABLES: [&str; 4] = [
    "OTEL_BLRP_SCHEDULE_DELAY",
    "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_BLRP_MAX_QUEUE_SIZE",
    "OTEL_BLRP_EXPORT_TIMEOUT",
];

const DEFAULT_DELAY: Duration = Duration::from_secs(1);
