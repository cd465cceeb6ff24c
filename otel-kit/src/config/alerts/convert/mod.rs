//! From what was written to what the alerts' crate works with.

mod channel;
mod expr;
mod matcher;
mod notify;
mod rule;

use std::sync::Arc;

use otel_kit_alerts::{
    AlertsBuilder, AlertsError,
    notify::NotifySettings,
    rule::{PRESETS, Rule, preset},
};

use super::Alerts;
use crate::config::{
    Config,
    choice::none_of,
    error::Problem,
    values::{parse_each, resolve_each},
};

/// Where lines go.
type Lines = Arc<dyn Fn(&str) + Send + Sync>;

/// The rules: those that were written, then the ready-made ones.
fn rules(alerts: &Alerts) -> Result<Vec<Rule>, Problem> {
    let rules = resolve_each(&alerts.rules, rule::rule).map_err(|problem| problem.at_name("rules"))?;
    let known = |name: &str| preset(name).ok_or_else(|| none_of(name, &PRESETS));
    let presets = parse_each(&alerts.presets, known).map_err(|problem| problem.at_name("presets"))?;
    Ok(rules.into_iter().chain(presets.into_iter().flatten()).collect())
}

/// The rules at work, as yet without anybody to be told; there, if the configuration was [checked](check).
pub(crate) fn alert_builder(config: &Config) -> Option<AlertsBuilder> {
    builder(&config.alerts).ok()
}

/// Who is told; there, if the configuration was [checked](check). Lines of the console go to `lines`.
pub(crate) fn alert_notifications(config: &Config, lines: &Lines) -> Option<NotifySettings> {
    notify::settings(&config.alerts, lines).ok()
}

/// All that can be checked before anything runs.
pub(in crate::config) fn check(alerts: &Alerts) -> Result<(), Problem> {
    let settings = notify::settings(alerts, &(Arc::new(|_: &str| ()) as Lines))?;
    settings.check().map_err(|error| problem(error.path, error.message, error.remedy))?;
    builder(alerts)?.build().map(drop).map_err(|error| match error {
        AlertsError::Rule(error) => problem(error.path, error.message, error.remedy),
        error => Problem::new(error, "write it otherwise"),
    })
}

fn builder(alerts: &Alerts) -> Result<AlertsBuilder, Problem> {
    let builder = otel_kit_alerts::Alerts::builder()
        .rules(rules(alerts)?)
        .interval(alerts.interval)
        .memory(usize::try_from(alerts.memory).unwrap_or(usize::MAX));
    let builder = alerts.labels.iter().fold(builder, |builder, (name, value)| builder.label(name, value));
    Ok(alerts.state_file.iter().fold(builder, AlertsBuilder::state_file))
}

fn problem(path: String, message: String, remedy: String) -> Problem {
    let mut problem = Problem::new(message, remedy);
    problem.part = format!(".{path}");
    problem
}
