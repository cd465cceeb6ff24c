use std::{fmt, time::Duration};

use otel_kit_core::settings::SqlSettings;
use serde::Deserialize;

use super::{
    ConfigError,
    layers::Layers,
    print::Printer,
    read::{self, duration_text},
};

/// Section `sql`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialSql {
    /// Whether statements have spans and metrics whose pool nobody wrapped; default `true`.
    pub auto: Option<bool>,
    /// Whether statements are on their spans: as they are where they have parameters, else without their
    /// literals; default `true`.
    pub query_text: Option<bool>,
    /// From how long on a statement is slow, and gets an event and a warning; unset by default: none is.
    #[serde(deserialize_with = "read::duration")]
    pub slow: Option<Duration>,
}

pub(super) fn resolve(layers: &mut Layers) -> Result<SqlSettings, ConfigError> {
    layers.section("sql", "sqlx", layers.features.sqlx, |p| &p.sql)?;
    let mut settings = SqlSettings::default();
    settings.auto = layers.take(|p| p.sql.auto).unwrap_or(settings.auto);
    settings.query_text = layers.take(|p| p.sql.query_text).unwrap_or(settings.query_text);
    settings.slow = layers.take(|p| p.sql.slow);
    Ok(settings)
}

pub(super) fn print(settings: &SqlSettings, out: &mut Printer<'_, '_>) -> fmt::Result {
    out.line("auto", settings.auto)?;
    out.line("query_text", settings.query_text)?;
    out.optional("slow", settings.slow.map(duration_text))
}
