//! Checks that several sections share.

use std::{str::FromStr, time::Duration};

use http::HeaderName;
use otel_kit_core::{
    semconv::attribute::{HTTP_REQUEST_HEADER, HTTP_RESPONSE_HEADER},
    settings::{HeaderAllowList, Network},
};
use tracing_subscriber::filter::{LevelFilter, Targets};

use super::{choice::none_of, error::Problem};

pub(super) fn not_empty(text: String) -> Result<String, Problem> {
    match text.trim() {
        "" => Err(Problem::new("the text is empty", "write one, or remove the key")),
        _ => Ok(text),
    }
}

/// A period that something is done at.
pub(super) fn period(duration: Duration) -> Result<Duration, Problem> {
    match duration {
        Duration::ZERO => Err(Problem::new("0 would never pause", "write at least 1ms")),
        _ => Ok(duration),
    }
}

/// A time limit; 0 is none.
pub(super) fn time_limit(duration: Duration) -> Result<Option<Duration>, Problem> {
    Ok((!duration.is_zero()).then_some(duration))
}

pub(super) fn at_least_one(number: u32) -> Result<u32, Problem> {
    match number {
        0 => Err(Problem::new("0 would hold nothing", "write at least 1")),
        _ => Ok(number),
    }
}

/// All `items` if each passes the check.
pub(super) fn each(
    items: Vec<String>,
    check: impl Fn(&str) -> Result<(), Problem>,
) -> Result<Vec<String>, Problem> {
    for (index, item) in items.iter().enumerate() {
        check(item).map_err(|problem| problem.at_item(index))?;
    }
    Ok(items)
}

pub(super) fn request_headers(names: Vec<String>) -> Result<HeaderAllowList, Problem> {
    Ok(HeaderAllowList::new(HTTP_REQUEST_HEADER, parse_each(&names, header_name)?))
}

pub(super) fn response_headers(names: Vec<String>) -> Result<HeaderAllowList, Problem> {
    Ok(HeaderAllowList::new(HTTP_RESPONSE_HEADER, parse_each(&names, header_name)?))
}

pub(super) fn header_name(name: &str) -> Result<HeaderName, Problem> {
    HeaderName::from_str(name).map_err(|_| not_a_header(name))
}

pub(super) fn networks(texts: Vec<String>) -> Result<Vec<Network>, Problem> {
    parse_each(&texts, network)
}

pub(super) fn network(text: &str) -> Result<Network, Problem> {
    text.parse().map_err(|_| {
        Problem::new(
            format_args!("`{text}` is not a network"),
            "write one such as 10.0.0.0/8 or 2001:db8::/32",
        )
    })
}

/// All `texts`, if each can be read.
pub(super) fn parse_each<T>(
    texts: &[String],
    parse: impl Fn(&str) -> Result<T, Problem>,
) -> Result<Vec<T>, Problem> {
    resolve_each(texts, |text| parse(text))
}

/// What all `items` mean, if each can be used; the problem of one that cannot names its place in the list.
pub(super) fn resolve_each<I, T>(
    items: impl IntoIterator<Item = I>,
    resolve: impl Fn(I) -> Result<T, Problem>,
) -> Result<Vec<T>, Problem> {
    let items = items.into_iter().enumerate();
    items.map(|(index, item)| resolve(item).map_err(|problem| problem.at_item(index))).collect()
}

/// Levels for targets, such as `info,sqlx=warn`.
pub(super) fn directives(text: &str) -> Result<Targets, Problem> {
    if text.trim().is_empty() {
        return Err(Problem::new("the text is empty", "write directives such as info,sqlx=warn"));
    }
    let mut targets = Targets::new();
    for directive in text.split(',').map(str::trim).filter(|directive| !directive.is_empty()) {
        targets = match directive.split_once('=') {
            Some((target, level)) => targets.with_target(target_of(target)?, level_of(level)?),
            None => targets.with_default(level_of(directive)?),
        };
    }
    Ok(targets)
}

/// What passes where nothing is configured.
pub(super) fn info() -> Targets {
    Targets::new().with_default(LevelFilter::INFO)
}

pub(super) fn is_level(text: &str) -> bool {
    LEVELS.iter().any(|name| name.eq_ignore_ascii_case(text))
}

fn target_of(text: &str) -> Result<&str, Problem> {
    match text.trim() {
        "" => Err(Problem::new("a target is missing before `=`", "write directives such as info,sqlx=warn")),
        target if target.contains(['[', '{']) => Err(Problem::new(
            format_args!("`{target}` names spans or fields"),
            "write targets only, such as info,sqlx=warn",
        )),
        target => Ok(target),
    }
}

fn level_of(text: &str) -> Result<LevelFilter, Problem> {
    let text = text.trim();
    let named = LEVELS.iter().find(|name| name.eq_ignore_ascii_case(text));
    named.and_then(|name| name.parse().ok()).ok_or_else(|| none_of(text, &LEVELS))
}

fn not_a_header(name: &str) -> Problem {
    Problem::new(format_args!("`{name}` is not a header name"), "write one such as x-request-id")
}

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_are_levels_for_targets() {
        for (text, printed) in [
            ("info", "info"),
            ("INFO, sqlx=Warn", "sqlx=warn,info"),
            ("off", "off"),
            ("app::db=trace,", "app::db=trace"),
        ] {
            assert_eq!(directives(text).unwrap().to_string(), printed);
        }
    }

    #[test]
    fn misspelt_levels_are_not_taken_for_targets() {
        for (text, message) in [
            (" ", "the text is empty; write directives such as info,sqlx=warn"),
            ("warning", "`warning` is not supported; did you mean `warn`?"),
            ("sqlx", "`sqlx` is not supported; use off, error, warn, info, debug or trace"),
            ("sqlx=loud", "`loud` is not supported; use off, error, warn, info, debug or trace"),
            ("=info", "a target is missing before `=`; write directives such as info,sqlx=warn"),
            ("a[span]=info", "`a[span]` names spans or fields; write targets only, such as info,sqlx=warn"),
        ] {
            assert_eq!(directives(text).unwrap_err().message, message);
        }
    }
}
