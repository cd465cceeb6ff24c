use std::{sync::OnceLock, time::SystemTime};

use otel_kit_core::semconv::attribute::EVENT_NAME;
use tracing::{Subscriber, dispatcher::WeakDispatch};
use tracing_core::{Event, Metadata};
use tracing_log::NormalizeEvent;
use tracing_subscriber::{layer::Context, registry::LookupSpan};

use super::{
    Fields, Limit, Name, Names, Place, Record, Reserved, SpanFields, Target,
    names::Part,
    scratch::{Scratch, with_scratch},
    visitor::{Seen, Slot, Visitor},
};

/// Makes the record of `event` and hands it to `output`, with an empty buffer to write in.
pub(crate) fn with_record<S>(
    event: &Event<'_>,
    spans: &Context<'_, S>,
    (reserved, limit): (&Reserved, Limit),
    dispatch: &OnceLock<WeakDispatch>,
    output: impl FnOnce(&Record<'_>, &mut Vec<u8>),
) where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let time = SystemTime::now();
    with_scratch(|scratch, has_context| {
        scratch.fields.limit(limit);
        scratch.further.limit(limit);
        let place = if has_context { Place::of(event, dispatch) } else { Place::default() };
        // Asked only where the answer can be yes: it costs more than the name.
        let log = (event.metadata().name() == LOG_EVENT).then(|| event.normalized_metadata()).flatten();
        let name = own_name(event.metadata()).filter(|_| log.is_none());
        if let Some(name) = name {
            add_name(name, reserved, (&mut scratch.fields, &mut scratch.names));
        }
        let seen = visit(event, log.is_some(), reserved, (&mut scratch.fields, &mut scratch.names));
        let is_cut = add_spans(event, spans, reserved, scratch);
        let target = match &log {
            Some(log) => Target::Borrowed(log.target()),
            None => Target::Static(event.metadata().target()),
        };
        let record = Record {
            time,
            level: *event.metadata().level(),
            target,
            name,
            message: seen.message.map(|message| scratch.fields.value(message)),
            is_cut: is_cut || scratch.fields.is_cut() || scratch.further.is_cut(),
            error: seen.error.map(|error| scratch.fields.error(error)),
            place: &place,
            has_context,
            fields: &scratch.fields,
            spans: &scratch.spans,
            further: &scratch.further,
            names: &scratch.names,
            reserved,
        };
        output(&record, &mut scratch.line);
    });
}

/// The name that the user gave the event; the macros' own say only where it is in the source.
fn own_name(metadata: &'static Metadata<'static>) -> Option<&'static str> {
    let name = metadata.name();
    (!name.starts_with("event ")).then_some(name)
}

fn add_name(name: &'static str, reserved: &Reserved, (fields, names): (&mut Fields, &mut Names)) {
    if let Some(field) = names.admit(reserved, Name::plain(EVENT_NAME)) {
        let value = fields.keep_str(name);
        fields.push(field, value);
    }
}

fn visit(
    event: &Event<'_>,
    is_log: bool,
    reserved: &Reserved,
    (fields, names): (&mut Fields, &mut Names),
) -> Seen {
    let mut visitor = Visitor::new(fields, |name| {
        let is_whole = matches!(name.part, Part::Whole | Part::Message);
        if is_whole && name.text == "message" {
            Slot::Message
        } else if is_log && is_whole && name.text.starts_with("log.") {
            Slot::Skip
        } else {
            names.admit(reserved, name).map_or(Slot::Skip, Slot::Field)
        }
    });
    event.record(&mut visitor);
    visitor.seen()
}

/// Tells whether something of the spans was cut.
fn add_spans<S>(
    event: &Event<'_>,
    spans: &Context<'_, S>,
    reserved: &Reserved,
    Scratch { spans: shared, further, names, .. }: &mut Scratch,
) -> bool
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let mut is_cut = false;
    let mut around = spans.event_span(event);
    while let Some(span) = around {
        if let Some(kept) = span.extensions().get::<SpanFields>() {
            is_cut |= kept.fields().is_cut();
            if further.is_empty() && names.admit_span(reserved, kept) {
                shared.push(kept.clone());
            } else {
                for (name, value) in kept.fields().iter() {
                    if let Some(name) = names.admit(reserved, name) {
                        further.push_value(name, value);
                    }
                }
            }
        }
        around = span.parent();
    }
    is_cut
}

/// What `tracing-log` calls the events that it makes of records of the `log` crate.
const LOG_EVENT: &str = "log event";
