use std::{fmt, time::Duration};

use tracing::{
    Event,
    field::{Field, Visit},
};

/// What sqlx says of a statement that is over.
#[derive(Debug, Default)]
pub(super) struct Executed {
    /// The first words.
    summary: String,
    /// The whole text between line breaks, if it is more than the first words.
    statement: String,
    pub(super) elapsed: Duration,
    pub(super) rows: u64,
}

impl Executed {
    pub(super) fn of(event: &Event<'_>) -> Self {
        let mut executed = Self::default();
        event.record(&mut executed);
        executed
    }

    pub(super) fn sql(&self) -> &str {
        if self.statement.is_empty() { &self.summary } else { self.statement.trim() }
    }
}

impl Visit for Executed {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.elapsed = Duration::try_from_secs_f64(value).unwrap_or_default();
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "rows_returned" {
            self.rows = value;
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.statement),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
