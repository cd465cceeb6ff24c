//! Whatever comes in, a line is valid JSON, has no key twice and reads back as what was logged.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use std::sync::OnceLock;

use common::{Captured, json};
use opentelemetry::Context;
use otel_kit_core::LogContext;
use otel_kit_logging::{Format, LogLayer};
use proptest::prelude::*;
use serde_json::Value;
use tracing::{
    Event, Level, Metadata,
    callsite::{Callsite, Identifier},
    field::{FieldSet, Value as Field},
    metadata::Kind,
    subscriber::{Interest, with_default},
};
use tracing_subscriber::{layer::SubscriberExt, registry};

/// Names that no macro could know when it was compiled.
struct AnyCallsite(OnceLock<Metadata<'static>>);

impl Callsite for AnyCallsite {
    fn set_interest(&self, _: Interest) {}

    fn metadata(&self) -> &Metadata<'_> {
        self.0.get().unwrap()
    }
}

fn metadata(target: String, names: Vec<String>) -> &'static Metadata<'static> {
    let site: &'static AnyCallsite = Box::leak(Box::new(AnyCallsite(OnceLock::new())));
    let names: Vec<&'static str> = names.into_iter().map(|name| &*name.leak()).collect();
    let fields = FieldSet::new(names.leak(), Identifier(site));
    site.0.get_or_init(|| {
        Metadata::new("event any", target.leak(), Level::INFO, None, None, None, fields, Kind::EVENT)
    })
}

/// A value with how it must read back.
#[derive(Clone, Debug)]
enum Any {
    Text(String),
    Debug(String),
    I64(i64),
    U64(u64),
    F64(f64),
    Bool(bool),
    U128(u128),
}

impl Any {
    fn strategy() -> impl Strategy<Value = Self> {
        prop_oneof![
            any::<String>().prop_map(Self::Text),
            any::<String>().prop_map(Self::Debug),
            any::<i64>().prop_map(Self::I64),
            any::<u64>().prop_map(Self::U64),
            prop::num::f64::ANY.prop_map(Self::F64),
            any::<bool>().prop_map(Self::Bool),
            any::<u128>().prop_map(Self::U128),
        ]
    }

    fn field(&self) -> Box<dyn Field + '_> {
        match self {
            Self::Text(text) => Box::new(text.as_str()),
            Self::Debug(text) => Box::new(tracing::field::debug(text)),
            Self::I64(number) => Box::new(*number),
            Self::U64(number) => Box::new(*number),
            Self::F64(number) => Box::new(*number),
            Self::Bool(yes) => Box::new(*yes),
            Self::U128(number) => Box::new(*number),
        }
    }

    fn is(&self, read: &Value) -> bool {
        match self {
            Self::Text(text) => read == text,
            Self::Debug(text) => *read == format!("{text:?}"),
            Self::I64(number) => read == number,
            Self::U64(number) => read == number,
            Self::F64(number) if number.is_finite() => read.as_f64().unwrap().to_bits() == number.to_bits(),
            Self::F64(number) if number.is_nan() => read == "NaN",
            Self::F64(number) => read == if *number > 0.0 { "Infinity" } else { "-Infinity" },
            Self::Bool(yes) => read == yes,
            Self::U128(number) => {
                *read == number.to_string() || read.as_u64().map(u128::from) == Some(*number)
            }
        }
    }
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ab]?",
        "(fields\\.)?(timestamp|level|message|target|trace_id|span_id|trace_flags|event\\.name)",
        "r#[a-z]{1,3}|log\\.[a-z]",
    ]
}

