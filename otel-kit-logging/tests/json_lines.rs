//! What a JSON line looks like.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use std::{error::Error, fmt, io};

use common::{Captured, json, with};
use otel_kit_core::LogContext;
use otel_kit_logging::Keys;
use serde_json::{Value, json as value};
use tracing::{info, info_span, subscriber::with_default, warn};

/// The JSON lines of what `log` does.
fn captured(log: impl FnOnce()) -> Captured {
    let captured = Captured::default();
    with_default(json(&captured), log);
    captured
}

#[test]
fn keys_come_in_order_and_absent_ids_leave_none() {
    let line = captured(|| warn!(target: "shop", attempt = 1, "retried")).line();
    assert_eq!(line.keys(), ["timestamp", "level", "message", "target", "attempt"]);
    assert_eq!(line.get("level"), "WARN");
    assert_eq!(line.get("message"), "retried");
    assert_eq!(line.get("target"), "shop");
}

#[test]
fn values_keep_their_types() {
    let error: &(dyn Error + 'static) = &io::Error::other("no route");
    let line = captured(|| {
        info!(i = -1_i64, u = u64::MAX, small = 7_u8, f = 1.0, yes = true, text = "a\"b\n", display = %3, debug = ?Some(1), error);
        info!(
            wide = i128::MAX,
            narrow = 5_u128,
            negative = i128::MIN,
            nan = f64::NAN,
            inf = f64::NEG_INFINITY
        );
        info!(none = Option::<u32>::None, some = Some(2));
    });
    let [first, second, third] = &line.lines()[..] else { panic!("{}", line.text()) };
    assert_eq!(
        Value::Object(first.fields().iter().cloned().collect()),
        value!({
            "i": -1, "u": u64::MAX, "small": 7, "f": 1.0, "yes": true, "text": "a\"b\n", "display": "3",
            "debug": "Some(1)", "error": "no route", "error.type": "std::io::Error",
        })
    );
    assert!(line.text().contains("\"f\":1.0,"));
    assert_eq!(
        Value::Object(second.fields().iter().cloned().collect()),
        value!({
            "wide": i128::MAX.to_string(), "narrow": 5, "negative": i128::MIN.to_string(), "nan": "NaN",
            "inf": "-Infinity",
        })
    );
    assert_eq!(third.keys()[3..], ["some"]);
}

#[test]
fn the_first_field_of_a_name_wins_from_the_event_outwards() {
    let line = captured(|| {
        let _context = LogContext::new().with("d", "context").with("e", "context").attach();
        let _outer = info_span!("outer", a = "outer", c = "outer", d = "outer").entered();
        let _inner = info_span!("inner", a = "inner", b = "inner", c = "inner").entered();
        info!(a = "event");
    })
    .line();
    let fields: Vec<_> = line.fields().iter().map(|(key, value)| (&**key, value.as_str().unwrap())).collect();
    assert_eq!(fields, [("a", "event"), ("b", "inner"), ("c", "inner"), ("d", "outer"), ("e", "context")]);
}

#[test]
fn fields_named_like_the_lines_own_keys_are_prefixed() {
    let line = captured(|| {
        let _context = LogContext::new().with("trace_id", "mine").with("fields.level", "lost").attach();
        let _span = info_span!("span", message = "of the span").entered();
        info!(level = 3, timestamp = "then", "of the event");
    })
    .line();
    assert_eq!(line.get("level"), "INFO");
    assert_eq!(line.get("message"), "of the event");
    let keys: Vec<_> = line.fields().iter().map(|(key, _)| &**key).collect();
    assert_eq!(keys, ["fields.level", "fields.timestamp", "fields.message", "fields.trace_id"]);
}

#[test]
fn keys_may_have_other_names() {
    let captured = Captured::default();
    let keys = Keys::renamed([("level", "severity"), ("message", "msg")]).unwrap();
    with_default(with(&captured, |layer| layer.keys(keys)), || info!(level = 1, msg = "field", "text"));
    let line = captured.line();
    assert_eq!(line.keys(), ["timestamp", "severity", "msg", "target", "level", "fields.msg"]);
    assert_eq!(line.get("msg"), "text");
}

#[test]
fn constant_fields_come_last_and_yield_to_others() {
    let captured = Captured::default();
    let subscriber = with(&captured, |layer| {
        layer.field("service.name", "shop").field("service.version", "1").field("level", 9).field("a", 1)
    });
    with_default(subscriber, || {
        let _context = LogContext::new().with("service.version", "context").attach();
        info!(a = 2);
    });
    let line = captured.line();
    assert_eq!(line.keys()[3..], ["a", "service.version", "service.name", "fields.level"]);
    assert_eq!(line.get("a"), 2);
    assert_eq!(line.get("service.version"), "context");
}

#[test]
fn values_recorded_later_replace_earlier_ones() {
    let line = captured(|| {
        let span = info_span!("span", a = 1, b = tracing::field::Empty, c = "old");
        span.record("b", "new").record("a", 2).record("a", 3);
        span.in_scope(|| info!("now"));
    })
    .line();
    assert_eq!(line.fields(), [("a", 3.into()), ("c", "old".into()), ("b", "new".into())].map(owned));
}

#[test]
fn a_name_given_to_an_event_is_a_field_and_a_raw_identifier_loses_its_mark() {
    let line = captured(|| info!(name: "order.accepted", r#type = "book")).line();
    assert_eq!(line.fields(), [("event.name", "order.accepted".into()), ("type", "book".into())].map(owned));
}

#[test]
fn values_of_the_log_context_keep_their_types_too() {
    let line = captured(|| {
        let list = vec![1.5, f64::NAN];
        let _context = LogContext::new()
            .with("list", opentelemetry::Value::Array(opentelemetry::Array::F64(list)))
            .with("on", true)
            .with("n", 7)
            .attach();
        info!("now");
    })
    .line();
    assert_eq!(
        line.fields(),
        [("list", value!([1.5, "NaN"])), ("on", true.into()), ("n", 7.into())].map(owned)
    );
}

#[derive(Debug)]
struct NoStock {
    behind: Option<Box<dyn Error + 'static>>,
}

impl fmt::Display for NoStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no stock")
    }
}

impl Error for NoStock {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.behind.as_deref()
    }
}

