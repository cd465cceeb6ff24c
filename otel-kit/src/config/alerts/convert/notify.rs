use std::time::SystemTime;

use otel_kit_alerts::notify::{GroupBy, NotifySettings, Route, Silence};

use super::{Lines, channel::channel, matcher::matchers};
use crate::config::{
    alerts::{Alerts, PartialRoute, PartialSilence},
    error::Problem,
    values::resolve_each,
};

/// Who is told, and when.
pub(super) fn settings(alerts: &Alerts, lines: &Lines) -> Result<NotifySettings, Problem> {
    let mut settings = NotifySettings::default();
    for (name, written) in &alerts.channels {
        let made = channel(written, lines).map_err(|problem| problem.at_name(name).at_name("channels"))?;
        settings.channels.insert(name.clone(), made);
    }
    settings.route = route(&alerts.route);
    let silences = resolve_each(&alerts.silences, silence);
    settings.silences = silences.map_err(|problem| problem.at_name("silences"))?;
    settings.external_url.clone_from(&alerts.external_url);
    settings.trace_url.clone_from(&alerts.trace_url);
    Ok(settings)
}

fn route(written: &PartialRoute) -> Route {
    let mut route = Route::default();
    if let Some(names) = &written.group_by {
        let is_all = matches!(&names[..], [name] if name == "...");
        route.group_by = if is_all { GroupBy::All } else { GroupBy::Labels(names.clone()) };
    }
    route.group_wait = written.group_wait.unwrap_or(route.group_wait);
    route.group_interval = written.group_interval.unwrap_or(route.group_interval);
    route.repeat_interval = written.repeat_interval.unwrap_or(route.repeat_interval);
    route.channels = written.channels.clone().unwrap_or_default();
    route
}

fn silence(written: &PartialSilence) -> Result<Silence, Problem> {
    let matchers = matchers(&written.matchers).map_err(|problem| problem.at_name("match"))?;
    let starts_at = time(written.starts_at.as_deref(), "starts_at")?.unwrap_or(SystemTime::UNIX_EPOCH);
    let missing = || Problem::new("`ends_at` is missing", "write a time such as 2026-01-02T03:04:05Z");
    let ends_at = time(written.ends_at.as_deref(), "ends_at")?.ok_or_else(missing)?;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let silence = Silence::new(matchers, starts_at, ends_at);
    Ok(silence.with_reason(text(&written.created_by), text(&written.comment)))
}

fn time(text: Option<&str>, name: &str) -> Result<Option<SystemTime>, Problem> {
    let parse = |text: &str| {
        let bad = |_| {
            Problem::new(format_args!("`{text}` is not a time"), "write one such as 2026-01-02T03:04:05Z")
        };
        text.parse::<jiff::Timestamp>().map(SystemTime::from).map_err(bad)
    };
    text.map(parse).transpose().map_err(|problem| problem.at_name(name))
}
