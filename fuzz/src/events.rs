//! Events and spans whose fields are chosen while the program runs.

use std::sync::OnceLock;

use tracing::{
    Event, Level, Metadata, Span,
    callsite::{Callsite, Identifier},
    field::{Field, FieldSet, Value},
    metadata::Kind,
    subscriber::Interest,
};

/// Logs an event with these fields of [`NAMES`]; of those of one name, a visitor sees all.
pub fn event(fields: &[(usize, Box<dyn Value + '_>)]) {
    let metadata = EVENT.metadata();
    with_values(metadata, fields, |values| Event::dispatch(metadata, &metadata.fields().value_set(values)));
}

/// A span with these fields.
pub fn span(fields: &[(usize, Box<dyn Value + '_>)]) -> Span {
    let metadata = SPAN.metadata();
    let mut made = Span::none();
    with_values(metadata, fields, |values| made = Span::new(metadata, &metadata.fields().value_set(values)));
    made
}

type Values<'a> = [(&'a Field, Option<&'a dyn Value>); MOST];

fn with_values(
    metadata: &'static Metadata<'static>,
    fields: &[(usize, Box<dyn Value + '_>)],
    then: impl FnOnce(&Values<'_>),
) {
    let known: Vec<Field> = metadata.fields().iter().collect();
    then(&std::array::from_fn(|at| match fields.get(at) {
        Some((number, value)) => (&known[*number], Some(&**value)),
        None => (&known[0], None),
    }));
}

struct Site(OnceLock<Metadata<'static>>, Kind);

impl Site {
    fn metadata(&'static self) -> &'static Metadata<'static> {
        self.0.get_or_init(|| {
            let fields = FieldSet::new(NAMES, Identifier(self));
            Metadata::new("event any", "fuzz", Level::INFO, None, None, None, fields, self.1.clone())
        })
    }
}

impl Callsite for Site {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        self.0.get().expect("it was used")
    }
}

static EVENT: Site = Site(OnceLock::new(), Kind::EVENT);
static SPAN: Site = Site(OnceLock::new(), Kind::SPAN);

/// Most fields of an event or span.
const MOST: usize = 32;

/// The names of fields: `tracing` wants them to live for ever.
pub const NAMES: &[&str] = &[
    "a",
    "b",
    "ab",
    "ba",
    "message",
    "level",
    "timestamp",
    "target",
    "trace_id",
    "span_id",
    "trace_flags",
    "",
    "fields.level",
    "fields.message",
    "fields.fields.level",
    "r#type",
    "type",
    "error",
    "error.type",
    "error.message",
    "error.chain",
    "log.target",
    "log.level",
    "@timestamp",
    "service.name",
    "ecs.version",
    "trace.id",
    "event.name",
    "quo\"te",
    "back\\slash",
    "new\nline",
    "nul\0",
    "ä",
    "🦀",
    "otel_kit.truncated",
    "a name that is longer than a word of the machine and has \"quotes\" at its end\"",
];
