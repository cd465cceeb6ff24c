//! Section `exceptions`.

mod rule;

use std::fmt;

use otel_kit_core::settings::ExceptionSettings;
use serde::Deserialize;

use super::{ConfigError, env::Env, error::Problem, layers::Layers, print::Printer, values};

pub use self::rule::{PartialExceptionMatch, PartialExceptionRule};

/// Section `exceptions`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialExceptions {
    /// Whether exceptions are recorded at all; default `true`.
    pub enabled: Option<bool>,
    /// Whether they have stack traces; default `true`.
    pub stacktrace: Option<bool>,
    /// Crates that are the application's own, beside those that are recognised.
    pub in_app: Option<Vec<String>>,
    /// Exceptions that are not recorded.
    pub ignore: Option<Vec<PartialExceptionMatch>>,
    /// What is done with certain exceptions; the first rule that matches holds.
    pub rules: Option<Vec<PartialExceptionRule>>,
    /// How many exceptions of one group are exported in a minute; default 10.
    pub per_group_per_minute: Option<u32>,
    /// How many of one group may be exported at once before that limit holds; default 20.
    pub burst: Option<u32>,
    /// Most groups that are remembered; default 1000.
    pub max_groups: Option<u32>,
    /// Last log lines of the same trace that go with an exception; default 20, 0 for none.
    pub log_lines: Option<u32>,
    /// Whether log events that carry an error are exceptions; default `true`.
    pub log_events: Option<bool>,
    /// Whether failed calls to databases and HTTP servers are exceptions; default `false`.
    pub client_calls: Option<bool>,
    /// Whether a panic hook reports panics; default `true`.
    pub panic_hook: Option<bool>,
    /// Whether exceptions are on their spans too, as events; default `false`.
    pub span_events: Option<bool>,
}

impl PartialExceptions {
    pub(super) fn from_env(env: &mut Env<'_>) -> Self {
        let variable = "OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN";
        Self { span_events: env.value("exceptions.span_events", variable, span_events), ..Self::default() }
    }
}

pub(super) fn resolve(layers: &mut Layers) -> Result<ExceptionSettings, ConfigError> {
    let is_on = layers.features.exceptions;
    // The variable speaks to every instrumentation there is, this one or another.
    let said = layers.env.exceptions.span_events.filter(|_| is_on);
    layers.env.exceptions.span_events = said;
    layers.section("exceptions", "exceptions", is_on, |p| &p.exceptions)?;
    let mut settings = ExceptionSettings::default();
    switches(layers, &mut settings);
    amounts(layers, &mut settings)?;
    settings.in_app = layers.take(|p| p.exceptions.in_app.clone()).unwrap_or_default();
    let ignore = layers.pick("exceptions.ignore", |p| p.exceptions.ignore.clone(), rule::matches)?;
    settings.ignore = ignore.unwrap_or_default();
    let rules = layers.pick("exceptions.rules", |p| p.exceptions.rules.clone(), rule::rules)?;
    settings.rules = rules.unwrap_or_default();
    #[cfg(feature = "exceptions")]
    check(layers, &settings)?;
    Ok(settings)
}

/// Expressions are read by who evaluates them.
#[cfg(feature = "exceptions")]
fn check(layers: &mut Layers, settings: &ExceptionSettings) -> Result<(), ConfigError> {
    let Err(error) = otel_kit_exceptions::Exceptions::builder(settings.clone()).build() else {
        return Ok(());
    };
    let mut problem = Problem::new(error.problem(), "see docs.rs/regex for what it may hold");
    problem.part = format!(".{}", error.path());
    let source = layers.source(|p| p.exceptions.ignore.is_some() || p.exceptions.rules.is_some());
    layers.refuse(source, "exceptions", &problem)
}

fn switches(layers: &Layers, settings: &mut ExceptionSettings) {
    let set = |to: &mut bool, from: fn(&PartialExceptions) -> Option<bool>| {
        *to = layers.take(|p| from(&p.exceptions)).unwrap_or(*to);
    };
    set(&mut settings.enabled, |p| p.enabled);
    set(&mut settings.stacktrace, |p| p.stacktrace);
    set(&mut settings.log_events, |p| p.log_events);
    set(&mut settings.client_calls, |p| p.client_calls);
    set(&mut settings.panic_hook, |p| p.panic_hook);
    set(&mut settings.span_events, |p| p.span_events);
}

fn amounts(layers: &mut Layers, settings: &mut ExceptionSettings) -> Result<(), ConfigError> {
    let mut positive = |name: &str, from: fn(&PartialExceptions) -> Option<u32>| {
        layers.pick(&format!("exceptions.{name}"), |p| from(&p.exceptions), values::at_least_one)
    };
    let rate = positive("per_group_per_minute", |p| p.per_group_per_minute)?;
    let burst = positive("burst", |p| p.burst)?;
    let groups = positive("max_groups", |p| p.max_groups)?;
    let lines = layers.pick("exceptions.log_lines", |p| p.exceptions.log_lines, few)?;
    settings.per_group_per_minute = rate.unwrap_or(settings.per_group_per_minute);
    settings.burst = burst.unwrap_or(settings.burst);
    settings.max_groups = groups.and_then(|n| usize::try_from(n).ok()).unwrap_or(settings.max_groups);
    settings.log_lines = lines.and_then(|n| usize::try_from(n).ok()).unwrap_or(settings.log_lines);
    Ok(())
}

/// Each of them is kept with each exception.
fn few(lines: u32) -> Result<u32, Problem> {
    if lines <= MOST_LINES {
        return Ok(lines);
    }
    Err(Problem::new(format_args!("{lines} lines are too many"), format_args!("write at most {MOST_LINES}")))
}

fn span_events(text: &str) -> Result<bool, Problem> {
    match text {
        "logs" => Ok(false),
        "logs/dup" => Ok(true),
        _ => Err(Problem::new(format_args!("`{text}` is not supported"), "use logs or logs/dup")),
    }
}

pub(super) fn print(settings: &ExceptionSettings, out: &mut Printer<'_, '_>) -> fmt::Result {
    out.line("enabled", settings.enabled)?;
    out.line("stacktrace", settings.stacktrace)?;
    out.list("in_app", &settings.in_app)?;
    out.list("ignore", settings.ignore.iter().map(rule::match_text))?;
    out.list("rules", settings.rules.iter().map(rule::rule_text))?;
    out.line("per_group_per_minute", settings.per_group_per_minute)?;
    out.line("burst", settings.burst)?;
    out.line("max_groups", settings.max_groups)?;
    out.line("log_lines", settings.log_lines)?;
    out.line("log_events", settings.log_events)?;
    out.line("client_calls", settings.client_calls)?;
    out.line("panic_hook", settings.panic_hook)?;
    out.line("span_events", settings.span_events)
}

const MOST_LINES: u32 = 100;
