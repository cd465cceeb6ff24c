//! The log level at run time.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use common::Captured;
use otel_kit_logging::{Format, LogFilter, LogLayer};
use otel_kit_testing::Telemetry;
use tracing::{
    debug, error, info, info_span, level_filters::LevelFilter, subscriber::with_default, trace, warn,
};
use tracing_subscriber::{
    Layer,
    layer::{Filter, SubscriberExt},
    registry,
};

fn filter(directives: &str) -> LogFilter {
    directives.parse().unwrap()
}

fn messages(captured: &Captured) -> Vec<String> {
    captured.lines().iter().map(|line| line.get("message").as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_level_changes_while_the_service_runs() {
    let (telemetry, captured, filter) = (Telemetry::new(), Captured::default(), filter("info"));
    let handle = filter.handle();
    let layer = LogLayer::builder().output(Format::Json, captured.writer()).build().with_filter(filter);
    let log = |round: &str| {
        error!("error {round}");
        info!("info {round}");
        trace!("trace {round}");
        debug!(target: "sqlx::query", "sqlx {round}");
    };
    with_default(registry().with(telemetry.layer()).with(layer), || {
        log("1");
        handle.set("trace").unwrap();
        log("2");
        handle.set("error,sqlx=debug").unwrap();
        log("3");
        handle.set("loud").unwrap_err();
        log("4");
        handle.set("off").unwrap();
        log("5");
        info_span!("traced").in_scope(|| ());
    });
    let expected = [
        "error 1", "info 1", "error 2", "info 2", "trace 2", "sqlx 2", "error 3", "sqlx 3", "error 4",
        "sqlx 4",
    ];
    assert_eq!(messages(&captured), expected);
    assert_eq!(telemetry.spans()[0].name, "traced");
}

#[test]
fn the_most_verbose_level_is_told_to_tracing() {
    let hint = |directives| Filter::<tracing_subscriber::Registry>::max_level_hint(&filter(directives));
    assert_eq!(hint("info"), Some(LevelFilter::INFO));
    assert_eq!(hint("warn,noisy=trace"), Some(LevelFilter::TRACE));
    assert_eq!(hint("off"), Some(LevelFilter::OFF));
}

#[test]
fn few_lines_still_carry_the_fields_of_their_spans() {
    let captured = Captured::default();
    let layer = LogLayer::builder().output(Format::Json, captured.writer()).build();
    with_default(registry().with(layer.with_filter(filter("warn,noisy=off"))), || {
        let _order = info_span!("order", order.id = 42).entered();
        let _noisy = info_span!(target: "noisy", "noisy", noise = 1).entered();
        let _debug = tracing::debug_span!("debug", detail = 1).entered();
        info!("not written");
        warn!("written");
    });
    assert_eq!(captured.line().fields(), [("order.id".to_owned(), 42.into())]);
}
