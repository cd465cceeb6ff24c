use opentelemetry::logs::Severity;
use otel_kit_core::settings::{ExceptionMatch, ExceptionRule};
use serde::Deserialize;

use crate::config::{
    choice::{Choice, name_of},
    error::Problem,
    read,
    values::resolve_each,
};

/// Which exceptions: all that match every part that is given. An entry of `exceptions.ignore`, and `when` of
/// an entry of `exceptions.rules`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialExceptionMatch {
    /// Type of the error or of one behind it, with `*` for any text.
    #[serde(rename = "type")]
    pub exception_type: Option<String>,
    /// A regular expression that is found in the message.
    pub message: Option<String>,
    /// Module in which it was recorded, those below it included.
    pub module: Option<String>,
}

/// An entry of `exceptions.rules`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialExceptionRule {
    /// Which exceptions.
    pub when: PartialExceptionMatch,
    /// What their group goes by; `{{ default }}` is the usual.
    pub fingerprint: Option<Vec<String>>,
    /// Whether they are left out.
    pub ignore: Option<bool>,
    /// How bad they are: `debug`, `info`, `warn`, `error` or `fatal`.
    #[serde(deserialize_with = "read::choice")]
    pub level: Option<Severity>,
}

pub(super) fn matches(entries: Vec<PartialExceptionMatch>) -> Result<Vec<ExceptionMatch>, Problem> {
    resolve_each(entries, PartialExceptionMatch::resolve)
}

pub(super) fn rules(entries: Vec<PartialExceptionRule>) -> Result<Vec<ExceptionRule>, Problem> {
    resolve_each(entries, PartialExceptionRule::resolve)
}

/// As the file writes it, in short.
pub(super) fn match_text(entry: &ExceptionMatch) -> String {
    let parts = [("type", &entry.exception_type), ("message", &entry.message), ("module", &entry.module)];
    let given = parts.into_iter().filter_map(|(name, part)| Some(format!("{name} {}", part.as_ref()?)));
    given.collect::<Vec<_>>().join(" ")
}

/// As the file writes it, in short.
pub(super) fn rule_text(rule: &ExceptionRule) -> String {
    let mut text = match_text(&rule.when);
    if !rule.fingerprint.is_empty() {
        text = format!("{text} by {}", rule.fingerprint.join(" "));
    }
    if let Some(level) = rule.level {
        text = format!("{text} as {}", name_of(level));
    }
    if rule.ignore { format!("{text} ignored") } else { text }
}

impl PartialExceptionMatch {
    fn resolve(self) -> Result<ExceptionMatch, Problem> {
        let Self { exception_type, message, module } = self;
        if exception_type.is_none() && message.is_none() && module.is_none() {
            return Err(Problem::new("it has no condition", "write type, message or module"));
        }
        let mut entry = ExceptionMatch::default();
        (entry.exception_type, entry.message, entry.module) = (exception_type, message, module);
        Ok(entry)
    }
}

impl PartialExceptionRule {
    fn resolve(self) -> Result<ExceptionRule, Problem> {
        let mut rule = ExceptionRule::default();
        rule.when = self.when.resolve()?;
        rule.fingerprint = self.fingerprint.unwrap_or_default();
        rule.ignore = self.ignore.unwrap_or(false);
        rule.level = self.level;
        if rule.fingerprint.is_empty() && !rule.ignore && rule.level.is_none() {
            return Err(Problem::new("the rule does nothing", "write fingerprint, ignore or level"));
        }
        Ok(rule)
    }
}

impl Choice for Severity {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("debug", Self::Debug),
        ("info", Self::Info),
        ("warn", Self::Warn),
        ("error", Self::Error),
        ("fatal", Self::Fatal),
    ];
}
