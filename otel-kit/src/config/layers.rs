//! Code, environment and file, one over the other.

use std::{collections::BTreeMap, fmt};

use super::{
    ConfigError, FileConfig, PartialConfig, Warning,
    error::{Place, Problem},
};

/// What was set where; answers key by key.
pub(super) struct Layers {
    pub(super) code: PartialConfig,
    pub(super) env: PartialConfig,
    /// Variable by key of `env`.
    pub(super) variables: BTreeMap<String, &'static str>,
    pub(super) file: Option<FileConfig>,
    pub(super) features: Features,
    pub(super) warnings: Vec<Warning>,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Source {
    Code,
    Env,
    File,
}

/// Cargo features that the configuration can ask for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Features {
    pub(super) alerts: bool,
    pub(super) axum: bool,
    pub(super) exceptions: bool,
    pub(super) grpc: bool,
    pub(super) http: bool,
    pub(super) kafka: bool,
    pub(super) prometheus: bool,
    pub(super) reqwest: bool,
    pub(super) sqlx: bool,
    pub(super) tls: bool,
    pub(super) zstd: bool,
}

impl Layers {
    /// The value of `key` from the uppermost layer that has it. All layers are checked: a bad value is an
    /// error even where a better one covers it, or a warning in the environment.
    pub(super) fn pick<T, R>(
        &mut self,
        key: &str,
        get: impl Fn(&PartialConfig) -> Option<T>,
        parse: impl Fn(T) -> Result<R, Problem>,
    ) -> Result<Option<R>, ConfigError> {
        Ok(self.pick_with_source(key, get, parse)?.map(|(value, _)| value))
    }

    /// As [`Layers::pick`], for values that need no check.
    pub(super) fn take<T>(&self, get: impl Fn(&PartialConfig) -> Option<T>) -> Option<T> {
        Source::DOWNWARDS.into_iter().find_map(|source| self.layer(source).and_then(&get))
    }

    /// As [`Layers::pick`], with the layer that the value comes from.
    pub(super) fn pick_with_source<T, R>(
        &mut self,
        key: &str,
        get: impl Fn(&PartialConfig) -> Option<T>,
        parse: impl Fn(T) -> Result<R, Problem>,
    ) -> Result<Option<(R, Source)>, ConfigError> {
        let mut picked = None;
        for source in Source::DOWNWARDS {
            let Some(value) = self.layer(source).and_then(&get) else { continue };
            match parse(value) {
                Ok(value) if picked.is_none() => picked = Some((value, source)),
                Ok(_) => {}
                Err(problem) => self.refuse(source, key, &problem)?,
            }
        }
        Ok(picked)
    }

    /// The maps of all layers in one; an entry covers the entry of the same name below it.
    pub(super) fn merge<T, R>(
        &mut self,
        key: &str,
        get: impl Fn(&PartialConfig) -> &BTreeMap<String, T>,
        parse: impl Fn(&str, T) -> Result<(String, R), Problem>,
    ) -> Result<BTreeMap<String, R>, ConfigError>
    where
        T: Clone,
    {
        let mut merged = BTreeMap::new();
        for source in Source::DOWNWARDS {
            let entries = self.layer(source).map(|layer| get(layer).clone()).unwrap_or_default();
            for (name, value) in entries {
                match parse(&name, value) {
                    Ok((name, value)) => drop(merged.entry(name).or_insert(value)),
                    Err(problem) => self.refuse(source, key, &problem.at_name(&name))?,
                }
            }
        }
        Ok(merged)
    }

    /// Refuses what stands in `section` if its cargo feature is off.
    pub(super) fn section<P: Default + PartialEq>(
        &mut self,
        section: &str,
        feature: &str,
        is_on: bool,
        get: impl Fn(&PartialConfig) -> &P,
    ) -> Result<(), ConfigError> {
        let is_set = |p: &PartialConfig| (*get(p) != P::default()).then_some(());
        self.pick(section, is_set, |()| require(is_on, feature, &format!("`{section}`")))?;
        Ok(())
    }

    /// The uppermost layer of which this is true; the file, if it is of none.
    #[cfg(any(feature = "alerts", feature = "exceptions"))]
    pub(super) fn source(&self, is_it: impl Fn(&PartialConfig) -> bool) -> Source {
        let found = Source::DOWNWARDS.into_iter().find(|source| self.layer(*source).is_some_and(&is_it));
        found.unwrap_or(Source::File)
    }

    /// Fails if code or file is to blame; warns if the environment is.
    pub(super) fn refuse(&mut self, source: Source, key: &str, problem: &Problem) -> Result<(), ConfigError> {
        let key = format!("{key}{}", problem.part);
        let place = match (source, &self.file) {
            (Source::Env, _) => {
                self.warn(&key, format_args!("ignored, {problem}"));
                return Ok(());
            }
            (Source::File, Some(file)) => file.place_of(&key),
            _ => Place::Code,
        };
        Err(ConfigError::Value { place, key, message: problem.message.clone() })
    }

    /// Warns about the variable that stands behind `key`.
    pub(super) fn warn(&mut self, key: &str, message: impl fmt::Display) {
        let variable = lookup(&self.variables, key).copied().unwrap_or("the environment");
        self.warnings.push(Warning::new(variable, message));
    }

    fn layer(&self, source: Source) -> Option<&PartialConfig> {
        match source {
            Source::Code => Some(&self.code),
            Source::Env => Some(&self.env),
            Source::File => self.file.as_ref().map(|file| &file.values),
        }
    }
}

impl Source {
    /// The order of precedence.
    const DOWNWARDS: [Self; 3] = [Self::Code, Self::Env, Self::File];
}

impl Features {
    /// The features this build has.
    pub(super) const fn compiled() -> Self {
        Self {
            alerts: cfg!(feature = "alerts"),
            axum: cfg!(feature = "axum"),
            exceptions: cfg!(feature = "exceptions"),
            grpc: cfg!(feature = "grpc"),
            http: cfg!(feature = "http"),
            kafka: cfg!(feature = "kafka"),
            prometheus: cfg!(feature = "prometheus"),
            reqwest: cfg!(feature = "reqwest"),
            sqlx: cfg!(feature = "sqlx"),
            tls: cfg!(feature = "tls"),
            zstd: cfg!(feature = "zstd"),
        }
    }
}

/// `what` needs the cargo feature `feature`.
pub(super) fn require(is_on: bool, feature: &str, what: &str) -> Result<(), Problem> {
    if is_on {
        return Ok(());
    }
    let remedy = format_args!("enable feature `{feature}` of otel-kit").to_string();
    Err(Problem::new(format_args!("{what} is not in this build"), remedy))
}

/// The entry of `key`, else of the nearest key above it.
pub(super) fn lookup<'a, T>(map: &'a BTreeMap<String, T>, key: &str) -> Option<&'a T> {
    let mut key = key;
    loop {
        if let Some(found) = map.get(key) {
            return Some(found);
        }
        key = key.get(..key.rfind(['.', '['])?)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_without_an_entry_of_its_own_is_found_through_the_one_above() {
        let map = BTreeMap::from([("a.b".to_owned(), 1), ("a".to_owned(), 2)]);
        assert_eq!(lookup(&map, "a.b"), Some(&1));
        assert_eq!(lookup(&map, "a.b[3].c"), Some(&1));
        assert_eq!(lookup(&map, "a.c"), Some(&2));
        assert_eq!(lookup(&map, "b"), None);
    }
}
