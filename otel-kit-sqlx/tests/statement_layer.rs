//! Spans of what sqlx logs of statements, on the thread that runs them, as with PostgreSQL and MySQL.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use opentelemetry::{
    Context,
    trace::{SpanContext, SpanKind, Status, TraceContextExt, TraceFlags, TraceState},
};
use otel_kit_core::settings::{Settings, SqlSettings};
use otel_kit_sqlx::StatementLayer;
use otel_kit_testing::{Telemetry, received::ReceivedSpan};
use support::{
    lines::{Line, Lines},
    logged::{slow_statement, statement},
};
use tracing::subscriber::{DefaultGuard, set_default};
use tracing_subscriber::{Layer, filter::LevelFilter, layer::SubscriberExt, registry};

struct App {
    telemetry: Telemetry,
    lines: Lines,
    _subscriber: DefaultGuard,
}

impl App {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut SqlSettings)) -> Self {
        Self::with_lines(LevelFilter::INFO, change)
    }

    /// An application that writes lines up to this level.
    fn with_lines(level: LevelFilter, change: impl FnOnce(&mut SqlSettings)) -> Self {
        let mut settings = Settings::default();
        change(&mut settings.sql);
        let telemetry = Telemetry::builder().settings(settings).build();
        let (lines, statements) = (Lines::default(), StatementLayer::new().with(telemetry.kit()));
        let subscriber = registry()
            .with(telemetry.layer())
            .with(statements.build())
            .with(lines.clone().with_filter(level));
        Self { _subscriber: set_default(subscriber), telemetry, lines }
    }

    fn span(&self) -> ReceivedSpan {
        let spans: Vec<_> =
            self.telemetry.spans().into_iter().filter(|span| span.kind == SpanKind::Client).collect();
        let [span] = &spans[..] else { panic!("one span: {:?}", self.telemetry) };
        span.clone()
    }

    fn durations(&self) -> u64 {
        let metric = self.telemetry.metric("db.client.operation.duration");
        metric.map_or(0, |metric| metric.points.iter().map(|point| point.count).sum())
    }
}

#[test]
fn a_statement_has_a_span_below_its_caller_and_a_duration() {
    let app = App::new();
    tracing::info_span!("caller").in_scope(|| drop(statement("SELECT name FROM users WHERE id = 17")));

    let (span, spans) = (app.span(), app.telemetry.spans());
    assert!(span.is_child_of(spans.iter().find(|span| span.name == "caller").unwrap()));
    assert_eq!((span.name.as_str(), &span.status), ("SELECT users", &Status::Unset));
    assert_eq!(span.attr("db.system.name"), "other_sql");
    assert_eq!(span.attr("db.query.summary"), "SELECT users");
    assert_eq!(span.attr("db.query.text"), "SELECT name FROM users WHERE id = ?");
    assert_eq!(span.attr("db.response.returned_rows"), 0);
    assert_eq!(span.attributes.len(), 4, "{span:?}");
    assert_eq!(span.scope.name, "otel-kit-sqlx");

    let metric = app.telemetry.metric("db.client.operation.duration").unwrap();
    let [point] = &metric.points[..] else { panic!("one attribute set: {metric:?}") };
    assert_eq!((point.count, point.attr("db.query.summary").as_str()), (1, Some("SELECT users")));
    assert!((point.sum.unwrap() - span.duration().as_secs_f64()).abs() < 1e-6, "{point:?} {span:?}");
    let metrics = app.telemetry.metrics();
    assert!(
        metrics.iter().all(|metric| !metric.name.contains("connection")),
        "no pool is known: {metrics:?}"
    );
}

#[test]
fn the_span_began_as_long_ago_as_the_statement_took_and_ends_now() {
    let app = App::new();
    let before = now();
    let under_way = statement("SELECT 1");
    let started = Instant::now();
    while started.elapsed() < Duration::from_millis(20) {
        std::thread::yield_now();
    }
    drop(under_way);
    let span = app.span();
    assert!(span.duration() >= Duration::from_millis(20), "{span:?}");
    assert!(span.start_nanos >= before && span.end_nanos <= now(), "{span:?}");
}

