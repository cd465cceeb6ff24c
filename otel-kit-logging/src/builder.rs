use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use opentelemetry::{Key, Value, logs::Logger};

use crate::{
    encode::{Encoder, Json, Pretty},
    keys::Keys,
    layer::{LogLayer, Output},
    otlp::{LogSink, Otlp},
    record::{Reserved, notice},
    writer::LogWriter,
};

/// How lines look.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// One flat JSON object a line.
    Json,
    /// For people at a terminal: time of day in UTC, level, target, message, fields, and the first eight
    /// digits of the trace id. Further lines of a message are indented; other control characters are shown,
    /// not obeyed.
    Pretty,
}

/// Builds a [`LogLayer`].
#[derive(Default)]
#[must_use]
pub struct LogLayerBuilder {
    keys: Keys,
    constants: Vec<(Key, Value)>,
    ansi: bool,
    outputs: Vec<(Format, LogWriter)>,
    otlp: Option<Box<dyn LogSink>>,
}

impl LogLayerBuilder {
    /// Writes lines of this format to `writer`; may be said several times.
    pub fn output(mut self, format: Format, writer: LogWriter) -> Self {
        self.outputs.push((format, writer));
        self
    }

    /// Sends records to a logger of an OpenTelemetry SDK, except those about the telemetry itself: of target
    /// `otel_kit`, or written while telemetry is suppressed.
    pub fn otlp(mut self, logger: impl Logger + Send + Sync + 'static) -> Self {
        self.otlp = Some(Box::new(Otlp(logger)));
        self
    }

    /// Other names for the keys that every JSON line has.
    pub fn keys(mut self, keys: Keys) -> Self {
        self.keys = keys;
        self
    }

    /// A field that every JSON line has, after all others, such as the name of the service. An event's, a
    /// span's or the context's field of this name replaces it. OTLP has the resource for this.
    pub fn field(mut self, key: impl Into<Key>, value: impl Into<Value>) -> Self {
        self.constants.push((key.into(), value.into()));
        self
    }

    /// Colours [`Format::Pretty`]. Default: false.
    pub const fn ansi(mut self, ansi: bool) -> Self {
        self.ansi = ansi;
        self
    }

    /// The layer.
    #[must_use]
    pub fn build(self) -> LogLayer {
        let Self { keys, constants, ansi, outputs, otlp } = self;
        let reserved = Reserved::new(&keys);
        let constants = distinct(constants, &reserved);
        let outputs = outputs.into_iter().map(|(format, writer)| {
            let encoder = Arc::new(match format {
                Format::Json => Encoder::Json(Json::new(&keys, constants.clone())),
                Format::Pretty => Encoder::Pretty(Pretty { ansi }),
            });
            let (theirs, reserved) = (Arc::clone(&encoder), reserved.clone());
            writer.notice_with(Box::new(move |lost, line| {
                notice(lost, &reserved, |record| theirs.encode(record, line));
            }));
            Output { encoder, writer }
        });
        LogLayer { outputs: outputs.collect(), reserved, otlp, dispatch: OnceLock::new() }
    }
}

/// Each name once, with its latest value, as it is written.
fn distinct(constants: Vec<(Key, Value)>, reserved: &Reserved) -> Vec<(Key, Value)> {
    let mut distinct: Vec<(Key, Value)> = Vec::new();
    for (key, value) in constants {
        let name = Key::from(reserved.name(key.as_str()).full().into_owned());
        distinct.retain(|(other, _)| *other != name);
        distinct.push((name, value));
    }
    distinct
}

impl fmt::Debug for LogLayerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogLayerBuilder")
            .field("keys", &self.keys)
            .field("constants", &self.constants)
            .field("ansi", &self.ansi)
            .field("outputs", &self.outputs)
            .field("otlp", &self.otlp.is_some())
            .finish()
    }
}
