//! Log records, and that they say what the JSON lines say.

mod common;

use std::error::Error;

use common::{Captured, Line};
use opentelemetry::{Array, Context, Value as ContextValue, logs::LoggerProvider, trace::SpanBuilder};
use otel_kit_core::{LogContext, diag};
use otel_kit_logging::{Format, LogLayer};
use otel_kit_testing::{
    Telemetry,
    received::{ReceivedLog, Value},
};
use serde_json::Value as Json;
use tracing::{Subscriber, debug, error, info, info_span, subscriber::with_default, trace, warn};
use tracing_subscriber::{layer::SubscriberExt, registry};

fn subscriber(telemetry: &Telemetry, captured: &Captured) -> impl Subscriber + Send + Sync + use<> {
    let layer = LogLayer::builder()
        .output(Format::Json, captured.writer())
        .otlp(telemetry.logger_provider().logger("otel-kit"))
        .build();
    registry().with(telemetry.layer()).with(layer)
}

/// What `log` writes and sends.
fn both(log: impl FnOnce(&Telemetry)) -> (Vec<Line>, Vec<ReceivedLog>) {
    let (telemetry, captured) = (Telemetry::new(), Captured::default());
    with_default(subscriber(&telemetry, &captured), || log(&telemetry));
    (captured.lines(), telemetry.log_records())
}

#[test]
fn records_and_lines_agree_field_by_field() {
    let (lines, records) = both(|telemetry| {
        let context = telemetry
            .kit()
            .tracer("adapter", "1")
            .start(&Context::new(), || SpanBuilder::from_name("server"));
        let context = LogContext::new()
            .with("http.route", "/orders/{id}")
            .with("list", ContextValue::Array(Array::I64(vec![1, 2])))
            .with("names", ContextValue::Array(Array::String(vec!["a".into()])))
            .with("level", "context")
            .with("n", 3)
            .in_context(&context);
        let _attached = context.attach();
        corpus();
        let _span = info_span!("order", order.id = 42_u64, n = 2, ratio = 0.25, level = "span").entered();
        corpus();
        let _inner = info_span!("item", item.id = 7, item.note = "fragile\n", n = 4).entered();
        corpus();
    });
    assert_eq!(lines.len(), records.len());
    for (line, record) in lines.iter().zip(&records) {
        agree(line, record);
    }
}