#[test]
fn no_literal_leaves_the_process_whether_the_statement_is_short_or_long() {
    let cases = [
        ("SELECT 'secret'", "SELECT ?"),
        ("DELETE FROM t17", "DELETE FROM t17"),
        ("SELECT 'secret', 42  FROM users", "SELECT ?, ?  FROM users"),
        ("SELECT  'secret'", "SELECT  ?"),
        ("UPDATE users SET name = 'secret' WHERE id = $1", "UPDATE users SET name = ? WHERE id = ?"),
        ("INSERT INTO users VALUES ('secret', 0x2a)\n-- secret", "INSERT INTO users VALUES (?, ?)\n"),
    ];
    for (sql, text) in cases {
        let app = App::new();
        drop(statement(sql));
        assert_eq!(app.span().attr("db.query.text"), text, "{sql}");
        assert!(!format!("{:?}", app.telemetry).contains("secret"), "{:?}", app.telemetry);
    }
}

#[test]
fn rows_are_told_where_a_statement_may_return_some() {
    let (select, delete) = ("SELECT name FROM users", "DELETE FROM users");
    for (sql, rows, expected) in
        [(select, 3, Some(3)), (select, 0, Some(0)), (delete, 0, None), (delete, 2, Some(2))]
    {
        let app = App::new();
        let mut under_way = statement(sql);
        (0..rows).for_each(|_| under_way.increment_rows_returned());
        drop(under_way);
        assert_eq!(app.span().attr("db.response.returned_rows").as_i64(), expected);
        let metric = app.telemetry.metric("db.client.response.returned_rows");
        assert_eq!(metric.is_some(), expected.is_some(), "{metric:?}");
    }
}

#[test]
fn below_a_span_that_is_not_sampled_there_is_a_duration_alone() {
    let app = App::new();
    let unsampled =
        SpanContext::new(7_u128.into(), 7_u64.into(), TraceFlags::NOT_SAMPLED, true, TraceState::NONE);
    let _attached = Context::new().with_remote_span_context(unsampled).attach();
    drop(statement("SELECT name FROM users"));
    assert!(app.telemetry.spans().is_empty(), "{:?}", app.telemetry);
    assert_eq!(app.durations(), 1);
}

#[test]
fn where_it_is_not_wanted_there_is_nothing() {
    let app = App::with(|settings| settings.auto = false);
    drop(statement("SELECT name FROM users"));
    assert!(app.telemetry.spans().is_empty() && app.durations() == 0, "{:?}", app.telemetry);
}

#[test]
fn the_text_is_left_out_where_it_is_not_asked_for() {
    let app = App::with(|settings| settings.query_text = false);
    drop(statement("SELECT name FROM users"));
    assert!(app.span().attr("db.query.text").is_absent());
}

#[test]
fn before_a_kit_is_installed_statements_pass() {
    let lines = Lines::default();
    let subscriber = registry().with(StatementLayer::new().build()).with(lines.clone());
    let _subscriber = set_default(subscriber);
    drop(statement("SELECT name FROM users"));
    assert_eq!(lines.of("sqlx::query").len(), 1);
}

#[test]
fn sqlx_writes_the_lines_that_are_asked_for_and_no_more() {
    for (level, expected) in [(LevelFilter::INFO, 0), (LevelFilter::DEBUG, 1)] {
        let app = App::with_lines(level, |_| {});
        drop(statement("SELECT name FROM users"));
        assert_eq!(app.lines.of("sqlx::query").len(), expected, "{level}");
        assert_eq!(app.lines.all().len(), expected, "{level}");
        app.span();
    }
}

#[test]
fn a_slow_statement_is_an_event_on_its_span_and_a_warning_that_belongs_to_it() {
    let app = App::with(|settings| settings.slow = Some(Duration::ZERO));
    drop(statement("SELECT name FROM users WHERE id = 17"));
    let span = app.span();
    let event = span.event("otel_kit.db.slow_statement").expect("an event");
    assert!(event.attr("otel_kit.db.duration").as_f64().unwrap() > 0.0);
    let Line { span_id, text, .. } = app.lines.wait_for("otel_kit_sqlx::slow");
    assert_eq!(span_id, span.span_id.to_string());
    assert!(text.contains(r#"db.query.summary="SELECT users""#), "{text}");
    assert_eq!(app.lines.all().len(), 1, "sqlx's own line stays hidden");
}

#[test]
fn a_statement_that_is_not_slow_says_nothing_and_what_sqlx_takes_for_slow_is_its_own_line() {
    let app = App::with(|settings| settings.slow = Some(Duration::from_secs(3600)));
    drop(slow_statement("SELECT name FROM users"));
    assert!(app.span().events.is_empty());
    assert_eq!((app.lines.of("sqlx::query").len(), app.lines.all().len()), (1, 1));
}

/// As spans tell it.
fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos()).unwrap()
}
