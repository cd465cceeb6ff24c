//! A line of JSON: whatever is logged, it is one line that `serde_json` reads as what was logged.

#![no_main]

use std::{
    fmt,
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use libfuzzer_sys::fuzz_target;
use opentelemetry::Context;
use otel_kit_core::LogContext;
use otel_kit_fuzz::{
    events::{event, span},
    line::Line,
};
use otel_kit_logging::{Format, LogLayer, LogWriter};
use serde_json::Value;
use tracing::{field::Value as Field, subscriber::with_default};
use tracing_subscriber::{layer::SubscriberExt, registry};

// Each line of the input is a field: where it belongs (`e` the event, `i` the inner span, `o` the outer one, `c` the
// context), its type, the number of its name (for the context, the name itself), `=`, and its value.
fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let fields: Vec<_> = text.split('\n').filter_map(Given::read).take(32).collect();
    let of = |place: char| fields.iter().filter(move |field| field.place == place);

    let outputs = [Format::Json, Format::Ecs, Format::Pretty].map(|format| (format, Captured::default()));
    // A layer each: the names that ECS uses are reserved for all lines of its layer.
    let [json, ecs, pretty] = outputs.each_ref().map(|(format, captured)| {
        let writer = LogWriter::builder().output(captured.clone()).blocking(true).build().expect("no thread");
        LogLayer::builder().output(*format, writer).build()
    });
    with_default(registry().with(json).with(ecs).with(pretty), || {
        let mut context = LogContext::new();
        for field in of('c') {
            context = context.with(field.name.clone(), field.text.clone());
        }
        let _attached = context.in_context(&Context::new()).attach();
        let [outer, inner, own] = ['o', 'i', 'e']
            .map(|place| of(place).map(|field| (field.number, field.value())).collect::<Vec<_>>());
        let _outer = span(&outer).entered();
        let _inner = span(&inner).entered();
        event(&own);
    });
    for (format, captured) in &outputs {
        let text = captured.text();
        let line = text.strip_suffix('\n').expect("a whole line");
        if *format == Format::Pretty {
            assert!(!line.contains(|c: char| c.is_control() && c != '\n'));
            continue;
        }
        assert!(!line.contains(|c: char| c < ' '), "{line}");
        let line: Line = line.parse().expect("JSON, no key twice");
        if *format == Format::Json {
            check(&line, &fields);
        }
    }
});

/// The rules for names, once more: first come, first served, and no name that the line itself uses.
fn check(line: &Line, fields: &[Given]) {
    let mut expected: Vec<(String, &Given)> = Vec::new();
    let context: Vec<_> = fields.iter().filter(|field| field.place == 'c').collect();
    for place in ['e', 'i', 'o', 'c'] {
        for field in fields.iter().filter(|field| field.place == place) {
            if place == 'e' && field.name == "message" {
                continue;
            }
            // In the context the last one of a name counts, and a reserved name before one that has its prefix.
            if place == 'c' && is_replaced(field, &context) {
                continue;
            }
            let name = if OWN.contains(&&*field.name) {
                format!("fields.{}", field.name)
            } else {
                field.name.clone()
            };
            if expected.iter().all(|(other, _)| *other != name) {
                expected.push((name, field));
            }
        }
    }
    let message = fields.iter().rfind(|field| field.place == 'e' && field.name == "message");
    let read = line.get("message");
    assert!(message.map_or(read.is_null(), |message| message.reads(read)), "{message:?} in {line:?}");
    assert_eq!(line.fields().len(), expected.len(), "{expected:?} in {line:?}");
    for (name, field) in expected {
        assert!(field.reads(line.get(&name)), "{name}: {field:?} in {line:?}");
    }
}

fn is_replaced(field: &Given, context: &[&Given]) -> bool {
    let later = context.iter().rev().take_while(|other| !std::ptr::eq(**other, field));
    let bare = field.name.strip_prefix("fields.").filter(|bare| OWN.contains(bare));
    later.into_iter().any(|other| other.name == field.name)
        || bare.is_some_and(|bare| context.iter().any(|other| other.name == bare))
}

/// A field as the input has it.
#[derive(Debug)]
struct Given {
    place: char,
    number: usize,
    name: String,
    text: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Text,
    Debug,
    I64(i64),
    U64(u64),
    F64(f64),
    Bool(bool),
    I128(i128),
    Failing,
}

impl Given {
    fn read(line: &str) -> Option<Self> {
        let mut rest = line.chars();
        let (place, kind) = (rest.next()?, rest.next()?);
        let (name, text) = rest.as_str().split_once('=')?;
        let kind = match kind {
            's' => Kind::Text,
            'd' => Kind::Debug,
            'i' => Kind::I64(text.parse().ok()?),
            'u' => Kind::U64(text.parse().ok()?),
            'f' => Kind::F64(text.parse().ok()?),
            'x' => Kind::F64(f64::from_bits(text.parse().ok()?)),
            'b' => Kind::Bool(text.len() % 2 == 0),
            'w' => Kind::I128(text.parse().ok()?),
            '!' => Kind::Failing,
            _ => return None,
        };
        let number: usize = name.parse().unwrap_or_default();
        let (number, name, kind) = match place {
            'c' => (0, name.to_owned(), Kind::Text),
            'e' | 'i' | 'o' => {
                let number = number % otel_kit_fuzz::events::NAMES.len();
                let name = otel_kit_fuzz::events::NAMES[number];
                (number, name.strip_prefix("r#").unwrap_or(name).to_owned(), kind)
            }
            _ => return None,
        };
        Some(Self { place, number, name, text: text.to_owned(), kind })
    }

    fn value(&self) -> Box<dyn Field + '_> {
        match &self.kind {
            Kind::Text => Box::new(self.text.as_str()),
            Kind::Debug => Box::new(tracing::field::display(&self.text)),
            Kind::I64(number) => Box::new(*number),
            Kind::U64(number) => Box::new(*number),
            Kind::F64(number) => Box::new(*number),
            Kind::Bool(yes) => Box::new(*yes),
            Kind::I128(number) => Box::new(*number),
            Kind::Failing => Box::new(tracing::field::debug(Fails)),
        }
    }

    fn reads(&self, read: &Value) -> bool {
        match &self.kind {
            Kind::Text | Kind::Debug => *read == self.text,
            Kind::I64(number) => read == number,
            Kind::U64(number) => read == number,
            Kind::F64(number) if number.is_finite() => {
                read.as_f64().is_some_and(|read| read.to_bits() == number.to_bits())
            }
            Kind::F64(number) if number.is_nan() => read == "NaN",
            Kind::F64(number) => read == if *number > 0.0 { "Infinity" } else { "-Infinity" },
            Kind::Bool(yes) => read == yes,
            Kind::I128(number) => {
                let number = *number;
                i64::try_from(number).is_ok_and(|number| *read == number)
                    || u64::try_from(number).is_ok_and(|number| *read == number)
                    || *read == number.to_string()
            }
            Kind::Failing => read == "<unprintable>",
        }
    }
}

struct Fails;

impl fmt::Debug for Fails {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half")?;
        Err(fmt::Error)
    }
}

/// An output that keeps what is written.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()).expect("UTF-8")
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const OWN: [&str; 7] = ["timestamp", "level", "message", "target", "trace_id", "span_id", "trace_flags"];