fn no_stock(behind: impl Error + 'static) -> NoStock {
    NoStock { behind: Some(Box::new(behind)) }
}

#[test]
fn an_error_keeps_its_type_and_what_is_behind_it() {
    let error = no_stock(no_stock(io::Error::other("disk \"a\"")));
    let lines = captured(|| {
        let span =
            info_span!("span", cause = &error as &(dyn Error + 'static), failed = tracing::field::Empty);
        span.in_scope(|| info!(error = &error as &(dyn Error + 'static), "sold out"));
        span.record("cause", &NoStock { behind: None } as &(dyn Error + 'static));
        span.in_scope(|| info!("later"));
    })
    .lines();
    let chain = value!(["no stock", "disk \"a\""]);
    let of = |name: &str, chain: &Value| {
        let parts = [("", "no stock".into()), (".type", "NoStock".into()), (".chain", chain.clone())];
        parts.map(|(part, value)| (format!("{name}{part}"), value)).to_vec()
    };
    assert_eq!(lines[0].fields(), [of("error", &chain), of("cause", &chain)].concat());
    // What is recorded later replaces all of it.
    assert_eq!(lines[1].fields(), &of("cause", &chain)[..2]);
}

#[test]
fn an_errors_parts_yield_to_fields_of_their_names() {
    let line = captured(|| {
        let error: &(dyn Error + 'static) = &no_stock(io::Error::other("disk"));
        info!(error.r#type = "mine", error, "message");
        warn!(error, error.chain = "too late");
    });
    let [first, second] = &line.lines()[..] else { panic!("{}", line.text()) };
    assert_eq!(first.get("error.type"), "mine");
    assert_eq!(first.get("error.chain"), &value!(["disk"]));
    assert_eq!(second.get("error.chain"), &value!(["disk"]));
}

#[test]
fn an_error_whose_formatting_panics_costs_its_value_only() {
    struct Panics;
    impl fmt::Debug for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("this Debug is broken")
        }
    }
    impl fmt::Display for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("this Display is broken")
        }
    }
    impl Error for Panics {}
    let line = captured(|| {
        info!(error = &no_stock(Panics) as &(dyn Error + 'static), bad = &Panics as &(dyn Error + 'static));
    })
    .line();
    assert_eq!(line.get("error.chain"), &value!(["<unprintable>"]));
    assert_eq!((line.get("bad"), line.get("bad.type")), (&"<unprintable>".into(), &Value::Null));
}

struct Broken;

impl fmt::Debug for Broken {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("this Debug is broken")
    }
}

struct Failing;

impl fmt::Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half")?;
        Err(fmt::Error)
    }
}

#[test]
fn a_broken_debug_costs_its_value_only() {
    let lines = captured(|| {
        let _span = info_span!("span", span = ?Broken).entered();
        info!(broken = ?Broken, failing = %Failing, whole = 1, "still {Failing}");
    });
    let line = lines.line();
    assert_eq!(line.get("message"), "<unprintable>");
    assert_eq!(
        line.fields(),
        [
            ("broken", "<unprintable>".into()),
            ("failing", "<unprintable>".into()),
            ("whole", 1.into()),
            ("span", "<unprintable>".into())
        ]
        .map(owned)
    );
}

#[test]
fn two_log_layers_live_in_one_subscriber() {
    use otel_kit_logging::{Format, LogLayer};
    use tracing_subscriber::{layer::SubscriberExt, registry};

    let (one, two) = (Captured::default(), Captured::default());
    let layer = |captured: &Captured| LogLayer::builder().output(Format::Json, captured.writer()).build();
    with_default(registry().with(layer(&one)).with(layer(&two)), || {
        let span = info_span!("span", a = 1);
        span.record("a", 2);
        span.in_scope(|| info!("both"));
    });
    assert_eq!(one.line().fields(), [("a", 2.into())].map(owned));
    assert_eq!(two.line().fields(), one.line().fields());
}

fn owned((key, value): (&str, Value)) -> (String, Value) {
    (key.to_owned(), value)
}
