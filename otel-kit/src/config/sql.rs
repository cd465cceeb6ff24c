use std::{fmt, time::Duration};

use serde::Deserialize;

use super::{
    ConfigError, PartialConfig,
    layers::{Layers, require},
    print::Printer,
    read::{self, duration_text},
};

/// Section `sql`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialSql {
    /// Whether statements are on their spans: as they are where they have parameters, else without their
    /// literals; default `true`.
    pub query_text: Option<bool>,
    /// From how long on a statement is slow, and gets an event and a warning; unset by default: none is.
    #[serde(deserialize_with = "read::duration")]
    pub slow: Option<Duration>,
}

/// What SQL adapters are told.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Sql {
    /// Whether statements are on their spans: as they are where they have parameters, else without their
    /// literals.
    pub query_text: bool,
    /// From how long on a statement is slow, and gets an event and a warning.
    pub slow: Option<Duration>,
}

impl Sql {
    pub(super) fn resolve(layers: &mut Layers) -> Result<Self, ConfigError> {
        let has_sqlx = layers.features.sqlx;
        let is_set = |p: &PartialConfig| p.sql != PartialSql::default();
        let feature = |()| require(has_sqlx, "sqlx", "`sql`");
        layers.pick("sql", |p| is_set(p).then_some(()), feature)?;
        Ok(Self {
            query_text: layers.take(|p| p.sql.query_text).unwrap_or(true),
            slow: layers.take(|p| p.sql.slow),
        })
    }

    pub(super) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.line("query_text", self.query_text)?;
        out.optional("slow", self.slow.map(duration_text))
    }
}
