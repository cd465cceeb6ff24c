use std::{fmt, str::FromStr};

use thiserror::Error;
use tracing::Metadata;
use tracing_core::{Level, LevelFilter};
use tracing_subscriber::filter::Targets;

/// A directive that cannot be read.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("log level `{directive}` {problem}")]
pub struct LogFilterError {
    directive: String,
    problem: Problem,
}

impl LogFilterError {
    /// The directive at fault.
    #[must_use]
    pub fn directive(&self) -> &str {
        &self.directive
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Problem {
    Empty,
    NoLevel,
    NoTarget,
    Fields,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "is empty: write a level, or a target and its level as in `sqlx=warn`",
            Self::NoLevel => {
                "has no known level: levels are off, error, warn, info, debug, trace; for a target write \
                 `target=level`"
            }
            Self::NoTarget => "has no target before the `=`",
            Self::Fields => "asks for fields or spans: only targets and levels are known",
        })
    }
}

/// Directives as they are applied.
#[derive(Debug)]
pub(super) struct Rules {
    text: String,
    targets: Targets,
    max_level: LevelFilter,
}

impl Rules {
    pub(super) fn new(text: String, targets: Targets) -> Self {
        let levels = targets.iter().map(|(_, level)| level).chain(targets.default_level());
        let mut max_level = levels.max().unwrap_or(LevelFilter::OFF);
        if max_level != LevelFilter::OFF {
            max_level = max_level.max(LevelFilter::from_level(SPANS));
        }
        Self { text, targets, max_level }
    }

    pub(super) fn allow(&self, metadata: &Metadata<'_>) -> bool {
        let (target, level) = (metadata.target(), metadata.level());
        self.targets.would_enable(target, level)
            || metadata.is_span() && *level <= SPANS && self.targets.would_enable(target, &Level::ERROR)
    }

    pub(super) const fn max_level(&self) -> LevelFilter {
        self.max_level
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl FromStr for Rules {
    type Err = LogFilterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut targets = Targets::new();
        for directive in text.split(',') {
            targets = match parse(directive)? {
                (Some(target), level) => targets.with_target(target, level),
                (None, level) => targets.with_default(level),
            };
        }
        Ok(Self::new(text.trim().to_owned(), targets))
    }
}

fn parse(directive: &str) -> Result<(Option<&str>, LevelFilter), LogFilterError> {
    let directive = directive.trim();
    let wrong = |problem| LogFilterError { directive: directive.to_owned(), problem };
    if directive.is_empty() {
        return Err(wrong(Problem::Empty));
    }
    if directive.contains(['[', '{']) {
        return Err(wrong(Problem::Fields));
    }
    let (target, level) = match directive.split_once('=') {
        Some((target, level)) => (Some(target.trim()), level.trim()),
        None => (None, directive),
    };
    if target == Some("") {
        return Err(wrong(Problem::NoTarget));
    }
    // The parser of `tracing` takes an empty word for `error`.
    let level = Some(level).filter(|level| !level.is_empty());
    let level = level.and_then(|level| level.parse().ok()).ok_or_else(|| wrong(Problem::NoLevel))?;
    Ok((target, level))
}

/// Spans up to here keep their fields for lines of higher levels.
const SPANS: Level = Level::INFO;

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Rules {
        text.parse().unwrap()
    }

    #[test]
    fn the_most_specific_target_counts() {
        let rules = rules(" info , sqlx=warn, sqlx::query = off");
        assert!(rules.targets.would_enable("my_crate", &Level::INFO));
        assert!(!rules.targets.would_enable("my_crate", &Level::DEBUG));
        assert!(rules.targets.would_enable("sqlx::pool", &Level::WARN));
        assert!(!rules.targets.would_enable("sqlx::pool", &Level::INFO));
        assert!(!rules.targets.would_enable("sqlx::query", &Level::ERROR));
    }

    #[test]
    fn the_most_verbose_level_is_known() {
        assert_eq!(rules("off").max_level, LevelFilter::OFF);
        assert_eq!(rules("off,a=error").max_level, LevelFilter::INFO); // for spans
        assert_eq!(rules("info,a=trace").max_level, LevelFilter::TRACE);
    }

    #[test]
    fn an_error_names_the_directive() {
        for (text, directive) in [
            ("info,sqlx=loud", "sqlx=loud"),
            ("inof", "inof"),
            ("info,", ""),
            ("", ""),
            ("info,=debug", "=debug"),
            ("sqlx=", "sqlx="),
            ("a=b=info", "a=b=info"),
            ("[span]=info", "[span]=info"),
        ] {
            let error = text.parse::<Rules>().unwrap_err();
            assert_eq!(error.directive(), directive, "{error}");
        }
    }
}
