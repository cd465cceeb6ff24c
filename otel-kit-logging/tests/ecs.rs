//! Lines with the names of the Elastic Common Schema.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use std::{error::Error, io};

use common::{Captured, Line};
use opentelemetry::{
    Context,
    trace::{SpanContext, TraceContextExt, TraceFlags, TraceState},
};
use otel_kit_logging::{Format, LogLayer};
use tracing::{error, info, subscriber::with_default};
use tracing_subscriber::{layer::SubscriberExt, registry};

fn ecs(log: impl FnOnce()) -> Vec<Line> {
    let captured = Captured::default();
    let layer = LogLayer::builder().output(Format::Ecs, captured.writer()).field("service.name", "shop");
    with_default(registry().with(layer.build()), log);
    captured.lines()
}

#[test]
fn the_names_are_those_of_the_schema() {
    let lines = ecs(|| {
        let ids = SpanContext::new(1_u128.into(), 2_u64.into(), TraceFlags::SAMPLED, true, TraceState::NONE);
        let _span = Context::new().with_remote_span_context(ids).attach();
        info!(target: "shop::order", { order.id = 7, service = "mine" }, "accepted");
    });
    let keys = [
        "@timestamp",
        "log.level",
        "message",
        "log.logger",
        "trace.id",
        "span.id",
        "order.id",
        "fields.service",
        "ecs.version",
        "service.name",
    ];
    assert_eq!(lines[0].keys(), keys);
    assert_eq!(lines[0].get("trace.id"), "00000000000000000000000000000001");
    assert_eq!(lines[0].get("span.id"), "0000000000000002");
    assert_eq!(
        (lines[0].get("log.level"), lines[0].get("log.logger")),
        (&"INFO".into(), &"shop::order".into())
    );
    assert_eq!(lines[0].get("service.name"), "shop");
    assert!(lines[0].get("ecs.version").is_string());
}

#[test]
fn no_name_is_both_a_value_and_an_object() {
    let behind: &(dyn Error + 'static) = &io::Error::other(io::Error::other("disk"));
    let lines = ecs(|| {
        error!(error = behind, "one");
        error!(cause = behind, "two");
        error!(error = "a text", "three");
        error!(error = behind, error.message = "mine", "four");
    });
    for line in &lines {
        for key in line.keys() {
            assert!(!line.keys().iter().any(|other| other.starts_with(&format!("{key}."))), "{line:?}");
        }
    }
    let error = |line: usize, part: &str| lines[line].get(&format!("error.{part}")).clone();
    assert_eq!((error(0, "message"), error(0, "type")), ("disk".into(), "std::io::Error".into()));
    assert_eq!((error(1, "message"), error(1, "type")), ("disk".into(), "std::io::Error".into()));
    assert_eq!(lines[1].get("cause.message"), "disk");
    assert_eq!((error(2, "message"), error(2, "type")), ("a text".into(), serde_json::Value::Null));
    assert_eq!(error(3, "message"), "mine");
}
