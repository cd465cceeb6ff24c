use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use tracing::{
    Dispatch, Event, Subscriber,
    dispatcher::WeakDispatch,
    span::{Attributes, Id, Record as Values},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use crate::{
    builder::LogLayerBuilder,
    encode::Encoder,
    otlp::LogSink,
    record::{Limit, Record, Reserved, SpanFields, with_record},
    writer::LogWriter,
};

/// Writes each `tracing` event, and each record of the `log` crate, as a line that belongs to a trace, and
/// sends it as an OpenTelemetry log record: the same values with the same types.
///
/// What to write where is said to its [`builder`](Self::builder); which events, to the [`LogFilter`] put on
/// it. It makes no spans: that is the business of another layer, which is not filtered by it.
///
/// Names are unique in a line: an event's own field comes first, then those of the `tracing` spans around it
/// from the innermost outwards, then those of the [`LogContext`]. A field named like one of the line's own
/// [`Keys`] is written as `fields.<name>`.
///
/// [`Keys`]: crate::Keys
/// [`LogContext`]: otel_kit_core::LogContext
/// [`LogFilter`]: crate::LogFilter
pub struct LogLayer {
    pub(crate) reserved: Reserved,
    pub(crate) limit: Limit,
    pub(crate) outputs: Vec<Output>,
    pub(crate) otlp: Option<Box<dyn LogSink>>,
    pub(crate) dispatch: OnceLock<WeakDispatch>,
}

/// Lines in one format to one writer.
pub(crate) struct Output {
    pub(crate) encoder: Arc<Encoder>,
    pub(crate) writer: LogWriter,
}

impl Output {
    /// Writes the record, with `line` to write in.
    pub(crate) fn write(&self, record: &Record<'_>, line: &mut Vec<u8>) {
        line.clear();
        if self.encoder.encode(record, line) {
            self.writer.count_cut();
        }
        self.writer.write(line);
    }
}

impl LogLayer {
    /// Starts a layer without any output.
    pub fn builder() -> LogLayerBuilder {
        LogLayerBuilder::default()
    }

    fn output(&self, record: &Record<'_>, line: &mut Vec<u8>) {
        for output in &self.outputs {
            output.write(record, line);
        }
        if let Some(otlp) = &self.otlp {
            otlp.send(record);
        }
    }
}

impl<S> Layer<S> for LogLayer
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        let _first_is_kept = self.dispatch.set(dispatch.downgrade());
    }

    // The values are looked at before the extensions are locked: their `Debug` may log.
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some((fields, span)) = SpanFields::of(attributes, self.limit).zip(context.span(id)) {
            span.extensions_mut().replace(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Values<'_>, context: Context<'_, S>) {
        let recorded = SpanFields::recorded(values, self.limit);
        let Some(span) = context.span(id) else { return };
        let mut extensions = span.extensions_mut();
        let fields = match extensions.get_mut::<SpanFields>() {
            Some(fields) => fields.updated(&recorded, self.limit),
            None => recorded,
        };
        extensions.replace(fields);
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if self.outputs.is_empty() && self.otlp.is_none() {
            return;
        }
        with_record(event, &context, (&self.reserved, self.limit), &self.dispatch, |record, line| {
            self.output(record, line);
        });
    }
}

impl fmt::Debug for LogLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogLayer")
            .field("outputs", &self.outputs.len())
            .field("otlp", &self.otlp.is_some())
            .finish_non_exhaustive()
    }
}