proptest! {
    #[test]
    fn any_field_reads_back_once(
        target in any::<String>(),
        fields in prop::collection::vec((name(), Any::strategy()), 4),
        context in prop::collection::vec((name(), any::<String>()), 0..4),
    ) {
        let metadata = metadata(target.clone(), fields.iter().map(|(name, _)| name.clone()).collect());
        let captured = Captured::default();
        with_default(json(&captured), || {
            let mut log_context = LogContext::new();
            for (key, value) in &context {
                log_context = log_context.with(key.clone(), value.clone());
            }
            let _attached = log_context.in_context(&Context::new()).attach();
            let boxed: Vec<_> = fields.iter().map(|(_, value)| value.field()).collect();
            let sites: Vec<_> = metadata.fields().iter().collect();
            let values = [0, 1, 2, 3].map(|at| (&sites[at], Some(&*boxed[at])));
            Event::dispatch(metadata, &metadata.fields().value_set(&values));
        });

        let line = captured.line(); // refuses a key that is there twice
        prop_assert_eq!(line.get("target"), &Value::from(target));
        for (name, value) in &fields {
            let name = name.strip_prefix("r#").unwrap_or(name);
            let written = if OWN.contains(&name) { format!("fields.{name}") } else { name.to_owned() };
            let written = if name == "message" { "message" } else { &written };
            let rivals = fields.iter().filter(|(rival, _)| {
                let rival = rival.strip_prefix("r#").unwrap_or(rival);
                rival == written || written.strip_prefix("fields.") == Some(rival) || rival.strip_prefix("fields.") == Some(name)
            });
            if rivals.count() == 1 {
                prop_assert!(value.is(line.get(written)), "{}: {:?} in {:?}", written, value, line);
            } else {
                prop_assert_ne!(line.get(written), &Value::Null);
            }
        }
        for (name, _) in &context {
            let reserved = OWN.contains(&name.as_str());
            let written = if reserved { format!("fields.{name}") } else { name.clone() };
            prop_assert_ne!(line.get(&written), &Value::Null, "{} of the context in {}", written, captured.text());
        }
    }
}

#[test]
fn an_event_of_two_hundred_fields_is_whole() {
    let names: Vec<_> = (0..200).map(|number| format!("field_{number}")).collect();
    let metadata = metadata("target".to_owned(), names.clone());
    let captured = Captured::default();
    with_default(json(&captured), || {
        let sites: Vec<_> = metadata.fields().iter().collect();
        let values: [u64; 200] = std::array::from_fn(|at| at as u64);
        let values: [_; 200] = std::array::from_fn(|at| (&sites[at], Some(&values[at] as &dyn Field)));
        Event::dispatch(metadata, &metadata.fields().value_set(&values));
    });
    let line = captured.line();
    let expected: Vec<_> =
        names.into_iter().zip(0..).map(|(name, value)| (name, Value::from(value))).collect();
    assert_eq!(line.fields(), expected);
}

proptest! {
    #[test]
    fn a_line_is_never_longer_than_it_may_be(
        text in "[a-z\u{0}\"🦀]{0,3000}",
        name in "[a-z\"]{0,600}",
        limit in 1_024_usize..8_000,
        context in "[a-z\u{1}]{0,3000}",
    ) {
        let metadata = metadata(text.clone(), vec![name, "message".to_owned(), "a".to_owned(), "b".to_owned()]);
        for format in [Format::Json, Format::Pretty] {
            let captured = Captured::default();
            let layer = LogLayer::builder().output(format, captured.writer()).max_line_bytes(limit).ansi(true);
            with_default(registry().with(layer.field("service.name", "shop").build()), || {
                let _attached = LogContext::new().with("c", context.clone()).attach();
                let sites: Vec<_> = metadata.fields().iter().collect();
                let texts = [text.as_str(); 4];
                let values = [0, 1, 2, 3].map(|at| (&sites[at], Some(&texts[at] as &dyn Field)));
                Event::dispatch(metadata, &metadata.fields().value_set(&values));
            });
            prop_assert!(captured.text().len() <= limit, "{} of {limit}", captured.text().len());
            if format == Format::Json {
                let line = captured.line();
                prop_assert_eq!(line.get("service.name"), "shop");
                let is_whole = line.get("message") == text.as_str() && line.get("b") == text.as_str();
                prop_assert!(is_whole || line.get("otel_kit.truncated") == true);
            }
        }
    }
}

const OWN: [&str; 7] = ["timestamp", "level", "message", "target", "trace_id", "span_id", "trace_flags"];
