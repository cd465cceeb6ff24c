//! What the drivers of PostgreSQL and MySQL log, without a server.

use std::time::Duration;

use sqlx_core::{connection::LogSettings, logger::QueryLogger, sql_str::SqlSafeStr};

/// A statement under way, which is logged when this is dropped.
pub(crate) fn statement(sql: &'static str) -> QueryLogger {
    QueryLogger::new(sql.into_sql_str(), LogSettings::default())
}

/// The same, and sqlx takes it for slow.
pub(crate) fn slow_statement(sql: &'static str) -> QueryLogger {
    let mut settings = LogSettings::default();
    settings.slow_statements_duration = Duration::ZERO;
    QueryLogger::new(sql.into_sql_str(), settings)
}
