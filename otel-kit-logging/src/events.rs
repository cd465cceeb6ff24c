use opentelemetry::logs::AnyValue;
use otel_kit_core::log_event::{LogEvent, LogEventSink};

use crate::{layer::LogLayer, record::with_log_event};

/// Writes the kit's own events, such as exceptions and alerts, as lines where a [`LogLayer`] writes those of
/// `tracing`. OpenTelemetry records of them are made by `otel_kit_core::log_event::EventLogger`.
///
/// A readable line leaves out what has several lines itself, such as stack traces.
///
/// ```
/// use std::{io::Read, time::SystemTime};
/// use opentelemetry::{Context, logs::Severity};
/// use otel_kit_core::log_event::{LogEvent, LogEventSink};
/// use otel_kit_logging::{Format, LogLayer, LogWriter};
///
/// let (mut reader, pipe) = std::io::pipe()?;
/// let writer = LogWriter::builder().output(pipe).build()?;
/// let events = LogLayer::builder().output(Format::Json, writer).build_events();
///
/// let event = LogEvent::new("exception", Severity::Error, SystemTime::UNIX_EPOCH, Context::new());
/// events.emit(event.with_body("disk full").with("exception.type", "std::io::Error"));
/// drop(events);
///
/// let mut lines = String::new();
/// reader.read_to_string(&mut lines)?;
/// assert_eq!(lines, concat!(
///     r#"{"timestamp":"1970-01-01T00:00:00.000000Z","level":"ERROR","message":"disk full","#,
///     r#""target":"exception","event.name":"exception","exception.type":"std::io::Error"}"#, "\n",
/// ));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct LogEvents {
    layer: LogLayer,
}

impl LogEvents {
    pub(crate) const fn new(layer: LogLayer) -> Self {
        Self { layer }
    }
}

impl LogEventSink for LogEvents {
    fn emit(&self, event: LogEvent) {
        let LogLayer { reserved, limit, outputs, .. } = &self.layer;
        for output in outputs {
            let wanted = if output.encoder.is_for_people() { is_one_line } else { |_: &AnyValue| true };
            with_log_event(&event, (reserved, *limit), wanted, |record, line| output.write(record, line));
        }
    }
}

fn is_one_line(value: &AnyValue) -> bool {
    match value {
        AnyValue::String(text) => !text.as_str().contains('\n'),
        AnyValue::ListAny(values) => values.len() < 2 && values.iter().all(is_one_line),
        _ => true,
    }
}
