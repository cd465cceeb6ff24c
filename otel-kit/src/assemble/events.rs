//! Where the kit's own events go: to lines, and to records.

use opentelemetry::logs::LoggerProvider;
use otel_kit_core::log_event::{EventLogger, LogEvent, LogEventSink};
use otel_kit_logging::LogEvents;
use otel_kit_sdk::{Pipeline, sdk::logs::SdkLogger};

use super::logs::Logs;
use crate::config::Config;

/// The same event as a line and as a record.
#[derive(Debug)]
pub(super) struct Events {
    lines: LogEvents,
    records: EventLogger<SdkLogger>,
}

impl Events {
    pub(super) fn new(config: &Config, logs: &Logs, pipeline: &Pipeline) -> Self {
        let records = EventLogger::new(pipeline.logger_provider().logger(SCOPE));
        Self { lines: logs.lines_of(config).build_events(), records }
    }
}

impl LogEventSink for Events {
    fn emit(&self, event: LogEvent) {
        self.lines.emit(event.clone());
        self.records.emit(event);
    }
}

/// Name of the scope.
const SCOPE: &str = "otel-kit";
