use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, OnceLock},
};

use opentelemetry::{Key, Value, logs::Logger};

use crate::{
    encode::{Encoder, Json, Pretty},
    events::LogEvents,
    keys::Keys,
    layer::{LogLayer, Output},
    otlp::{LogSink, Otlp},
    record::{Limit, Name, Reserved, notice},
    writer::LogWriter,
};

/// How lines look.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// One flat JSON object a line.
    Json,
    /// As [`Format::Json`], with the names of the [Elastic Common Schema]: `@timestamp`, `log.level`, `message`,
    /// `log.logger`, `trace.id`, `span.id`, `ecs.version`. The message of an error is `<field>.message`, and the
    /// event's first error is `error.message` and `error.type`. [`LogLayerBuilder::field`] adds `service.name`
    /// and the like. [`Keys`] do not change it.
    ///
    /// [Elastic Common Schema]: https://www.elastic.co/docs/reference/ecs/ecs-field-reference
    Ecs,
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
    limit: Limit,
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

    /// Most bytes of a line, its line break included. Default: 256 KiB; at least 1 KiB.
    ///
    /// One text takes at most half of it. What is longer is cut at a character and ends with `…`; a field for
    /// which no room is left is missing. Such a line has the field `otel_kit.truncated`, and is counted in
    /// [`LogLosses::cut`](crate::LogLosses::cut). Texts of OpenTelemetry records end at the same limit.
    pub const fn max_line_bytes(mut self, bytes: usize) -> Self {
        self.limit = Limit::new(bytes);
        self
    }

    /// What writes the kit's own events there instead.
    #[must_use]
    pub fn build_events(self) -> LogEvents {
        LogEvents::new(self.build())
    }

    /// The layer.
    #[must_use]
    pub fn build(self) -> LogLayer {
        let Self { keys, constants, ansi, limit, outputs, otlp } = self;
        let is_ecs = outputs.iter().any(|(format, _)| *format == Format::Ecs);
        let ecs = is_ecs.then(|| Keys::ecs().names().clone().into_iter().chain(OBJECTS.map(Cow::Borrowed)));
        let reserved = Reserved::new(keys.names().iter().cloned().chain(ecs.into_iter().flatten()));
        let constants = distinct(constants, &reserved);
        let outputs = outputs.into_iter().map(|(format, writer)| {
            let encoder = Arc::new(match format {
                Format::Json => Encoder::Json(Json::new(&keys, constants.clone(), limit)),
                Format::Ecs => Encoder::Json(Json::ecs(constants.clone(), limit)),
                Format::Pretty => Encoder::Pretty(Pretty { ansi, limit }),
            });
            let (theirs, reserved) = (Arc::clone(&encoder), reserved.clone());
            writer.notice_with(Box::new(move |lost, line| {
                notice(lost, &reserved, |record| {
                    theirs.encode(record, line);
                });
            }));
            Output { encoder, writer }
        });
        LogLayer { outputs: outputs.collect(), reserved, limit, otlp, dispatch: OnceLock::new() }
    }
}

/// Where the Elastic Common Schema has objects, a field of that name would make lines unreadable for it.
const OBJECTS: [&str; 6] = ["ecs", "ecs.version", "log", "service", "span", "trace"];

/// Each name once, with its latest value, as it is written.
fn distinct(constants: Vec<(Key, Value)>, reserved: &Reserved) -> Vec<(Key, Value)> {
    let mut distinct: Vec<(Key, Value)> = Vec::new();
    for (key, value) in constants {
        let name = Key::from(reserved.name(Name::plain(key.as_str())).full().into_owned());
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
            .field("limit", &self.limit)
            .field("outputs", &self.outputs)
            .field("otlp", &self.otlp.is_some())
            .finish()
    }
}
