use std::fmt;

use serde::Deserialize;

use crate::config::{
    ConfigError,
    error::Problem,
    layers::{Layers, Source},
    print::Printer,
    values::not_empty,
};

/// Keys of `logs.keys`: what the fields of JSON lines are called; each is called as its key by default.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialLogKeys {
    /// Name of the time.
    pub timestamp: Option<String>,
    /// Name of the level.
    pub level: Option<String>,
    /// Name of the message.
    pub message: Option<String>,
    /// Name of the target.
    pub target: Option<String>,
    /// Name of the trace id.
    pub trace_id: Option<String>,
    /// Name of the span id.
    pub span_id: Option<String>,
    /// Name of the trace flags.
    pub trace_flags: Option<String>,
}

/// What the fields of JSON lines are called; all names differ.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct LogKeys {
    /// Name of the time.
    pub timestamp: String,
    /// Name of the level.
    pub level: String,
    /// Name of the message.
    pub message: String,
    /// Name of the target.
    pub target: String,
    /// Name of the trace id.
    pub trace_id: String,
    /// Name of the span id.
    pub span_id: String,
    /// Name of the trace flags.
    pub trace_flags: String,
}

impl LogKeys {
    pub(in crate::config) fn resolve(layers: &mut Layers) -> Result<Self, ConfigError> {
        let mut names = Names { layers, taken: Vec::new() };
        Ok(Self {
            timestamp: names.next("timestamp", |keys| &keys.timestamp)?,
            level: names.next("level", |keys| &keys.level)?,
            message: names.next("message", |keys| &keys.message)?,
            target: names.next("target", |keys| &keys.target)?,
            trace_id: names.next("trace_id", |keys| &keys.trace_id)?,
            span_id: names.next("span_id", |keys| &keys.span_id)?,
            trace_flags: names.next("trace_flags", |keys| &keys.trace_flags)?,
        })
    }

    pub(in crate::config) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.line("timestamp", &self.timestamp)?;
        out.line("level", &self.level)?;
        out.line("message", &self.message)?;
        out.line("target", &self.target)?;
        out.line("trace_id", &self.trace_id)?;
        out.line("span_id", &self.span_id)?;
        out.line("trace_flags", &self.trace_flags)
    }
}

/// The names so far; no two may be the same, or a line would have a key twice.
struct Names<'a> {
    layers: &'a mut Layers,
    taken: Vec<Name>,
}

#[derive(Clone)]
struct Name {
    key: &'static str,
    name: String,
    /// `None` for a default.
    source: Option<Source>,
}

impl Names<'_> {
    fn next(
        &mut self,
        key: &'static str,
        of: fn(&PartialLogKeys) -> &Option<String>,
    ) -> Result<String, ConfigError> {
        let picked = self.layers.pick_with_source(&path(key), |p| of(&p.logs.keys).clone(), not_empty)?;
        let (name, source) =
            picked.map_or_else(|| (key.to_owned(), None), |(name, source)| (name, Some(source)));
        let this = Name { key, name, source };
        if let Some(other) = self.taken.iter().find(|taken| taken.name == this.name).cloned() {
            self.refuse(&this, &other)?;
        }
        self.taken.push(this.clone());
        Ok(this.name)
    }

    fn refuse(&mut self, this: &Name, other: &Name) -> Result<(), ConfigError> {
        let (guilty, other, source) = match (this.source, other.source) {
            (Some(source), _) => (this, other, source),
            (None, source) => (other, this, source.unwrap_or(Source::Code)),
        };
        let what = format!("`{}` is the name of {}", guilty.name, other.key);
        self.layers.refuse(source, &path(guilty.key), &Problem::new(what, "use another name"))
    }
}

fn path(key: &str) -> String {
    format!("logs.keys.{key}")
}