fn corpus() {
    let error: &(dyn Error + 'static) = &std::io::Error::other("no \"route\"");
    let Err(refused) = "x".parse::<i32>() else { return };
    let refused: &(dyn Error + 'static) = &Refused(refused);
    info!("plain");
    error!(refused, error, "two errors");
    error!(message = refused);
    info!(bytes = ?&b"\xff\x00ok"[..], shown = format!("{:?}", '\u{1f980}'), option = Some(5), none = Option::<u8>::None);
    info!(
        i8 = -1_i8,
        u16 = 7_u16,
        usize = 9_usize,
        f32 = 0.5_f32,
        boxed = Box::new(3),
        wrapped = std::num::Wrapping(4)
    );
    info!(wide = i128::MIN, fits = u128::from(u64::MAX), nonzero = std::num::NonZeroU32::MIN);
    warn!(n = 1, f = 2.5, whole = 3.0, yes = false, text = "line\nbreak", "with {} values", 5);
    error!(error, shown = %7, debugged = ?vec![1], timestamp = "mine", target = 1, "failed");
    debug!(i = i64::MIN, u = 7_u64, big = u64::MAX, wide = u128::MAX, narrow = -3_i128);
    trace!(nan = f64::NAN, inf = f64::INFINITY, empty = "", n = 1, n = 2);
    info!(name: "order.accepted", "named");
    info!(name: "order.refused", { event.name = "rival", r#type = "x" }, "refused");
    info!(message = 5);
    info!(target: "elsewhere", parent: None, "outside");
}

fn agree(line: &Line, record: &ReceivedLog) {
    assert!(same(line.get("message"), &record.body), "{line:?} {record:?}");
    assert_eq!(line.get("level"), &Json::from(record.severity_text.as_str()));
    assert_eq!(line.get("target"), &Json::from(record.scope.name.as_str()));
    assert_eq!(line.get("trace_id").as_str().unwrap_or_default(), record.trace_id);
    assert_eq!(line.get("span_id").as_str().unwrap_or_default(), record.span_id);
    let flags = line.get("trace_flags").as_str().unwrap_or("00");
    assert_eq!(u32::from_str_radix(flags, 16), Ok(record.flags));

    let named = (!record.event_name.is_empty())
        .then(|| ("event.name".to_owned(), Value::String(record.event_name.clone())));
    let own = record.attributes.iter().filter(|(name, _)| !name.starts_with("exception."));
    let attributes: Vec<_> = named.into_iter().chain(own.cloned()).collect();
    assert_eq!(line.fields().len(), attributes.len(), "{line:?} {record:?}");
    for ((key, value), (name, attribute)) in line.fields().iter().zip(&attributes) {
        assert_eq!(key, name);
        assert!(same(value, attribute), "{key}: {value} is not {attribute:?}");
    }
}

/// The same type and value, as far as each format has it.
fn same(json: &Json, otlp: &Value) -> bool {
    match (json, otlp) {
        (Json::Null, Value::Empty) => true,
        (Json::Bool(json), Value::Bool(otlp)) => json == otlp,
        (Json::Number(json), Value::Int(otlp)) => json.as_i64() == Some(*otlp),
        // OTLP has no integers beyond 63 bits.
        (Json::Number(json), Value::String(otlp)) => {
            json.as_u64().map(|json| json.to_string()).as_ref() == Some(otlp)
        }
        (Json::Number(json), Value::Double(otlp)) => json.is_f64() && json.as_f64() == Some(*otlp),
        // JSON has no such numbers.
        (Json::String(json), Value::Double(otlp)) => {
            json == "NaN" && otlp.is_nan() || json == "Infinity" && otlp.is_infinite()
        }
        (Json::String(json), Value::String(otlp)) => json == otlp,
        (Json::Array(json), Value::Array(otlp)) => json.iter().zip(otlp).all(|(json, otlp)| same(json, otlp)),
        _ => false,
    }
}

#[derive(Debug)]
struct Refused(std::num::ParseIntError);

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

impl Error for Refused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn an_error_is_an_exception_of_its_record() {
    let refused = Refused("x".parse::<i32>().unwrap_err());
    let (_, records) = both(|_| {
        error!(cause = &refused as &(dyn Error + 'static), "failed");
        error!(cause = &refused as &(dyn Error + 'static), exception.message = "mine");
        let _span = info_span!("span", cause = &refused as &(dyn Error + 'static)).entered();
        info!("no error of its own");
    });
    let text = |record: usize, name: &str| records[record].attr(name).as_str().map(str::to_owned);
    assert_eq!(text(0, "exception.message").as_deref(), Some("refused"));
    assert_eq!(text(0, "exception.type").as_deref(), Some("Refused"));
    assert_eq!(text(0, "exception.stacktrace"), None);
    assert_eq!(text(1, "exception.message").as_deref(), Some("mine"));
    assert_eq!(text(2, "exception.message"), None);
    assert_eq!(records[2].attr("cause.chain").to_string(), records[0].attr("cause.chain").to_string());
}

#[test]
fn severity_and_time_are_told() {
    let (_, records) = both(|_| {
        trace!("1");
        debug!("5");
        info!("9");
        warn!("13");
        error!("17");
    });
    for record in &records {
        assert_eq!(record.body.as_str(), Some(&*record.severity_number.to_string()));
        assert!(record.time_nanos > 0 && record.time_nanos == record.observed_nanos);
    }
}

#[test]
fn what_the_kit_says_about_itself_stays_on_stdout() {
    let (lines, records) = both(|_| {
        info!(target: diag::TARGET, "own");
        info!(target: "otel_kit::outlet", "own too");
        info!(target: "otel_kitchen", "somebody else's");
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        info!(target: "hyper", "while exporting");
    });
    assert_eq!(lines.len(), 4);
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].body, "somebody else's");
}

#[test]
fn a_root_event_inside_a_span_belongs_to_no_span() {
    let (_, records) = both(|_| {
        let _span = info_span!("span").entered();
        info!(parent: None, "root");
        info!("inside");
    });
    assert_eq!((records[0].trace_id.as_str(), records[0].span_id.as_str()), ("", ""));
    assert_ne!(records[1].trace_id, "");
}

#[test]
fn records_are_no_span_events_too() {
    let (telemetry, captured) = (Telemetry::new(), Captured::default());
    with_default(subscriber(&telemetry, &captured), || info_span!("span").in_scope(|| error!("once")));
    assert_eq!(telemetry.log_records().len(), 1);
    assert!(telemetry.spans()[0].events.is_empty());
}
